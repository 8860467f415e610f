"""The whole book once more from its first line: totals, stamps, edges, shares, mirrors and fragments.

Nothing here reads an index or a stored total: the lines are moved in their order, and what follows is
compared with what is stored. A million of them take seconds, so the loops below are written for speed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from tranche.kernel.chart import (
    POOL_DONORS_MAX,
    SOURCES,
    USES,
    AccountSpec,
    Kind,
    PoolPlace,
    check_account,
    floor_of,
    pool_place,
)
from tranche.kernel.differences import Differences
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
from tranche.kernel.simulate import Run, Simulation
from tranche.kernel.trace import Leg, Mv, MvId, Piece
from tranche.ledger.accounts import COLUMNS, Held, held
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
SELECT entry_id, out_line, in_line
FROM fx_pair WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, out_line
"""
FRAGMENTS: Final = """
SELECT entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path, fx_path
FROM use_fragment WHERE entry_id >= %s AND entry_id < %s ORDER BY entry_id, line, piece
"""
PERIODS: Final = "SELECT upto, entry_id_max FROM period_close ORDER BY upto"
NO_DAY: Final = date.min
NOTHING: Final[Sequence[Row]] = ()


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
        self._pooled: set[int] = set()
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
                self._pooled.add(account.id)
        each = self._accounts.items()
        self._by_code = {account.spec.code: number for number, account in each}
        self._quoted = {number: quoted(account.code) for number, account in each}
        self._kinds = {number: account.spec.kind for number, account in each}
        self._currencies = {number: account.spec.currency for number, account in each}
        self._floors = {n: a.totals.floor for n, a in each if a.totals.floor is not None}

    def run(self, first: int, end: int) -> None:
        """Take entries `first` to `end` (exclusive), in order."""
        bounds = [first, end]
        headers = {row[0]: row for row in self._execute(HEADERS, bounds)}
        lines = _grouped(self._execute(MOVEMENTS, bounds))
        pairs = _grouped(self._execute(PAIRS, bounds))
        stored = _grouped(self._execute(FRAGMENTS, bounds))
        for number in range(first, end):
            rows = self._known(lines.get(number, NOTHING))
            self.movements += len(rows)
            fx = [Pair(*row[1:]) for row in pairs[number]] if number in pairs else []
            if number in headers:
                self._check_entry(headers[number], rows, fx)
            else:
                self._note.note("entry_missing", "a header", "none", entry=number)
            fragments = stored.get(number, NOTHING)
            self.fragments += len(fragments)
            self._move(number, rows, fx, fragments)

    def finish(self) -> None:
        """Compare the totals reached with those that the indexes give."""
        for number, account in self._accounts.items():
            stored, code = account.totals, account.code
            self._note.compare("in_total", self._came[number], stored.in_total, account=code)
            self._note.compare("out_total", self._went[number], stored.out_total, account=code)
            if account.is_closed:
                self._note.compare("closed_balance", 0, stored.balance, account=code)

    def _known(self, rows: Sequence[Row]) -> Sequence[Row]:
        kinds = self._kinds
        if all(row[2] in kinds and row[3] in kinds for row in rows):
            return rows
        unknown = [row for row in rows if not (row[2] in kinds and row[3] in kinds)]
        for row in unknown:
            self._note.note("account_missing", "two accounts", f"{row[2]}, {row[3]}", entry=row[0])
        return [row for row in rows if row not in unknown]

    def _check_entry(self, header: Row, rows: Sequence[Row], fx: Sequence[Pair]) -> None:
        number, key, key_n, kind, recorded, booked, value, n_lines, reverses, decision, seq = header
        if len(rows) != n_lines or (rows and rows[-1][1] != n_lines):
            found = [row[1] for row in rows]
            self._note.note("line_count", list(range(1, n_lines + 1)), found, entry=number)
        due = self._numbers.get(key, 0) + 1
        if due != key_n:
            self._note.note("key", due, key_n, entry=number)
        self._numbers[key] = key_n
        instant = recorded if isinstance(recorded, str) else instant_text(recorded)
        head = Head(kind, str(booked), None if value is None else str(value), decision, reverses, instant)
        codes = self._quoted
        lines = [
            f"[{line},{codes[src]},{codes[dst]},{quoted(currency)},{amount},{src_off},{dst_off}]"
            for _, line, src, dst, currency, amount, src_off, dst_off in rows
        ]
        self.hashes[number] = (seq, hash_of(number, head, lines, fx))
        is_plain = not fx and reverses is None
        allowed = self._allowed
        is_known = is_plain and all((kind, row[2], row[3]) in allowed for row in rows)
        if not is_known or (self._pooled and not self._pooled.isdisjoint(row[2] for row in rows)):
            self._check_rules(header, rows, fx, is_plain=is_plain)
        if self._periods:
            self._check_period(number, day(booked))

    def _check_rules(self, header: Row, rows: Sequence[Row], fx: Sequence[Pair], *, is_plain: bool) -> None:
        """The table of edges and the donors' shares; edges seen before are known by their accounts."""
        number, kind, reverses = header[0], header[3], header[8]
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
                for row in rows
                if Kind.ROUNDING not in (self._kinds[row[2]], self._kinds[row[3]])
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
        came, went, floors = self._came, self._went, self._floors
        kinds, currencies = self._kinds, self._currencies
        by_line = _by_line(stored) if stored else {}
        legs = self._legs(rows, fx) if fx else {}
        for _, line, src, dst, currency, amount, src_off, dst_off in rows:
            if not currencies[src] == currencies[dst] == currency:
                self._note.note("currency", currencies[src], currency, entry=number)
            if self._closed:
                self._check_open(number, src, dst)
            gone, there = went[src] + amount, came[dst] + amount
            if went[src] != src_off or came[dst] != dst_off:
                self._compare_stamps(number, src, dst, (src_off, dst_off))
            if src in floors and came[src] - gone < floors[src]:
                left, code = came[src] - gone, self._accounts[src].code
                self._note.note("overdraft", floors[src], left, entry=number, account=code)
            went[src], came[dst] = gone, there
            src_kind, dst_kind = kinds[src], kinds[dst]
            is_traced = dst_kind in USES or dst_kind in SOURCES or src_kind in USES
            if is_traced or line in by_line or legs or src_kind is Kind.FX or dst_kind is Kind.FX:
                mv = Mv(
                    MvId(number, line), src, dst, amount, src_off, dst_off, src_kind, dst_kind, legs.get(line)
                )
                self._check_fragments(mv, by_line.pop(line, []), is_traced=is_traced)
                continue
            try:
                self._pass_on(number, line, src, dst, amount)
            except LedgerError as error:
                self._note.note("trace", "money to move", error.args, entry=number)
        for line in by_line:
            self._note.note("fragment", "no fragment", f"line {line}", entry=number)

    def _pass_on(self, number: int, line: int, src: int, dst: int, amount: int) -> None:
        """Move the units of a line that spends nothing."""
        runs: list[Run]
        if self._kinds[src] in SOURCES:
            runs = [(amount, MvId(number, line), 0, amount, (), ())]
        else:
            runs = self._simulation.take(src, amount)
        self._simulation.put(dst, runs)

    def _check_open(self, number: int, src: int, dst: int) -> None:
        for account in (src, dst):
            if number > self._closed.get(account, number):
                code = self._accounts[account].code
                self._note.note("closed", "no movement", "one", entry=number, account=code)

    def _compare_stamps(self, number: int, src: int, dst: int, found: tuple[int, int]) -> None:
        source, target = self._accounts[src].code, self._accounts[dst].code
        self._note.compare("src_off", self._went[src], found[0], entry=number, account=source)
        self._note.compare("dst_off", self._came[dst], found[1], entry=number, account=target)

    def _legs(self, rows: Sequence[Row], fx: Sequence[Pair]) -> dict[int, Leg]:
        by_line = {row[1]: row for row in rows}
        legs: dict[int, Leg] = {}
        for out_line, in_line in fx:
            out, into = by_line.get(out_line), by_line.get(in_line)
            if out is not None and into is not None:
                legs[in_line] = Leg(out_line, out[2], out[6], out[5], self._kinds[out[2]])
                legs[out_line] = Leg(in_line, into[3], into[7], into[5], self._kinds[into[3]])
        return legs

    def _check_fragments(self, mv: Mv, stored: Sequence[Row], *, is_traced: bool) -> None:
        try:
            pieces = self._simulation.apply(mv)
        except (LedgerError, KeyError) as error:
            self._note.note("trace", "money to move", error.args, entry=mv.id.entry)
            return
        wanted = [self._fragment(n, piece) for n, piece in enumerate(pieces, start=1)] if is_traced else []
        for right, found in zip_longest(wanted, stored):
            if right != found:
                code = self._accounts[mv.dst].code
                self._note.note("fragment", right, found, entry=mv.id.entry, account=code)
                return

    def _fragment(self, n: int, piece: Piece) -> tuple[object, ...]:
        pos, amount, source, source_lo, source_amount, accounts, steps = piece
        path = self._texts.get(accounts)
        if path is None:
            path = self._texts[accounts] = PATH_JOIN.join([self._accounts[a].code for a in accounts])
        fx = fx_text(steps) if steps else ""
        return (n, pos, amount, source[0], source[1], source_lo, source_amount, path, fx)


def _by_line(stored: Iterable[Row]) -> dict[int, list[Row]]:
    by_line: dict[int, list[Row]] = {}
    for row in stored:
        by_line.setdefault(row[1], []).append(row[2:])
    return by_line


def _grouped(rows: Iterable[Row]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in rows:
        group = groups.get(row[0])
        if group is None:
            groups[row[0]] = [row]
        else:
            group.append(row)
    return groups
