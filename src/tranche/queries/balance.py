"""The trial balance: every account, and totals of each currency by kind, donor, programme or contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from tranche.kernel.chart import Kind
from tranche.kernel.ledger_errors import SumBroken
from tranche.ledger.balances import TODAY, AsOf, Balance, balances
from tranche.queries.holders import above_holders, contract_of, programme_of


class By(StrEnum):
    """What the totals are told by."""

    KIND = "kind"
    DONOR = "donor"
    PROGRAMME = "programme"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account as it stands, or stood."""

    account: str
    kind: str
    holder: str
    fund: str | None
    donor: str | None
    currency: str
    in_minor: int
    out_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What all accounts of a kind hold in a currency."""

    currency: str
    kind: str
    accounts: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """What the accounts of one donor, programme or contract hold in a currency; of none has no name."""

    currency: str
    name: str
    accounts: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """All accounts of a currency: what came in is what went out, so the balance is zero."""

    currency: str
    accounts: int
    in_minor: int
    out_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Every account and the totals; a currency's totals sum to zero, origins and conversions included."""

    accounts: tuple[AccountBalance, ...]
    totals: tuple[KindTotal, ...]
    currencies: tuple[CurrencyTotal, ...]
    by: str
    groups: tuple[GroupTotal, ...]
    log_seq: int | None
    booked_on: str | None
    valued_on: str | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def balance_sheet(when: AsOf = TODAY, by: By = By.KIND) -> BalanceSheet:
    """Return the book at a moment, accounts by code; raises SumBroken where a currency is not zero."""
    rows = sorted((row for row in balances(when=when) if row.in_total or row.out_total), key=_code)
    by_kind = _grouped(rows, lambda row: row.kind.value)
    groups = () if by is By.KIND else _groups(rows, by)
    return BalanceSheet(
        accounts=tuple(_account(row) for row in rows),
        totals=tuple(KindTotal(*total) for total in by_kind),
        currencies=_currencies(rows),
        by=by.value,
        groups=groups,
        log_seq=when.log_seq,
        booked_on=when.booked_on.isoformat() if when.booked_on else None,
        valued_on=when.valued_on.isoformat() if when.valued_on else None,
    )


def _code(row: Balance) -> str:
    return row.code


def _account(row: Balance) -> AccountBalance:
    return AccountBalance(
        account=row.code,
        kind=row.kind.value,
        holder=row.holder,
        fund=row.fund,
        donor=row.donor,
        currency=row.currency,
        in_minor=row.in_total,
        out_minor=row.out_total,
        balance_minor=row.balance,
    )


def _grouped(
    rows: Iterable[Balance], name: Callable[[Balance], str]
) -> tuple[tuple[str, str, int, int], ...]:
    """(currency, name, accounts, balance) in order."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        found[row.currency, name(row)].append(row.balance)
    return tuple((*key, len(amounts), sum(amounts)) for key, amounts in sorted(found.items()))


def _currencies(rows: Iterable[Balance]) -> tuple[CurrencyTotal, ...]:
    found: dict[str, list[Balance]] = defaultdict(list)
    for row in rows:
        found[row.currency].append(row)
    totals = tuple(
        CurrencyTotal(
            currency,
            len(of_currency),
            sum(row.in_total for row in of_currency),
            sum(row.out_total for row in of_currency),
            sum(row.balance for row in of_currency),
        )
        for currency, of_currency in sorted(found.items())
    )
    for total in totals:
        if total.balance_minor:
            raise SumBroken(total.currency, 0, total.balance_minor)
    return totals


def _groups(rows: Iterable[Balance], by: By) -> tuple[GroupTotal, ...]:
    kept = list(rows)
    if by is By.DONOR:
        tranches = {row.fund: row.holder for row in kept if row.kind is Kind.TRANCHE}
        return tuple(GroupTotal(*total) for total in _grouped(kept, lambda row: donor_of(row, tranches)))
    above = above_holders()
    named = programme_of if by is By.PROGRAMME else contract_of
    return tuple(GroupTotal(*total) for total in _grouped(kept, lambda row: named(row.holder, above)))


def donor_of(row: Balance, tranches: Mapping[str | None, str]) -> str:
    """Whose money an account holds, or whose origin it is; of none where donors mix or pairs stand.

    `tranches` names the donor of each tranche by its fund.
    """
    if row.donor:
        return row.donor
    if row.kind is Kind.ORIGIN:
        return row.holder.partition(":")[0]
    if row.kind in (Kind.UNASSIGNED, Kind.TRANCHE, Kind.RETURNED, Kind.ADVANCE):
        return row.holder
    return tranches.get(row.fund, "") if row.fund else ""
