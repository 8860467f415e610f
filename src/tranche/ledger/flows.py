"""The lines of an outflow: one under FIFO, one a donor in a pro-rata pool; in one currency or across two."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from tranche.kernel.chart import AccountSpec, Fund, Place, PoolPlace
from tranche.kernel.journal import EntryDraft, Line, Posted
from tranche.kernel.ledger import LINES_MAX
from tranche.kernel.ledger_errors import BadAccount, InsufficientFunds
from tranche.kernel.money import Money
from tranche.kernel.rollover import rollover_runs
from tranche.kernel.shares import Split, split_conversion, split_outflow
from tranche.ledger.accounts import close_account, donors_at, find
from tranche.ledger.book import SqlReader
from tranche.ledger.post import post_many
from tranche.store.write import WriteTx

__all__ = ["Place", "Restriction", "conversion_for", "lines_for", "roll_over"]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A tranche, FIFO pool or advance (one fund of this code), or a pro-rata pool (a fund for each donor)."""

    code: str
    pro_rata: bool


def lines_for(
    restriction: Restriction,
    currency: str,
    source: Place,
    target: Place,
    amount_minor: int,
    *,
    write: WriteTx,
    planned: Iterable[Line] = (),
) -> tuple[Line, ...]:
    """Return the lines that move this amount from one place to another, as the agreement's rule says.

    `planned` are lines that stand before these in the same posting and are not stored yet.
    """
    balances = _balances(restriction, source, Money(amount_minor, currency), planned, write=write)
    return split_outflow(balances, source, target, currency, amount_minor)


def conversion_for(
    restriction: Restriction,
    source: Place,
    target: Place,
    out: Money,
    into: Money,
    *,
    write: WriteTx,
    planned: Iterable[Line] = (),
    to: AccountSpec | None = None,
) -> Split:
    """Return the lines that convert at the bank's two amounts, one pair a donor; `to` takes all of them."""
    balances = _balances(restriction, source, out, planned, write=write)
    amounts = ((out.amount_minor, out.currency), (into.amount_minor, into.currency))
    return split_conversion(balances, source, target, *amounts, to=to)


def roll_over(
    account: AccountSpec,
    target: Callable[[tuple[str, ...]], AccountSpec],
    reason: str,
    *,
    booked_on: date,
    decision_id: str | None,
    write: WriteTx,
) -> tuple[Posted, ...]:
    """Move the whole balance on in the order in which it lies, and close the account.

    `target` names the new account of money by the codes of the accounts that it came through. Raises
    BadAccount where there is no such account, AccountClosed where it was rolled over before.
    """
    held = find([account.code], write.execute).get(account.code)
    if held is None:
        raise BadAccount(account.code, "unknown")
    reader, totals = SqlReader(write.execute), held.totals
    ends = (totals.in_total, totals.out_total)
    runs = rollover_runs(reader, held.id, ends, lambda piece: target(reader.path(piece)))
    lines = [Line(account, to, amount) for to, amount in runs]
    drafts = [
        EntryDraft("rollover", tuple(lines[n : n + LINES_MAX]), booked_on, None, decision_id)
        for n in range(0, len(lines), LINES_MAX)
    ]
    posted = post_many(drafts, write=write)
    close_account(account.code, reason, write=write)
    return posted


def _balances(
    restriction: Restriction, source: Place, wanted: Money, planned: Iterable[Line], *, write: WriteTx
) -> list[tuple[Fund, int]]:
    """What each donor has at the source; raises InsufficientFunds where all together have too little."""
    change: dict[str, int] = {}
    for line in planned:
        change[line.source.code] = change.get(line.source.code, 0) - line.amount_minor
        change[line.target.code] = change.get(line.target.code, 0) + line.amount_minor
    balances = _held(restriction, wanted.currency, source, change, write=write)
    missing = wanted.amount_minor - sum(balance for _, balance in balances)
    if missing > 0:
        restricted = AccountSpec(source.kind, source.holder, Fund(restriction.code), wanted.currency)
        raise InsufficientFunds(restricted.code, missing)
    return balances


def _held(
    restriction: Restriction, currency: str, source: Place, change: dict[str, int], *, write: WriteTx
) -> list[tuple[Fund, int]]:
    if restriction.pro_rata:
        place = PoolPlace(source.kind, source.holder, restriction.code, currency)
        return [
            (account.spec.fund, account.totals.balance + change.get(account.code, 0))
            for account in donors_at(place, write.execute)
            if account.spec.fund is not None
        ]
    fund = Fund(restriction.code)
    code = AccountSpec(source.kind, source.holder, fund, currency).code
    found = find([code], write.execute)
    held = found[code].totals.balance if code in found else 0
    return [(fund, held + change.get(code, 0))]
