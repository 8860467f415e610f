"""The rules of posting: which lines may be posted, and where their cents lie.

Offsets and windows include the start and exclude the end; every amount is in minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tranche.kernel.chart import EDGES, FUND_CHANGES, PAIRED, AccountSpec, Fund, Kind, Place, PoolPlace
from tranche.kernel.journal import (
    EntryDraft,
    JournalEntry,
    Line,
    MovementRow,
    Pair,
    Posted,
    instant_text,
    journal_hash,
    mirror,
)
from tranche.kernel.ledger_errors import AmountOutOfRange, EdgeNotAllowed, InsufficientFunds

__all__ = [
    "EDGES",
    "AccountSpec",
    "EntryDraft",
    "Fund",
    "JournalEntry",
    "Kind",
    "Line",
    "MovementRow",
    "Pair",
    "Place",
    "PoolPlace",
    "Posted",
    "Running",
    "Stamp",
    "Totals",
    "check_draft",
    "instant_text",
    "journal_hash",
    "mirror",
    "stamp",
]

MOVEMENT_MINOR_MAX: Final = 10**15
TOTAL_MINOR_MAX: Final = 2**53 - 1  # exact in every JSON reader
LINES_MAX: Final = 10_000  # an entry is written and hashed as one piece
ROUNDING_MINOR_MAX: Final = 100  # a bank's odd units, never a way to move money


class Totals(NamedTuple):
    """What has come into an account and gone out of it, and how far its balance may fall."""

    in_total: int
    out_total: int
    floor: int | None

    @property
    def balance(self) -> int:
        return self.in_total - self.out_total


class Stamp(NamedTuple):
    """Where the cents of a line lie on the out-line of its source and the in-line of its target."""

    src_off: int
    dst_off: int


def check_draft(draft: EntryDraft) -> None:
    """Raise EdgeNotAllowed or AmountOutOfRange unless every line may be posted."""
    if not 1 <= len(draft.lines) <= LINES_MAX:
        raise AmountOutOfRange("lines", len(draft.lines))
    for line in draft.lines:
        check_amount(line)
    for source, target, is_pair in _edges_of(draft):
        why = _fault(draft, source, target, is_pair=is_pair)
        if why:
            raise EdgeNotAllowed(source.code, target.code, draft.kind, why)


def check_amount(line: Line) -> None:
    """Raise AmountOutOfRange unless the amount is a movement's, or the odd units that rounding takes."""
    amount = line.amount_minor
    if not 1 <= amount <= MOVEMENT_MINOR_MAX:
        raise AmountOutOfRange("amount", amount)
    if amount > ROUNDING_MINOR_MAX and Kind.ROUNDING in (line.source.kind, line.target.kind):
        raise AmountOutOfRange("rounding", amount)


def _edges_of(draft: EntryDraft) -> list[tuple[AccountSpec, AccountSpec, bool]]:
    """The edges to be judged: every line, and each conversion as one edge from end to end."""
    if not draft.fx:
        return [(line.source, line.target, False) for line in draft.lines]
    partner: dict[int, int] = {}
    for pair in draft.fx:
        _check_pair(draft, pair, partner)
        partner |= {pair.out_line: pair.in_line, pair.in_line: 0}
    edges = []
    for number, line in enumerate(draft.lines, start=1):
        other = partner.get(number)
        if other is None:
            edges.append((line.source, line.target, False))
        elif other:
            edges.append((line.source, draft.lines[other - 1].target, True))
    return edges


def _check_pair(draft: EntryDraft, pair: Pair, taken: Mapping[int, int]) -> None:
    """A conversion is two lines of this entry, in their order, in two currencies, over fx alone."""
    is_inside = 1 <= pair.out_line < pair.in_line <= len(draft.lines)
    if not is_inside or draft.kind not in PAIRED or taken.keys() & set(pair):
        raise EdgeNotAllowed("fx", "fx", draft.kind, "pair")
    out, into = draft.lines[pair.out_line - 1], draft.lines[pair.in_line - 1]
    through = (out.target.kind, into.source.kind) == (Kind.FX, Kind.FX)
    if not through or Kind.FX in (out.source.kind, into.target.kind):
        raise EdgeNotAllowed(out.source.code, into.target.code, draft.kind, "pair")
    currencies = (out.source.currency, into.target.currency)
    if (out.target.currency, into.source.currency) != currencies or currencies[0] == currencies[1]:
        raise EdgeNotAllowed(out.source.code, into.target.code, draft.kind, "currency")


