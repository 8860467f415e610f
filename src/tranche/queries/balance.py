"""The balance sheet: every account, and the totals of each currency and kind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass

from tranche.ledger.balances import balances


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account as it stands."""

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
class BalanceSheet:
    """Every account and the totals; a currency's totals sum to zero."""

    accounts: tuple[AccountBalance, ...]
    totals: tuple[KindTotal, ...]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def balance_sheet() -> BalanceSheet:
    """Return the book as it stands, accounts by code, totals by currency and kind."""
    accounts = tuple(
        AccountBalance(
            account=account.code,
            kind=account.kind.value,
            holder=account.holder,
            fund=account.fund,
            donor=account.donor,
            currency=account.currency,
            in_minor=account.in_total,
            out_minor=account.out_total,
            balance_minor=account.balance,
        )
        for account in sorted(balances(), key=lambda account: account.code)
    )
    grouped: dict[tuple[str, str], list[int]] = defaultdict(list)
    for account in accounts:
        grouped[account.currency, account.kind].append(account.balance_minor)
    totals = tuple(
        KindTotal(currency, kind, len(amounts), sum(amounts))
        for (currency, kind), amounts in sorted(grouped.items())
    )
    return BalanceSheet(accounts, totals)
