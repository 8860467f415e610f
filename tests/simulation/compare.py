"""What is stored against the model: every stamp, conversion, fragment, balance and closed period."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest
from typing import Any, Final

from django.db import connections
from tests.oracle.ledger_model import UNQUEUED, Model
from tests.oracle.queues import summed
from tests.simulation.drive import Diverged

from tranche.ledger.balances import AsOf, balances
from tranche.ledger.fragments import idle
from tranche.ledger.rows import reading
from tranche.ledger.verify import verify

USING: Final = "default"
HEADERS: Final = """
SELECT id, kind, booked_on, value_on, reverses, n_lines FROM journal_entry
WHERE id > %s AND id <= %s ORDER BY id
"""
MOVEMENTS: Final = """
SELECT m.entry_id, m.line, s.code, d.code, m.amount, m.src_off, m.dst_off
FROM movement m JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
WHERE m.entry_id > %s AND m.entry_id <= %s ORDER BY m.entry_id, m.line
"""
PAIRS: Final = """
SELECT entry_id, out_line, in_line FROM fx_pair WHERE entry_id > %s AND entry_id <= %s
ORDER BY entry_id, out_line
"""
FRAGMENTS: Final = """
SELECT entry_id, line, source_entry, source_line, path, amount, source_lo, source_amount FROM use_fragment
WHERE entry_id > %s AND entry_id <= %s ORDER BY entry_id, line, piece
"""
BOOK: Final = """
SELECT e.id, e.kind, e.booked_on, m.line, s.code, d.code, m.currency, m.amount, m.src_off, m.dst_off
FROM journal_entry e JOIN movement m ON m.entry_id = e.id
JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst ORDER BY e.id, m.line
"""
STORED: Final = "SELECT * FROM use_fragment ORDER BY entry_id, line, piece"
STEP: Final = 5_000
SHOWN_MAX: Final = 1_500

Row = tuple[Any, ...]


def compare(model: Model, *, after: int = 0) -> None:
    """Raise Diverged at the first difference; entries up to `after` have been compared before."""
    _compare_rows(model, after)
    _compare_balances(model)


def compare_all(model: Model, *, after: int = 0) -> None:
    """The same, with the closed periods, the unspent money and the ledger's own proof."""
    compare(model, after=after)
    for upto, kept in model.closes.items():
        found = {
            row.code: (row.in_total, row.out_total)
            for row in balances(when=AsOf(booked_on=upto), using=USING)
            if row.in_total or row.out_total
        }
        _same(f"the period until {upto}", kept, found)
    _compare_idle(model)
    differences = verify(using=USING).differences
    if differences:
        raise Diverged(f"the ledger does not verify: {differences[0]}")


def _compare_rows(model: Model, after: int) -> None:
    last = len(model.entries)
    for first in range(after, last, STEP):
        bounds = (first, min(last, first + STEP))
        each = (
            ("header", HEADERS, _headers(model, *bounds)),
            ("movement", MOVEMENTS, _movements(model, *bounds)),
            ("conversion", PAIRS, _pairs(model, *bounds)),
        )
        for what, sql, wanted in each:
            for expected, found in zip_longest(wanted, reading(USING)(sql, bounds)):
                _same(what, expected, found)
        _compare_fragments(model, *bounds)
    [(entries,)] = reading(USING)("SELECT count(*) FROM journal_entry")
    _same("entries", last, entries)


def _headers(model: Model, first: int, last: int) -> Iterator[Row]:
    for number in range(first + 1, last + 1):
        draft = model.entries[number - 1].draft
        is_text = _stores_dates_as_text()
        booked_on, value_on = (
            str(day) if is_text and day else day for day in (draft.booked_on, draft.value_on)
        )
        yield number, draft.kind, booked_on, value_on, draft.reverses, len(draft.lines)


def _stores_dates_as_text() -> bool:
    return bool(connections[USING].vendor == "sqlite")


def _movements(model: Model, first: int, last: int) -> Iterator[Row]:
    for number in range(first + 1, last + 1):
        entry = model.entries[number - 1]
        for n, (line, stamp) in enumerate(zip(entry.draft.lines, entry.stamps, strict=True), start=1):
            yield number, n, line.source.code, line.target.code, line.amount_minor, *stamp


def _pairs(model: Model, first: int, last: int) -> Iterator[Row]:
    for number in range(first + 1, last + 1):
        for pair in sorted(model.entries[number - 1].draft.fx):
            yield number, *pair


def _compare_fragments(model: Model, first: int, last: int) -> None:
    stored = reading(USING)(FRAGMENTS, (first, last))
    found = {use: summed(map(_piece, rows)) for use, rows in groupby(stored, key=lambda row: row[:2])}
    wanted = {use: whose for use, whose in model.uses.items() if first < use[0] <= last}
    for use in sorted(wanted.keys() | found.keys()):
        _same(f"fragments of {use}", wanted.get(use), found.get(use))


def _piece(row: Row) -> tuple[tuple[int, int], str, int, int, int]:
    return (row[2], row[3]), row[4], row[5], row[6], row[6] + row[7]


def _compare_balances(model: Model) -> None:
    for account in balances(using=USING):
        known = model.accounts.get(account.code)
        expected = None if known is None else (known.came, known.went)
        _same(account.code, expected, (account.in_total, account.out_total))


def _compare_idle(model: Model) -> None:
    """Unspent money by source and way, of a part of the accounts."""
    codes = [
        code for code, each in sorted(model.accounts.items()) if _lies_idle(each.spec.kind, each.balance)
    ]
    found: dict[str, list[Row]] = {}
    for piece in idle(codes[::7], using=USING):
        row = (piece.source, " > ".join(piece.path), piece.amount_minor, piece.source_amount_minor)
        found.setdefault(piece.account, []).append(row)
    for code in codes[::7]:
        queue = model.accounts[code].queue
        wanted = _sums((run.source, run.way.text, run.amount, run.hi - run.lo) for run in queue)
        _same(f"unspent in {code}", wanted, _sums(found.get(code, ())))


def _lies_idle(kind: object, balance: int) -> bool:
    return balance > 0 and kind not in UNQUEUED


def _sums(rows: Iterable[Row]) -> dict[tuple[Any, str], tuple[int, int]]:
    sums: dict[tuple[Any, str], tuple[int, int]] = {}
    for source, way, amount, units in rows:
        known = sums.get((source, way), (0, 0))
        sums[source, way] = (known[0] + amount, known[1] + units)
    return sums


def _same(what: str, expected: object, found: object) -> None:
    if expected == found:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
        what, expected, found = f"{what}, {keys[0]}", expected.get(keys[0]), found.get(keys[0])
    raise Diverged(f"{what}: the model has {expected}, the ledger {found}"[:SHOWN_MAX])


def digest() -> str:
    """The whole book as one hash, without what differs by engine or by the grouping of its writes."""
    sha256 = hashlib.sha256()
    for sql in (BOOK, STORED):
        for row in reading(USING)(sql):
            sha256.update(repr([str(value) for value in row]).encode())
    return sha256.hexdigest()