def _fault(draft: EntryDraft, source: AccountSpec, target: AccountSpec, *, is_pair: bool) -> str:
    kind = draft.kind
    if (source.kind, target.kind, kind) not in EDGES:
        return "edge"
    if (kind == "reverse") != (draft.reverses is not None):
        return "reverses"
    if source.currency != target.currency and not is_pair:
        return "currency"
    if source == target:
        return "same account"
    if kind == "convert" and source.kind == target.kind:
        return "" if is_pair and source.holder == target.holder and source.fund == target.fund else "pair"
    if kind == "assign" and target.fund is not None:
        donor = target.fund.donor if target.fund.donor is not None else target.holder
        if target.kind is Kind.TRANCHE or target.fund.donor is not None:
            return "" if donor == source.holder else "donor"
    return "" if kind in FUND_CHANGES or _same_money(source, target) else "fund"


def _same_money(source: AccountSpec, target: AccountSpec) -> bool:
    if source.fund == target.fund:
        return True
    if source.fund is None and source.kind in (Kind.SUSPENSE, Kind.ROUNDING):
        return True
    if target.fund is None and target.kind in (Kind.SUSPENSE, Kind.ROUNDING):
        return True
    return source.kind is Kind.SUSPENSE and (target.kind is Kind.UNASSIGNED or _follows(source, target))


def _follows(source: AccountSpec, target: AccountSpec) -> bool:
    """Tell whether the target's fund took over the source's when that was rolled over."""
    if source.fund is None or target.fund is None or source.fund.donor != target.fund.donor:
        return False
    return root_of(source.fund) == root_of(target.fund)


def root_of(fund: Fund) -> str:
    """The first fund of a line of successors: `P`, then `P'` for the rest and `P/DK` for one donor."""
    return fund.code.partition("/")[0].rstrip("'")


class Running:
    """The totals of accounts while lines are posted one by one; floors hold after every single line."""

    __slots__ = ("_came", "_floors", "_went")

    def __init__(self, totals: Mapping[str, Totals]) -> None:
        self._came = {code: each.in_total for code, each in totals.items()}
        self._went = {code: each.out_total for code, each in totals.items()}
        self._floors = {code: each.floor for code, each in totals.items() if each.floor is not None}

    def move(self, source: str, target: str, amount: int) -> Stamp:
        """Move an amount; raises InsufficientFunds or AmountOutOfRange, and nothing has moved."""
        src_off, dst_off = self._went[source], self._came[target]
        gone, there = src_off + amount, dst_off + amount
        floor = self._floors.get(source)
        if floor is not None and self._came[source] - gone < floor:
            raise InsufficientFunds(source, floor + gone - self._came[source])
        if gone > TOTAL_MINOR_MAX or there > TOTAL_MINOR_MAX:
            raise AmountOutOfRange("total", max(gone, there))
        self._went[source] = gone
        self._came[target] = there
        return Stamp(src_off, dst_off)

    def balance(self, code: str) -> int:
        return self._came[code] - self._went[code]

    def totals(self) -> dict[str, Totals]:
        return {
            code: Totals(came, self._went[code], self._floors.get(code)) for code, came in self._came.items()
        }


def stamp(lines: Iterable[Line], totals: Mapping[str, Totals]) -> tuple[tuple[Stamp, ...], dict[str, Totals]]:
    """Return where each line lies and the totals after."""
    running = Running(totals)
    stamps = tuple(running.move(line.source.code, line.target.code, line.amount_minor) for line in lines)
    return stamps, running.totals()
