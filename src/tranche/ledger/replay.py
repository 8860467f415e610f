"""The whole book once more from its first line: totals, stamps, edges, shares, mirrors and fragments.

Nothing here reads an index or a stored total: the lines are moved in their order, and what follows is compared
with what is stored. A million of them take seconds, so a line costs as little as it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from tranche.kernel.chart import POOL_DONORS_MAX, SOURCES, USES, AccountSpec, Kind, PoolPlace, check_account
from tranche.kernel.chart import floor_of, pool_place
from tranche.kernel.journal import (
    EntryDraft,
    Head,
    Line,
    Pair,
    hash_of,
    instant_text,
    mirror,
    mirror_pairs,
    quoted,
)
from tranche.kernel.ledger import check_draft
from tranche.kernel.ledger_errors import LedgerError
from tranche.kernel.shares import check_shares
from tranche.kernel.simulate import Simulation, pieces_of
from tranche.kernel.trace import Leg, Mv, MvId, Piece
from tranche.ledger.accounts import COLUMNS, Held, held
from tranche.ledger.differences import Differences
from tranche.ledger.fragments import PATH_JOIN, fx_text
from tranche.ledger.rows import Execute, day

Row = tuple[Any, ...]

HEADERS: Final = """
SELECT id, key, key_n, kind, recorded_at, booked_on, value_on, n_lines, reverses, decision_id, log_seq
FROM journal_entry WHERE id >= %s AND id < %s ORDER BY id
"""
MOVEMENTS: Final = """
SELECT entry_id, line, src, dst, currency, amount, src_off, dst_off
FROM movement WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, line
"""
PAIRS: Final = """
SELECT entry_id, out_line, in_line FROM fx_pair WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, out_line
"""
FRAGMENTS: Final = """
SELECT entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path, fx_path
FROM use_fragment WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, line, piece
"""
PERIODS: Final = "SELECT upto, entry_id_max FROM period_close ORDER BY upto"
ENDS: Final = USES | SOURCES
NO_DAY: Final = date.min


class Replay:
    """The state of the book as it grows entry by entry, compared with what is stored at each step."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._execute = execute
        self._note = differences
        self._simulation = Simulation()
        self._allowed: set[tuple[str, int, int]] = set()
        self._texts: dict[tuple[int, ...], str] = {}
        self._numbers: dict[str, int] = {}
        self.hashes: dict[int, tuple[int, str]] = {}
        self.movements = 0
        self.fragments = 0
        self._load_accounts()
        self._came = dict.fromkeys(self._accounts, 0)
        self._went = dict.fromkeys(self._accounts, 0)
        self._periods = [(day(upto), last) for upto, last in execute(PERIODS, [])]
        self._closed: dict[int, int] = dict(execute("SELECT account_id, entry_id FROM account_close", []))

    @property
    def accounts(self) -> int:
        return len(self._accounts)

    def _load_accounts(self) -> None:
        # In the donors' order within each place, whatever the order of opening.
        rows = self._execute(f"{COLUMNS} ORDER BY coalesce(f.donor_no, {POOL_DONORS_MAX}), a.id", [])
        self._accounts: dict[int, Held] = {account.id: account for account in map(held, rows)}
        self._donors: dict[PoolPlace, list[str]] = {}
        for account in self._accounts.values():
            spec, code = account.spec, account.code
            self._note.compare("account", spec.code, code, account=code)
            try:
                check_account(spec)
                self._note.compare("floor", floor_of(spec.kind), account.totals.floor, account=code)
            except LedgerError as error:
                if spec.kind is not Kind.ADVANCE:
                    self._note.note("account", "an account", error.args, account=code)
            if spec.fund is not None and spec.fund.pool is not None:
                self._donors.setdefault(pool_place(spec), []).append(spec.code)
        self._quoted = {number: quoted(account.code) for number, account in self._accounts.items()}
        self._by_code = {account.spec.code: account.id for account in self._accounts.values()}
        self._pooled = {
            number
            for number, account in self._accounts.items()
            if account.spec.fund is not None and account.spec.fund.pool is not None
        }

    def run(self, first: int, end: int) -> None:
        """Take entries `first` to `end` (exclusive), in order."""
        bounds = [first, end]
        headers = {row[0]: row for row in self._execute(HEADERS, bounds)}
        lines = _grouped(self._execute(MOVEMENTS, bounds))
        pairs = _grouped(self._execute(PAIRS, bounds))
        stored = _grouped(self._execute(FRAGMENTS, bounds))
        for number in range(first, end):
            rows = lines.get(number, [])
            self.movements += len(rows)
            known = rows if all(row[2] in self._came and row[3] in self._came for row in rows) else self._known(rows)
            fx = [Pair(*row[1:]) for row in pairs.get(number, ())]
            if number in headers:
                self._check_entry(headers[number], known, fx)
            else:
                self._note.note("entry_missing", "a header", "none", entry=number)
            fragments = stored.get(number, [])
            self.fragments += len(fragments)
            self._move(number, known, fx, fragments)

    def finish(self) -> None:
        """Compare the totals reached with those that the indexes give."""
        for number, account in self._accounts.items():
            stored, code = account.totals, account.code
            self._note.compare("in_total", self._came[number], stored.in_total, account=code)
            self._note.compare("out_total", self._went[number], stored.out_total, account=code)
            if account.is_closed:
                self._note.compare("closed_balance", 0, stored.balance, account=code)

    def _known(self, rows: Iterable[Row]) -> list[Row]:
        known = []
        for row in rows:
            if row[2] in self._came and row[3] in self._came:
                known.append(row)
            else:
                self._note.note("account_missing", "two accounts", f"{row[2]}, {row[3]}", entry=row[0])
        return known

    def _check_entry(self, header: Row, rows: Sequence[Row], fx: Sequence[Pair]) -> None:
        number, key, key_n, kind, recorded, booked, value, n_lines, reverses, decision, seq = header
        if [row[1] for row in rows] != list(range(1, n_lines + 1)):
            found = [row[1] for row in rows]
            self._note.note("line_count", list(range(1, n_lines + 1)), found, entry=number)
        if self._numbers.get(key, 0) + 1 != key_n:
            self._note.note("key", self._numbers.get(key, 0) + 1, key_n, entry=number)
        self._numbers[key] = key_n
        head = Head(
            kind,
            str(booked),
            None if value is None else str(value),
            decision,
            reverses,
            recorded if isinstance(recorded, str) else instant_text(recorded),
        )
        codes = self._quoted
        lines = [
            f"[{line},{codes[src]},{codes[dst]},{quoted(currency)},{amount},{src_off},{dst_off}]"
            for _, line, src, dst, currency, amount, src_off, dst_off in rows
        ]
        sha256 = hash_of(number, head, lines, fx)
        self.hashes[number] = (seq, sha256)
        self._check_rules(header, rows, fx)
        if self._periods:
            self._check_period(number, day(booked))

    def _check_rules(self, header: Row, rows: Sequence[Row], fx: Sequence[Pair]) -> None:
        """The table of edges and the donors' shares; edges seen before are known by their accounts."""
        number, kind, reverses = header[0], header[3], header[8]
        is_plain = not fx and reverses is None
        if is_plain and all((kind, row[2], row[3]) in self._allowed for row in rows):
            if self._pooled.isdisjoint(row[2] for row in rows):
                return
        draft = EntryDraft(kind, self._lines(rows), NO_DAY, None, None, reverses, tuple(fx))
        try:
            check_draft(draft)
            check_shares(draft, lambda place: self._donors.get(place, []), self._balance)
        except LedgerError as error:
            name = f"{type(error).__name__}{error.args}"
            self._note.note("rule", "an allowed entry", name, entry=number)
            return
        if is_plain:
            self._allowed |= {
                (kind, row[2], row[3])
                for row, line in zip(rows, draft.lines, strict=True)
                if Kind.ROUNDING not in (line.source.kind, line.target.kind)
            }
        if reverses is not None:
            self._check_mirror(number, reverses, draft)

    def _check_period(self, number: int, booked_on: date) -> None:
        for upto, last in self._periods:
            if number > last and booked_on <= upto:
                self._note.note("period", f"after {upto}", booked_on, entry=number)

    def _check_mirror(self, number: int, original: int, draft: EntryDraft) -> None:
        rows = self._known(self._execute(MOVEMENTS, [original, original + 1]))
        fx = [Pair(*row[1:]) for row in self._execute(PAIRS, [original, original + 1])]
        expected = (mirror(self._lines(rows)), mirror_pairs(fx, len(rows)))
        if original >= number or expected != (draft.lines, draft.fx):
            self._note.note("mirror", f"the mirror of {original}", "other lines", entry=number)

    def _lines(self, rows: Iterable[Row]) -> tuple[Line, ...]:
        return tuple(Line(self._spec(row[2]), self._spec(row[3]), row[5]) for row in rows)

    def _spec(self, account: int) -> AccountSpec:
        return self._accounts[account].spec

    def _balance(self, code: str) -> int:
        number = self._by_code[code]
        return self._came[number] - self._went[number]

    def _move(self, number: int, rows: Sequence[Row], fx: Sequence[Pair], stored: Sequence[Row]) -> None:
        legs = self._legs(rows, fx) if fx else {}
        by_line: dict[int, list[Row]] = {}
        for row in stored:
            by_line.setdefault(row[1], []).append(row[2:])
        for _, line, src, dst, currency, amount, src_off, dst_off in rows:
            source, target = self._accounts[src], self._accounts[dst]
            if not source.spec.currency == target.spec.currency == currency:
                self._note.note("currency", source.spec.currency, currency, entry=number)
            if self._closed and number > min(self._closed.get(src, number), self._closed.get(dst, number)):
                self._note.note("closed", "no movement", line, entry=number, account=source.code)
            self._stamp(number, source, target, amount, src_off, dst_off)
            kinds = (source.spec.kind, target.spec.kind)
            mv = Mv(MvId(number, line), src, dst, amount, src_off, dst_off, *kinds, legs.get(line))
            self._check_fragments(mv, by_line.pop(line, []))
        for line in by_line:
            self._note.note("fragment", "no fragment", f"line {line}", entry=number)

    def _legs(self, rows: Sequence[Row], fx: Sequence[Pair]) -> dict[int, Leg]:
        by_line = {row[1]: row for row in rows}
        legs: dict[int, Leg] = {}
        for out_line, in_line in fx:
            out, into = by_line.get(out_line), by_line.get(in_line)
            if out is not None and into is not None:
                legs[in_line] = Leg(out_line, out[2], out[6], out[5], self._spec(out[2]).kind)
                legs[out_line] = Leg(in_line, into[3], into[7], into[5], self._spec(into[3]).kind)
        return legs

    def _stamp(
        self, number: int, source: Held, target: Held, amount: int, src_off: int, dst_off: int
    ) -> None:
        went, came = self._went[source.id], self._came[target.id]
        if went != src_off:
            self._note.note("src_off", went, src_off, entry=number, account=source.code)
        if came != dst_off:
            self._note.note("dst_off", came, dst_off, entry=number, account=target.code)
        floor, left = source.totals.floor, self._came[source.id] - went - amount
        if floor is not None and left < floor:
            self._note.note("overdraft", floor, left, entry=number, account=source.code)
        self._went[source.id] = went + amount
        self._came[target.id] = came + amount

    def _check_fragments(self, mv: Mv, stored: Sequence[Row]) -> None:
        try:
            runs = self._simulation.move(mv)
        except (LedgerError, KeyError) as error:
            self._note.note("trace", "money to move", error.args, entry=mv.id.entry)
            return
        if not stored and mv.dst_kind not in ENDS and mv.src_kind not in USES:
            return
        is_traced = mv.dst_kind in ENDS or mv.src_kind in USES
        wanted = [self._fragment(n, p) for n, p in enumerate(pieces_of(runs), start=1)] if is_traced else []
        for right, found in zip_longest(wanted, stored):
            if right != found:
                code = self._accounts[mv.dst].code
                self._note.note("fragment", right, found, entry=mv.id.entry, account=code)
                return

    def _fragment(self, n: int, piece: Piece) -> tuple[object, ...]:
        path = self._texts.get(piece.path)
        if path is None:
            path = self._texts[piece.path] = PATH_JOIN.join(self._accounts[a].code for a in piece.path)
        where = (piece.source_lo, piece.source_amount)
        return (n, piece.pos, piece.amount, *piece.source, *where, path, fx_text(piece.fx_path))


def _grouped(rows: Iterable[Row]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return groups
