"""Money that moves to another fund in the order in which it lies: whole accounts, or a part at a holder."""

from __future__ import annotations

from collections.abc import Callable

from tranche.actions.execution import Execution
from tranche.actions.funds import Funding, live
from tranche.kernel.ledger import AccountSpec, Fund, Kind, Line
from tranche.kernel.money import Money
from tranche.kernel.rollover import rollover_runs
from tranche.ledger import fragments
from tranche.ledger.accounts import Held
from tranche.ledger.accounts import find as find_accounts
from tranche.ledger.balances import Balance, balances
from tranche.ledger.book import SqlReader
from tranche.ledger.flows import Place, lines_for
from tranche.ledger.rows import Execute, reading

NOBODY = ""
"""Whose interest on mixed money is: no one donor's."""


class Donors:
    """Whose money it is, by the codes of the accounts that it came through."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._known: dict[str, Held] = {}

    def of(self, path: tuple[str, ...]) -> str:
        """The donor, or nobody where the money is no donor's own."""
        missing = [code for code in path if code not in self._known]
        self._known |= find_accounts(missing, self._execute)
        for spec in (self._known[code].spec for code in path):
            if spec.fund is not None and spec.fund.donor is not None:
                return spec.fund.donor
            if spec.kind in (Kind.UNASSIGNED, Kind.TRANCHE):
                return spec.holder
            if spec.fund is not None and "/" in spec.fund.code:
                return spec.fund.code.partition("/")[2].rstrip("'")
        return NOBODY


def shares(accounts: list[AccountSpec]) -> dict[tuple[str, str], int]:
    """What lies unspent in these accounts, by donor and currency."""
    donors, found = Donors(reading("default")), dict[tuple[str, str], int]()
    currency = {account.code: account.currency for account in accounts}
    for piece in fragments.idle(list(currency), "default"):
        key = (donors.of(piece.path), currency[piece.account])
        found[key] = found.get(key, 0) + piece.amount_minor
    return found


def carry_over(execution: Execution, place: Place, ended: Funding, amount: Money) -> Funding:
    """Take a part of what a holder has of an ended fund over into the fund that took its place."""
    successor, donors = live(ended.ref), Donors(execution.write.execute)
    elsewhere = Place(place.kind, f"{place.holder}'")
    taken = lines_for(
        ended.restriction, amount.currency, place, elsewhere, amount.amount_minor, write=execution.write
    )
    lines: list[Line] = []
    for line in taken:
        target = _target(successor, place, amount.currency, donors)
        lines += _runs(execution, line.source, line.amount_minor, target)
    execution.enter("rollover", *lines)
    return successor


def _target(
    successor: Funding, place: Place, currency: str, donors: Donors
) -> Callable[[tuple[str, ...]], AccountSpec]:
    def to(path: tuple[str, ...]) -> AccountSpec:
        return AccountSpec(
            place.kind, place.holder, successor.share(donors.of(path), currency).fund, currency
        )

    return to


def _runs(
    execution: Execution,
    account: AccountSpec,
    amount_minor: int,
    target: Callable[[tuple[str, ...]], AccountSpec],
) -> list[Line]:
    """The oldest units of an account, each to where its donor's money belongs now."""
    held = find_accounts([account.code], execution.write.execute)[account.code]
    reader = SqlReader(execution.write.execute)
    went = held.totals.out_total
    found = rollover_runs(
        reader, held.id, (went + amount_minor, went), lambda piece: target(reader.path(piece))
    )
    return [Line(account, to, amount) for to, amount in found]


def own_code(fund: str, donor: str) -> str:
    """The fund of one donor who leaves a pool."""
    return f"{fund}/{donor}"


def next_code(fund: str) -> str:
    """The fund that takes what remains."""
    return f"{fund}'"


def fund_accounts(source: Funding) -> list[AccountSpec]:
    """Where money of a fund lies before it is allocated: one account a currency and, pro rata, a donor."""
    rows = fund_rows(source)
    return [
        AccountSpec(row.kind, row.holder, Fund(row.fund or "", row.pool, row.donor), row.currency)
        for row in rows
    ]


def fund_rows(source: Funding) -> tuple[Balance, ...]:
    """The same with what lies there."""
    return balances(
        kinds=(source.place.kind,),
        holders=(source.place.holder,),
        restriction=source.restriction.code,
        using="default",
    )
