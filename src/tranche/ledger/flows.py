"""The lines of an outflow: one under FIFO, one a donor in a pro-rata pool; in one currency or across two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.chart import AccountSpec, Fund, Place, PoolPlace, pool_place
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


NUMBERED: Final = "SELECT code FROM fund WHERE pool = %s ORDER BY donor_no"


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
    change: dict[AccountSpec, int] = {}
    for line in planned:
        change[line.source] = change.get(line.source, 0) - line.amount_minor
        change[line.target] = change.get(line.target, 0) + line.amount_minor
    balances = _held(restriction, wanted.currency, source, change, write=write)
    missing = wanted.amount_minor - sum(balance for _, balance in balances)
    if missing > 0:
        restricted = AccountSpec(source.kind, source.holder, Fund(restriction.code), wanted.currency)
        raise InsufficientFunds(restricted.code, missing)
    return balances


def _held(
    restriction: Restriction,
    currency: str,
    source: Place,
    change: Mapping[AccountSpec, int],
    *,
    write: WriteTx,
) -> list[tuple[Fund, int]]:
    if restriction.pro_rata:
        place = PoolPlace(source.kind, source.holder, restriction.code, currency)
        stored = {account.spec: account.totals.balance for account in donors_at(place, write.execute)}
        new = [spec for spec in change if spec not in stored and _stands_at(place, spec)]
        ordered = _in_order(place.pool, [*stored, *new], write=write) if new else stored
        return [(spec.fund, stored.get(spec, 0) + change.get(spec, 0)) for spec in ordered if spec.fund]
    account = AccountSpec(source.kind, source.holder, Fund(restriction.code), currency)
    found = find([account.code], write.execute)
    held = found[account.code].totals.balance if found else 0
    return [(Fund(restriction.code), held + change.get(account, 0))]


def _stands_at(place: PoolPlace, spec: AccountSpec) -> bool:
    return spec.fund is not None and spec.fund.pool == place.pool and pool_place(spec) == place


def _in_order(pool: str, accounts: Sequence[AccountSpec], *, write: WriteTx) -> list[AccountSpec]:
    """Accounts of one place in the donors' order; donors who are new come last, as they will be numbered."""
    numbers = {code: number for number, (code,) in enumerate(write.execute(NUMBERED, [pool]))}
    return sorted(accounts, key=lambda spec: numbers.get(spec.fund.code if spec.fund else "", len(numbers)))
