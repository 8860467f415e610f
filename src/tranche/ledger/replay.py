"""The whole book once more from its first line: totals, stamps, edges, shares, mirrors and fragments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from tranche.kernel.chart import POOL_DONORS_MAX, AccountSpec, PoolPlace, floor_of, pool_place
from tranche.kernel.ledger import (
    EntryDraft,
    JournalEntry,
    Line,
    MovementRow,
    Stamp,
    Totals,
    check_draft,
    check_shares,
    journal_hash,
    mirror,
)
from tranche.kernel.ledger_errors import LedgerError
from tranche.kernel.trace import Mv, MvId, Piece, Simulation, is_undo, is_use
from tranche.ledger.accounts import COLUMNS, Held, held
from tranche.ledger.journal import journal_entry
from tranche.ledger.rows import Execute, day

PATH_JOIN: Final = " > "
FOUND_MAX: Final = 1000  # a damaged book would name every line after the damage
ENTRY_HEADERS: Final = """
SELECT id, key, kind, recorded_at, booked_on, value_on, reverses, decision_id, log_seq, n_lines
FROM journal_entry WHERE id >= %s AND id < %s ORDER BY id
"""
MOVEMENTS: Final = """
SELECT entry_id, line, src, dst, currency, amount, src_off, dst_off
FROM movement WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, line
"""
FRAGMENTS: Final = """
SELECT entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path, fx_path
FROM use_fragment WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, line, piece
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what is stored is not what follows from the rest."""

    code: str
    entry: int | None
    account: str | None
    expected: str
    found: str
    row: str | None = None


@dataclass(slots=True)
class Differences:
    """What was found, up to a limit; the first one is where to look."""

    found: list[Difference] = field(default_factory=list)

    def note(
        self,
        code: str,
        expected: object,
        found: object,
        *,
        entry: int | None = None,
        account: str | None = None,
        row: str | None = None,
    ) -> None:
        if len(self.found) < FOUND_MAX:
            self.found.append(Difference(code, entry, account, str(expected), str(found), row))

    def compare(
        self,
        code: str,
        expected: object,
        found: object,
        *,
        entry: int | None = None,
        account: str | None = None,
        row: str | None = None,
    ) -> None:
        if expected != found:
            self.note(code, expected, found, entry=entry, account=account, row=row)


class Replay:
    """The state of the book as it grows entry by entry, compared with what is stored at each step."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._execute = execute
        self._differences = differences
        self._accounts: dict[int, Held] = {}
        self._donors: dict[PoolPlace, list[str]] = {}
        self._simulation = Simulation()
        self.hashes: dict[int, tuple[int, str]] = {}
        self.movements = 0
        self.fragments = 0
        self._load_accounts()
        self._totals = {a.spec.code: Totals(0, 0, a.totals.floor) for a in self._accounts.values()}
        self._periods = [
            (day(upto), last) for upto, last in execute("SELECT upto, entry_id_max FROM period_close", [])
        ]
        self._closed: dict[int, int] = dict(execute("SELECT account_id, entry_id FROM account_close", []))

    @property
    def accounts(self) -> int:
        return len(self._accounts)

    def _load_accounts(self) -> None:
        # In the donors' order within each place, whatever the order of opening.
        rows = self._execute(f"{COLUMNS} ORDER BY coalesce(f.donor_no, {POOL_DONORS_MAX}), a.id", [])
        for account in map(held, rows):
            self._accounts[account.id] = account
            self._differences.compare("account", account.spec.code, account.code, account=account.code)
            try:
                self._differences.compare(
                    "floor", floor_of(account.spec.kind), account.totals.floor, account=account.code
                )
            except LedgerError:
                continue
            if account.spec.fund is not None and account.spec.fund.pool is not None:
                self._donors.setdefault(pool_place(account.spec), []).append(account.spec.code)

    def run(self, first: int, end: int) -> None:
        """Take entries `first` to `end` (exclusive), in order."""
        headers = {row[0]: row for row in self._execute(ENTRY_HEADERS, [first, end])}
        lines = _grouped(self._execute(MOVEMENTS, [first, end]))
        stored = _grouped(self._execute(FRAGMENTS, [first, end]))
        for number in range(first, end):
            rows = lines.get(number, [])
            self.movements += len(rows)
            self.fragments += len(stored.get(number, []))
            if number not in headers:
                self._differences.note("entry_missing", "a header", "none", entry=number)
            known = [row for row in rows if self._knows(row)]
            if number in headers:
                self._check_entry(headers[number], known)
            self._apply(number, known, stored.get(number, []))

    def finish(self) -> None:
        """Compare the totals reached with those stored."""
        for account in self._accounts.values():
            reached = self._totals[account.spec.code]
            stored = account.totals
            code = account.code
            self._differences.compare("in_total", reached.in_total, stored.in_total, account=code)
            self._differences.compare("out_total", reached.out_total, stored.out_total, account=code)
            if account.is_closed:
                self._differences.compare("closed_balance", 0, stored.balance, account=code)

    def _knows(self, row: tuple[Any, ...]) -> bool:
        known = row[2] in self._accounts and row[3] in self._accounts
        if not known:
            self._differences.note("account_missing", "two accounts", f"{row[2]}, {row[3]}", entry=row[0])
        return known

    def _check_entry(self, header: tuple[Any, ...], rows: Sequence[tuple[Any, ...]]) -> None:
        number, n_lines = header[0], header[-1]
        note = self._differences
        note.compare("line_count", list(range(1, n_lines + 1)), [row[1] for row in rows], entry=number)
        entry = journal_entry(header[:-1], tuple(self._movement_row(row) for row in rows))
        self.hashes[number] = (entry.log_seq, journal_hash(entry))
        draft = EntryDraft(
            entry.kind, self._lines(rows), entry.booked_on, entry.value_on, entry.decision_id, entry.reverses
        )
        try:
            check_draft(draft)
            check_shares(draft, lambda place: self._donors.get(place, []), self._totals)
        except LedgerError as error:
            note.note("rule", "an allowed entry", f"{type(error).__name__}{error.args}", entry=number)
        self._check_period(number, entry.booked_on)
        if entry.reverses is not None:
            self._check_mirror(entry, draft)

    def _check_period(self, number: int, booked_on: date) -> None:
        for upto, last in self._periods:
            if number > last and booked_on <= upto:
                self._differences.note("period", f"after {upto}", booked_on, entry=number)

    def _check_mirror(self, entry: JournalEntry, draft: EntryDraft) -> None:
        original = entry.reverses or 0
        rows = self._execute(MOVEMENTS, [original, original + 1])
        expected = mirror(self._lines([row for row in rows if self._knows(row)]))
        if original >= entry.id or expected != draft.lines:
            self._differences.note("mirror", f"the mirror of {original}", "other lines", entry=entry.id)

    def _lines(self, rows: Iterable[tuple[Any, ...]]) -> tuple[Line, ...]:
        return tuple(Line(self._spec(row[2]), self._spec(row[3]), row[5]) for row in rows)

    def _spec(self, account: int) -> AccountSpec:
        return self._accounts[account].spec

    def _movement_row(self, row: tuple[Any, ...]) -> MovementRow:
        _, line, src, dst, currency, amount, src_off, dst_off = row
        codes = (self._accounts[src].code, self._accounts[dst].code)
        return MovementRow(line, *codes, currency, amount, src_off, dst_off)

    def _apply(self, number: int, rows: Sequence[tuple[Any, ...]], stored: Sequence[tuple[Any, ...]]) -> None:
        by_line: dict[int, list[tuple[Any, ...]]] = {}
        for row in stored:
            by_line.setdefault(row[1], []).append(row[2:])
        for _, line, src, dst, currency, amount, src_off, dst_off in rows:
            source, target = self._accounts[src], self._accounts[dst]
            if not source.spec.currency == target.spec.currency == currency:
                self._differences.note("currency", source.spec.currency, currency, entry=number)
            for account in (source, target):
                if number > self._closed.get(account.id, number):
                    self._differences.note("closed", "no movement", line, entry=number, account=account.code)
            self._move(number, source, target, amount, Stamp(src_off, dst_off))
            kinds = (source.spec.kind, target.spec.kind)
            mv = Mv(MvId(number, line), src, dst, amount, src_off, dst_off, *kinds)
            self._check_fragments(mv, by_line.pop(line, []))
        for line in by_line:
            self._differences.note("fragment", "no fragment", f"line {line}", entry=number)

    def _move(self, number: int, source: Held, target: Held, amount: int, stored: Stamp) -> None:
        came, went, floor = self._totals[source.spec.code]
        self._differences.compare("src_off", went, stored.src_off, entry=number, account=source.code)
        if floor is not None and came - went - amount < floor:
            self._differences.note(
                "overdraft", floor, came - went - amount, entry=number, account=source.code
            )
        self._totals[source.spec.code] = Totals(came, went + amount, floor)
        came, went, floor = self._totals[target.spec.code]
        self._differences.compare("dst_off", came, stored.dst_off, entry=number, account=target.code)
        self._totals[target.spec.code] = Totals(came + amount, went, floor)

    def _check_fragments(self, mv: Mv, stored: Sequence[tuple[Any, ...]]) -> None:
        try:
            pieces = self._simulation.apply(mv)
        except LedgerError as error:
            self._differences.note("trace", "money to move", error.args, entry=mv.id.entry)
            return
        expected = [self._fragment(n, p) for n, p in enumerate(pieces, start=1)]
        wanted = expected if is_use(mv) or is_undo(mv) else []
        for right, found in zip_longest(wanted, stored):
            if right != found:
                code = self._accounts[mv.dst].code
                self._differences.note("fragment", right, found, entry=mv.id.entry, account=code)
                return

    def _fragment(self, n: int, piece: Piece) -> tuple[object, ...]:
        path = PATH_JOIN.join(self._accounts[account].code for account in piece.path)
        where = (piece.source_lo, piece.source_amount)
        return (n, piece.pos, piece.amount, *piece.source, *where, path, "")


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return groups
