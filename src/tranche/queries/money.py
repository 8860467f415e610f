"""Where a number comes from: an account's statement, an entry, the accounts that add up to a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tranche.kernel.chart import Kind
from tranche.ledger.balances import Balance, balances
from tranche.ledger.journal import JournalEntry, entry, reversed_by
from tranche.ledger.rows import reading
from tranche.ledger.statement import StatementRow, statement
from tranche.models import Agreement, Decision, Record
from tranche.queries.holders import SPENT_FROM, holders_below
from tranche.queries.records import NotFound
from tranche.queries.stages import STAGE_OF, STAGES

LINES_A_PAGE: Final = 50
FUNDS_OF_POOL: Final = "SELECT code FROM fund WHERE pool = %s ORDER BY donor_no"
FIGURES: Final[dict[str, frozenset[Kind]]] = {
    **{stage: frozenset(kind for kind, at in STAGE_OF.items() if at == stage) for stage in STAGES},
    "received": frozenset(STAGE_OF),
    "delivered": frozenset({Kind.PREPAID, Kind.LOT, Kind.WRITE_OFF}),
    "funded": frozenset(SPENT_FROM),
    "reserved": frozenset(SPENT_FROM) - {Kind.PROGRAMME},
}
"""The kinds of accounts that add up to each figure.

`delivered` is what left for suppliers, `funded` all below a tranche, `reserved` all below a programme.
"""


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One account with a page of its statement."""

    balance: Balance
    lines: tuple[StatementRow, ...]
    first: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the accounts that it is the sum of."""

    name: str
    currency: str
    within: str
    within_kind: str
    fund: str
    accounts: tuple[Balance, ...]

    @property
    def amount_minor(self) -> int:
        return sum(account.balance for account in self.accounts)


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One journal entry, the decision behind it, and what undoes it."""

    entry: JournalEntry
    decision_action: str
    decision_ref: str
    reversed_by: int | None


def account(code: str, first: int = 0) -> AccountDetail:
    """One account by its code, its lines from `first` on; raises NotFound."""
    found = balances(codes=[code])
    if not found:
        raise NotFound(code)
    lines = statement(code, first, LINES_A_PAGE + 1)
    return AccountDetail(found[0], lines[:LINES_A_PAGE], first, len(lines) > LINES_A_PAGE)


def figure(name: str, currency: str, within: str = "", fund: str = "") -> Figure:
    """The accounts behind a figure, of everything or within one record; raises NotFound.

    Only accounts that hold something are listed: the others add nothing.
    """
    if name not in FIGURES:
        raise NotFound(name)
    kind, rows = _within(within, FIGURES[name])
    kept = tuple(
        row for row in rows if row.currency == currency and row.balance and fund in ("", row.fund or "")
    )
    return Figure(name, currency, within, kind, fund, kept)


def funds_of(ref: str) -> tuple[str, ...]:
    """The funds that a reference means: those of its donors for a pro-rata pool, else itself."""
    rows = reading("read")(FUNDS_OF_POOL, [ref])
    return tuple(row[0] for row in rows) or (ref,)


def _within(within: str, kinds: frozenset[Kind]) -> tuple[str, tuple[Balance, ...]]:
    """The kind of the record that bounds a figure, and the accounts inside it."""
    if not within:
        return "", balances(kinds=sorted(kinds))
    record = Record.objects.using("read").filter(ref=within).first()
    match record.kind if record else "":
        case "agreement":
            return "agreement", _of_agreement(within, kinds)
        case "tranche":
            return "tranche", balances(kinds=sorted(kinds), restriction=within)
        case "programme" | "contract" as kind:
            return kind, balances(kinds=sorted(kinds & set(SPENT_FROM)), holders=holders_below(within))
        case "lot" | "payment" as kind:
            return kind, balances(kinds=sorted(kinds), holders=[within])
        case _:
            raise NotFound(within)


def _of_agreement(ref: str, kinds: frozenset[Kind]) -> tuple[Balance, ...]:
    """The accounts of an agreement's tranches and of its pool."""
    found = Agreement.objects.using("read").prefetch_related("tranches").get(ref=ref)
    codes = {row.ref for row in found.tranches.all()}
    return tuple(
        row
        for row in balances(kinds=sorted(kinds))
        if row.fund in codes or (row.pool is not None and row.pool == found.pool_ref)
    )


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
