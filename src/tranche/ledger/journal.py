"""The journal as it was written: entries with their lines and conversions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, Final

from tranche.kernel.journal import JournalEntry, MovementRow, Pair
from tranche.ledger.rows import day, instant, marks, optional_day, parts, reading

__all__ = [
    "JournalEntry",
    "MovementRow",
    "entries",
    "entry",
    "numbers",
    "reversed_by",
]

ENTRIES_MAX: Final = 1000
HEADERS: Final = """
SELECT e.id, e.key, e.kind, e.recorded_at, e.booked_on, e.value_on, e.reverses, e.decision_id, e.log_seq
FROM journal_entry e
WHERE :condition
ORDER BY e.id DESC LIMIT %s
"""
LINES: Final = """
SELECT m.entry_id, m.line, s.code, d.code, m.currency, m.amount, m.src_off, m.dst_off
FROM movement m JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
WHERE m.entry_id IN (:ids)
ORDER BY m.entry_id, m.line
"""
PAIRS: Final = """
SELECT entry_id, out_line, in_line FROM fx_pair WHERE entry_id IN (:ids) ORDER BY entry_id, out_line
"""
NUMBERS: Final = "SELECT log_seq, id, kind FROM journal_entry WHERE log_seq IN (:seqs) ORDER BY id"
REVERSED_BY: Final = "SELECT id FROM journal_entry WHERE reverses = %s"


def entry(entry_id: int, using: str = "read") -> JournalEntry:
    """Return one entry; LookupError where there is none."""
    found = _entries("e.id = %s", [entry_id], limit=1, using=using)
    if not found:
        raise LookupError(entry_id)
    return found[0]


def entries(
    *,
    decision_id: str | None = None,
    log_seq: int | None = None,
    account: str | None = None,
    limit: int = ENTRIES_MAX,
    using: str = "read",
) -> tuple[JournalEntry, ...]:
    """Return entries of a decision, a log entry or an account, the newest first; nothing named means all."""
    conditions, params = ["1 = 1"], list[object]()
    if decision_id is not None:
        conditions.append("e.decision_id = %s")
        params.append(decision_id)
    if log_seq is not None:
        conditions.append("e.log_seq = %s")
        params.append(log_seq)
    if account is not None:
        touched = "SELECT entry_id FROM movement WHERE :side = (SELECT id FROM account WHERE code = %s)"
        both = f"{touched.replace(':side', 'src')} UNION {touched.replace(':side', 'dst')}"
        conditions.append(f"e.id IN ({both})")
        params += [account, account]
    return _entries(" AND ".join(conditions), params, limit=min(limit, ENTRIES_MAX), using=using)


def numbers(log_seqs: Collection[int], using: str = "read") -> dict[int, tuple[tuple[int, str], ...]]:
    """Return (number, kind) of the entries that each of these log entries names."""
    found: dict[int, list[tuple[int, str]]] = {}
    for part in parts(sorted(set(log_seqs))):
        for seq, number, kind in reading(using)(NUMBERS.replace(":seqs", marks(len(part))), part):
            found.setdefault(int(seq), []).append((int(number), kind))
    return {seq: tuple(rows) for seq, rows in found.items()}


def reversed_by(entry_id: int, using: str = "read") -> int | None:
    """Return the entry that undoes this one, if there is one."""
    rows = reading(using)(REVERSED_BY, [entry_id])
    return int(rows[0][0]) if rows else None


def _entries(condition: str, params: Sequence[object], *, limit: int, using: str) -> tuple[JournalEntry, ...]:
    execute = reading(using)
    headers = execute(HEADERS.replace(":condition", condition), [*params, limit])
    lines: dict[int, tuple[MovementRow, ...]] = {}
    pairs: dict[int, tuple[Pair, ...]] = {}
    for part in parts([row[0] for row in headers]):
        rows = execute(LINES.replace(":ids", marks(len(part))), part)
        for number, group in groupby(rows, key=lambda row: int(row[0])):
            lines[number] = tuple(MovementRow(*row[1:]) for row in group)
        rows = execute(PAIRS.replace(":ids", marks(len(part))), part)
        for number, group in groupby(rows, key=lambda row: int(row[0])):
            pairs[number] = tuple(Pair(*row[1:]) for row in group)
    return tuple(journal_entry(row, lines[row[0]], pairs.get(row[0], ())) for row in headers)


def journal_entry(
    header: tuple[Any, ...], movements: tuple[MovementRow, ...], fx: tuple[Pair, ...] = ()
) -> JournalEntry:
    """Return the entry of one row of HEADERS."""
    number, key, kind, recorded, booked, value, reverses, decision, log_seq = header
    dates = (instant(recorded), day(booked), optional_day(value))
    return JournalEntry(number, key, kind, *dates, reverses, decision, log_seq, movements, fx)
