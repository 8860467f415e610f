"""Where a number comes from: an account's statement, an entry, the accounts that add up to a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tranche.kernel.chart import Kind
from tranche.ledger.balances import TODAY, AsOf, Balance, balances
from tranche.ledger.journal import JournalEntry, entry, reversed_by
from tranche.ledger.statement import Order, StatementRow, statement, whole_statement
from tranche.models import Agreement, Decision, Record
from tranche.queries.conversions import conversions
from tranche.queries.holders import SPENT_FROM, holders_below
from tranche.queries.known import knows
from tranche.queries.records import NotFound
from tranche.queries.stages import STAGE_OF, STAGES
from tranche.queries.viewer import UNFILTERED, Viewer, without_foreign

LINES_A_PAGE: Final = 50
FIGURES: Final[dict[str, frozenset[Kind]]] = {
    **{stage: frozenset(kind for kind, at in STAGE_OF.items() if at == stage) for stage in STAGES},
    "received": frozenset({*STAGE_OF, Kind.ADVANCE}),
    "delivered": frozenset({Kind.PREPAID, Kind.LOT, Kind.WRITE_OFF}),
    "funded": frozenset(SPENT_FROM),
    "reserved": frozenset(SPENT_FROM) - {Kind.PROGRAMME},
    "under_contract": frozenset({Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID}),
    "advanced": frozenset({Kind.ADVANCE}),
    "converted_in": frozenset(),
    "converted_out": frozenset(),
}
"""The kinds of accounts that add up to each figure.

`delivered` is what left for suppliers, `funded` all below a tranche, `reserved` all below a programme,
`under_contract` what is reserved, ordered or paid while the goods are owed.
"""
WHOLES: Final = frozenset({"received", "funded", "reserved"})
"""Figures told in the currency that came: what conversions took away counts, what they brought does not."""


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One account at a moment, with a page of its statement up to then."""

    balance: Balance
    lines: tuple[StatementRow, ...]
    first: int
    has_more: bool
    when: AsOf
    order: Order


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it is the sum of: balances of accounts, and what conversions did to accounts."""

    name: str
    currency: str
    within: str
    within_kind: str
    fund: str
    accounts: tuple[Balance, ...]
    converted: tuple[tuple[str, int], ...] = ()

    @property
    def amount_minor(self) -> int:
        return sum(account.balance for account in self.accounts) + sum(minor for _, minor in self.converted)


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One journal entry, the decision behind it, and what undoes it."""

    entry: JournalEntry
    decision_action: str
    decision_ref: str
    reversed_by: int | None


def account(code: str, first: int = 0, when: AsOf = TODAY, order: Order = Order.RECORDED) -> AccountDetail:
    """One account by its code, its lines from `first` on; raises NotFound."""
    found = balances(codes=[code], when=when)
    if not found:
        raise NotFound(code)
    lines = statement(code, first, LINES_A_PAGE + 1, when=when, order=order)
    return AccountDetail(found[0], lines[:LINES_A_PAGE], first, len(lines) > LINES_A_PAGE, when, order)


def whole_account(code: str, when: AsOf = TODAY, order: Order = Order.RECORDED) -> AccountDetail:
    """The same with every line; raises NotFound."""
    found = account(code, when=when, order=order)
    lines = found.lines if not found.has_more else tuple(whole_statement(code, when=when, order=order))
    return replace(found, lines=lines, has_more=False)


def figure(name: str, currency: str, within: str = "", fund: str = "", *, who: Viewer = UNFILTERED) -> Figure:
    """What adds up to a figure, of everything or within one record; raises NotFound.

    Only accounts that hold something are listed: the others add nothing.
    """
    if name not in FIGURES:
        raise NotFound(name)
    if within and not knows(who, "record", within):
        raise NotFound(within)
    bounds = _bounds(within)
    kinds = FIGURES[name] & bounds.kinds
    rows = balances(kinds=sorted(kinds), holders=sorted(bounds.holders)) if kinds else ()
    kept = tuple(
        row for row in without_foreign(who, rows) if row.balance and _counts(row, currency, fund, bounds)
    )
    return Figure(
        name, currency, within, bounds.kind, fund, kept, _converted(name, currency, fund, bounds, who)
    )


class _Row(Protocol):
    """An account that holds something, or that conversions changed."""

    @property
    def kind(self) -> Kind: ...
    @property
    def holder(self) -> str: ...
    @property
    def fund(self) -> str | None: ...
    @property
    def pool(self) -> str | None: ...
    @property
    def currency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The kind of the record that bounds a figure, the kinds of accounts inside it, and which of these."""

    kind: str
    holds: Callable[[_Row], bool]
    kinds: frozenset[Kind] = frozenset(Kind)
    holders: frozenset[str] = frozenset()


def _bounds(within: str) -> _Bounds:
    if not within:
        return _Bounds("", lambda row: True)
    record = Record.objects.using("read").filter(ref=within).first()
    match record.kind if record else "":
        case "agreement":
            found = Agreement.objects.using("read").prefetch_related("tranches").get(ref=within)
            codes, pool = {row.ref for row in found.tranches.all()}, found.pool_ref
            return _Bounds(
                "agreement", lambda row: row.fund in codes or (row.pool is not None and row.pool == pool)
            )
        case "tranche":
            return _Bounds("tranche", lambda row: within in (row.fund, row.pool))
        case "programme" | "contract" as kind:
            below = frozenset(holders_below(within))
            return _Bounds(kind, lambda row: row.holder in below, frozenset(SPENT_FROM), below)
        case "lot" | "payment" as kind:
            own = frozenset({within})
            return _Bounds(kind, lambda row: row.holder == within, holders=own)
        case _:
            raise NotFound(within)


def _counts(row: _Row, currency: str, fund: str, bounds: _Bounds) -> bool:
    return row.currency == currency and (not fund or fund in (row.fund, row.pool)) and bounds.holds(row)


def _converted(
    name: str, currency: str, fund: str, bounds: _Bounds, who: Viewer
) -> tuple[tuple[str, int], ...]:
    """(account, amount) of the conversions that belong to a figure."""
    if name not in (*WHOLES, "converted_in", "converted_out"):
        return ()
    kinds = FIGURES[name] & bounds.kinds if name in WHOLES else bounds.kinds
    amounts = (
        (row.account, {"converted_in": row.in_minor, "converted_out": row.out_minor}.get(name, row.net_minor))
        for row in without_foreign(who, conversions())
        if row.kind in kinds and _counts(row, currency, fund, bounds)
    )
    return tuple((account, minor) for account, minor in amounts if minor)


def entry_detail(entry_id: int) -> EntryDetail:
    """One journal entry by its number; raises NotFound."""
    try:
        found = entry(entry_id)
    except LookupError as error:
        raise NotFound(str(entry_id)) from error
    decision = Decision.objects.using("read").filter(pk=found.decision_id).first()
    record = Record.objects.using("read").filter(pk=decision.record_id).first() if decision else None
    return EntryDetail(
        entry=found,
        decision_action=decision.action if decision else "",
        decision_ref=record.ref if record else "",
        reversed_by=reversed_by(entry_id),
    )
