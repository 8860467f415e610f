"""Entries of the journal: drafts and stored ones, their mirror, and the hash that binds them to the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import NamedTuple

from tranche.kernel.canonical import encode
from tranche.kernel.chart import AccountSpec


@dataclass(frozen=True, slots=True)
class Line:
    """One edge to be posted."""

    source: AccountSpec
    target: AccountSpec
    amount_minor: int


class Pair(NamedTuple):
    """A conversion by the numbers of its lines: one into fx in one currency, one out of it in another."""

    out_line: int
    in_line: int


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One balanced event before it has a number."""

    kind: str
    lines: tuple[Line, ...]
    booked_on: date
    value_on: date | None = None
    decision_id: str | None = None
    reverses: int | None = None
    fx: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """A journal entry and its hash, as the log entry names them."""

    entry_id: int
    sha256: str


class MovementRow(NamedTuple):
    """A stored line, its accounts by code."""

    line: int
    source: str
    target: str
    currency: str
    amount_minor: int
    src_off: int
    dst_off: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A stored entry with its lines."""

    id: int
    key: str
    kind: str
    recorded_at: datetime
    booked_on: date
    value_on: date | None
    reverses: int | None
    decision_id: str | None
    log_seq: int
    movements: tuple[MovementRow, ...]
    fx: tuple[Pair, ...] = ()


quoted = encode_basestring
"""A text as canonical JSON writes it."""


def mirror(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that undo these: turned round, the last one first."""
    return tuple(Line(line.target, line.source, line.amount_minor) for line in reversed(lines))


def mirror_pairs(pairs: Sequence[Pair], n_lines: int) -> tuple[Pair, ...]:
    """Return the conversions of the mirror: what came out of fx goes back into it."""
    turned = (Pair(n_lines + 1 - pair.in_line, n_lines + 1 - pair.out_line) for pair in pairs)
    return tuple(sorted(turned))


def instant_text(instant: datetime) -> str:
    """Return `YYYY-MM-DDThh:mm:ss.ffffffZ`, the form of every instant in the log and on SQLite."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def journal_hash(entry: JournalEntry) -> str:
    """Return the SHA-256 that binds an entry to its log entry, over its canonical form (log note)."""
    return sha256(journal_text(entry).encode()).hexdigest()


def journal_text(entry: JournalEntry) -> str:
    """Return an entry in its canonical form, which is hashed and stands in packs."""
    head = Head(
        entry.kind,
        entry.booked_on.isoformat(),
        None if entry.value_on is None else entry.value_on.isoformat(),
        entry.decision_id,
        entry.reverses,
        instant_text(entry.recorded_at),
    )
    lines = [
        f"[{line},{quoted(source)},{quoted(target)},{quoted(currency)},{amount},{src_off},{dst_off}]"
        for line, source, target, currency, amount, src_off, dst_off in entry.movements
    ]
    return text_of(entry.id, head, lines, entry.fx)


class Head(NamedTuple):
    """What is hashed of an entry beside its number and lines; dates and instants as text."""

    kind: str
    booked_on: str
    value_on: str | None
    decision_id: str | None
    reverses: int | None
    recorded_at: str


def hash_of(number: int, head: Head, lines: Sequence[str], fx: Sequence[Pair]) -> str:
    """Return the same from parts, for whole books: `lines` are canonical already."""
    return sha256(text_of(number, head, lines, fx).encode()).hexdigest()


def text_of(number: int, head: Head, lines: Sequence[str], fx: Sequence[Pair]) -> str:
    """Return what is hashed: the entry in its canonical form."""
    kind, booked_on, value_on, decision, reverses, recorded_at = head
    pairs = ",".join([f"[{pair[0]},{pair[1]}]" for pair in fx]) if fx else ""
    return (
        f'{{"booked_on":{quoted(booked_on)},"decision":{"null" if decision is None else quoted(decision)},'
        f'"fx":[{pairs}],"id":{number},"kind":{quoted(kind)},"movements":[{",".join(lines)}],'
        f'"recorded_at":{quoted(recorded_at)},"reverses":{"null" if reverses is None else reverses},'
        f'"value_on":{"null" if value_on is None else quoted(value_on)}}}'
    )


def canonical_form(entry: JournalEntry) -> bytes:
    """Return the canonical form that is hashed, for those who check one entry by hand."""
    return encode(
        {
            "booked_on": entry.booked_on.isoformat(),
            "decision": entry.decision_id,
            "fx": [list(pair) for pair in entry.fx],
            "id": entry.id,
            "kind": entry.kind,
            "movements": [list(movement) for movement in entry.movements],
            "recorded_at": instant_text(entry.recorded_at),
            "reverses": entry.reverses,
            "value_on": None if entry.value_on is None else entry.value_on.isoformat(),
        }
    )
