"""The ledger once more as dicts and queues: slow, obvious, and without a database.

It has its own arithmetic for shares (exact fractions), for conversions (the rule of the tokens) and for
floors. What it is told to post is a draft as the ledger takes it; who makes drafts asks `refusal` first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor

from tests.oracle.queues import Queue, Run, Way, Whose, convert, put, take, whose

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.journal import EntryDraft, Line, Pair

ENDLESS = (Kind.ORIGIN, Kind.FX, Kind.ROUNDING)
SOURCES = (Kind.ORIGIN, Kind.ADVANCE, Kind.ROUNDING)
USES = (Kind.LOT, Kind.RETURNED, Kind.FEE, Kind.WRITE_OFF)
UNQUEUED = (*SOURCES, Kind.FX)
TOTAL_MAX = 9_007_199_254_740_991
ROUNDING_MAX = 100


@dataclass(slots=True)
class Account:
    """What came and went, whose units lie here, and what each day added."""

    spec: AccountSpec
    floor: int | None
    came: int = 0
    went: int = 0
    is_closed: bool = False
    queue: Queue = field(default_factory=deque)
    days: dict[date, list[int]] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        return self.came - self.went


@dataclass(frozen=True, slots=True)
class Entry:
    """A posted draft and where each of its lines begins on the line of either account."""

    draft: EntryDraft
    stamps: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Model:
    """The whole book."""

    accounts: dict[str, Account] = field(default_factory=dict)
    donors: dict[str, list[Fund]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    undone: dict[int, int] = field(default_factory=dict)
    uses: dict[tuple[int, int], Whose] = field(default_factory=dict)
    closes: dict[date, dict[str, tuple[int, int]]] = field(default_factory=dict)
    root: Way = field(default_factory=Way)

    @property
    def closed_upto(self) -> date | None:
        return max(self.closes, default=None)

    def balance(self, code: str) -> int:
        account = self.accounts.get(code)
        return 0 if account is None else account.balance

    def held(self, funds: Sequence[Fund], place: Place, currency: str) -> list[tuple[AccountSpec, int]]:
        """What each fund has at a place, in the order of the donors."""
        specs = [AccountSpec(place.kind, place.holder, fund, currency) for fund in funds]
        return [(spec, self.balance(spec.code)) for spec in specs]

    def refusal(self, draft: EntryDraft) -> str:
        """Why these lines cannot be posted though they are well made; empty if they can."""
        if draft.reverses is not None:
            if self.entries[draft.reverses - 1].draft.kind == "reverse":
                return "NotMirror"
            if draft.reverses in self.undone:
                return "AlreadyReversed"
        if any(_is_much_to_round(line) for line in draft.lines):
            return "AmountOutOfRange"
        named = {spec.code for line in draft.lines for spec in (line.source, line.target)}
        if any(self.accounts[code].is_closed for code in named if code in self.accounts):
            return "AccountClosed"
        if self.closed_upto is not None and draft.booked_on <= self.closed_upto:
            return "PeriodClosed"
        return self._shortage(draft.lines)

    def _shortage(self, lines: Sequence[Line]) -> str:
        came: dict[str, int] = {}
        went: dict[str, int] = {}
        for line in lines:
            source, target, amount = line.source.code, line.target.code, line.amount_minor
            gone = went[source] = went.get(source, 0) + amount
            there = came[target] = came.get(target, 0) + amount
            least = self._floor(line.source)
            if least is not None and self.balance(source) + came.get(source, 0) - gone < least:
                return "InsufficientFunds"
            if max(self._went(source) + gone, self._came(target) + there) > TOTAL_MAX:
                return "AmountOutOfRange"
        return ""

    def _went(self, code: str) -> int:
        return self.accounts[code].went if code in self.accounts else 0

    def _came(self, code: str) -> int:
        return self.accounts[code].came if code in self.accounts else 0

    def _floor(self, spec: AccountSpec) -> int | None:
        if spec.code in self.accounts:
            return self.accounts[spec.code].floor
        return None if spec.kind in ENDLESS else 0

    def open(self, spec: AccountSpec, least: int | None = None) -> Account:
        """An account that is new, and its fund with it; donors are numbered as their funds come."""
        if least is None:
            least = None if spec.kind in ENDLESS else 0
        account = self.accounts[spec.code] = Account(spec, least)
        fund = spec.fund
        if fund is not None and fund.pool is not None:
            known = self.donors.setdefault(fund.pool, [])
            if fund not in known:
                known.append(fund)
        return account

    def post(self, draft: EntryDraft) -> int:
        """Move the money of an entry that nothing refuses, and give its number."""
        number = len(self.entries) + 1
        behind: dict[int, list[Run]] = {}
        stamps: list[tuple[int, int]] = []
        for n, line in enumerate(draft.lines, start=1):
            source = self.accounts.get(line.source.code) or self.open(line.source)
            target = self.accounts.get(line.target.code) or self.open(line.target)
            stamps.append((source.went, target.came))
            self._move(draft, (number, n), source, target, behind)
        self.entries.append(Entry(draft, tuple(stamps)))
        if draft.reverses is not None:
            self.undone[draft.reverses] = number
        return number

    def _move(
        self,
        draft: EntryDraft,
        name: tuple[int, int],
        source: Account,
        target: Account,
        behind: dict[int, list[Run]],
    ) -> None:
        amount = draft.lines[name[1] - 1].amount_minor
        leaves, enters = source.spec.kind, target.spec.kind
        source.went += amount
        target.came += amount
        source.days.setdefault(draft.booked_on, [0, 0])[1] += amount
        target.days.setdefault(draft.booked_on, [0, 0])[0] += amount
        if leaves is Kind.FX:
            runs = behind.pop(name[1])
        elif leaves in SOURCES:
            runs = [Run(amount, name, 0, amount, self.root, is_converted=False)]
        else:
            runs = take(source.queue, amount)
        if enters in USES or enters in SOURCES or leaves in USES:
            self.uses[name] = whose(runs)
        if enters is Kind.FX:
            pair = next(pair for pair in draft.fx if pair.out_line == name[1])
            behind[pair.in_line] = convert(runs, amount, draft.lines[pair.in_line - 1].amount_minor)
        elif enters not in SOURCES:
            put(target.queue, runs, target.spec.code)

    def undo_of(self, number: int, booked_on: date) -> EntryDraft:
        """The mirror of an entry: every line turned round, the last one first."""
        draft, last = self.entries[number - 1].draft, len(self.entries[number - 1].draft.lines) + 1
        lines = tuple(Line(line.target, line.source, line.amount_minor) for line in draft.lines[::-1])
        pairs = tuple(Pair(last - pair.in_line, last - pair.out_line) for pair in draft.fx[::-1])
        return EntryDraft("reverse", lines, booked_on, reverses=number, fx=tuple(sorted(pairs)))

    def close_period(self, upto: date) -> None:
        """Keep what every account had when this day ended."""
        self.closes[upto] = {
            code: (came, went)
            for code, account in self.accounts.items()
            for came, went in [_until(account, upto)]
            if came or went
        }


def _until(account: Account, upto: date) -> tuple[int, int]:
    days = [both for day, both in account.days.items() if day <= upto]
    return sum(came for came, _ in days), sum(went for _, went in days)


def _is_much_to_round(line: Line) -> bool:
    rounds = Kind.ROUNDING in (line.source.kind, line.target.kind)
    return rounds and line.amount_minor > ROUNDING_MAX


def shares(balances: Sequence[int], amount: int) -> list[int]:
    """An amount by these balances: thresholds of exact fractions, each rounded half up."""
    whole, below, paid = sum(balances), 0, 0
    result: list[int] = []
    for balance in balances:
        below += balance
        threshold = floor(Fraction(amount * below, whole) + Fraction(1, 2)) if whole else 0
        result.append(threshold - paid)
        paid = threshold
    return result
