"""The lines of an outflow: one under FIFO, one a donor in a pro-rata pool."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tranche.kernel.chart import AccountSpec, Fund, Place, PoolPlace
from tranche.kernel.journal import Line
from tranche.kernel.shares import split_outflow
from tranche.kernel.ledger_errors import InsufficientFunds
from tranche.ledger.accounts import donors_at, find
from tranche.store.write import WriteTx

__all__ = ["Place", "Restriction", "lines_for"]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A tranche or FIFO pool (one fund of this code), or a pro-rata pool (a fund for each donor)."""

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
    change: dict[str, int] = {}
    for line in planned:
        change[line.source.code] = change.get(line.source.code, 0) - line.amount_minor
        change[line.target.code] = change.get(line.target.code, 0) + line.amount_minor
    balances = _balances(restriction, currency, source, change, write=write)
    available = sum(balance for _, balance in balances)
    if available < amount_minor:
        restricted = AccountSpec(source.kind, source.holder, Fund(restriction.code), currency)
        raise InsufficientFunds(restricted.code, amount_minor - available)
    return split_outflow(balances, source, target, currency, amount_minor)


def _balances(
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
