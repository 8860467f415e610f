"""The trial balance and the reports of closed periods, for readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.ledger.balances import AsOf
from tranche.queries.balance import AccountBalance, BalanceSheet, By
from tranche.queries.periods import Period, PeriodReport, PeriodRow
from tranche.queries.presenters.links import Link, log_link, record_href
from tranche.queries.presenters.moments import address, moment_params, moment_words
from tranche.queries.presenters.money import Figure, Place, account_href, figure_at, place
from tranche.queries.presenters.money_words import KINDS
from tranche.queries.presenters.words import word

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class TotalShown:
    """A part of a currency's total: its name, where that leads, how many accounts, what they hold."""

    name: Link
    accounts: int
    amount: Money


@dataclass(frozen=True, slots=True)
class CurrencyShown:
    """One currency: its parts, which add up to zero, and what came in and went out."""

    currency: str
    parts: tuple[TotalShown, ...]
    came: Money
    went: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountShown:
    """One account of the book: what came in, what went out, what is there."""

    place: Place
    came: Money
    went: Money
    balance: Figure


@dataclass(frozen=True, slots=True)
class BalancePage:
    """The book at a moment, told by kind, donor, programme or contract."""

    currencies: tuple[CurrencyShown, ...]
    accounts: tuple[AccountShown, ...]
    count: int
    by: str
    column: str
    moment: str
    asked: dict[str, str]
    previous: str
    next: str
    now_href: str


def by_words() -> dict[str, str]:
    """What the totals may be told by."""
    return {
        By.KIND.value: _("Kind of account"),
        By.DONOR.value: _("Donor"),
        By.PROGRAMME.value: _("Programme"),
        By.CONTRACT.value: _("Contract"),
    }


def balance_page(sheet: BalanceSheet, when: AsOf, first: int) -> BalancePage:
    path, params = reverse("balance"), moment_params(when)
    asked = {**params, "by": "" if sheet.by == By.KIND else sheet.by}
    last = first + ROWS_A_PAGE
    return BalancePage(
        currencies=tuple(
            CurrencyShown(
                currency=total.currency,
                parts=_parts(sheet, total.currency),
                came=Money(total.in_minor, total.currency),
                went=Money(total.out_minor, total.currency),
                balance=Money(total.balance_minor, total.currency),
            )
            for total in sheet.currencies
        ),
        accounts=tuple(_account(row, params) for row in sheet.accounts[first:last]),
        count=len(sheet.accounts),
        by=sheet.by,
        column=by_words()[sheet.by],
        moment=moment_words(when),
        asked=params,
        previous=address(path, {**asked, "first": max(first - ROWS_A_PAGE, 0)}) if first else "",
        next=address(path, {**asked, "first": last}) if last < len(sheet.accounts) else "",
        now_href=address(path, {"by": asked["by"]}),
    )


def _parts(sheet: BalanceSheet, currency: str) -> tuple[TotalShown, ...]:
    if sheet.by == By.KIND:
        order = list(Kind)
        rows = [row for row in sheet.totals if row.currency == currency]
        return tuple(
            TotalShown(Link(word(KINDS, row.kind)), row.accounts, Money(row.balance_minor, currency))
            for row in sorted(rows, key=lambda row: order.index(Kind(row.kind)))
        )
    pages = {By.PROGRAMME.value: "programme", By.CONTRACT.value: "contract"}
    return tuple(
        TotalShown(
            Link(
                row.name or _("of none"), record_href(pages.get(sheet.by, ""), row.name) if row.name else ""
            ),
            row.accounts,
            Money(row.balance_minor, currency),
        )
        for row in sheet.groups
        if row.currency == currency
    )


def _account(row: AccountBalance, params: dict[str, str]) -> AccountShown:
    return AccountShown(
        place=place(row.account),
        came=Money(row.in_minor, row.currency),
        went=Money(row.out_minor, row.currency),
        balance=figure_at(address(account_href(row.account), params), row.balance_minor, row.currency),
    )


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One closed period of the list."""

    upto: Link
    after: date | None
    entries: int
    log: Link


@dataclass(frozen=True, slots=True)
class PeriodRowShown:
    """An account or a kind in a period: what was there before, what moved, what was there at its end."""

    name: Place | str
    opening: Money
    came: Money
    went: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class PeriodCurrency:
    """One currency of a period: its kinds, whose openings and closings each add up to zero."""

    currency: str
    kinds: tuple[PeriodRowShown, ...]
    total: PeriodRowShown


@dataclass(frozen=True, slots=True)
class PeriodPage:
    """The report of a closed period."""

    upto: date
    begins: date | None
    entries: int
    log: Link
    log_seq: int
    currencies: tuple[PeriodCurrency, ...]
    accounts: tuple[PeriodRowShown, ...]
    count: int
    previous: str
    next: str


def period_lines(rows: tuple[Period, ...]) -> tuple[PeriodLine, ...]:
    return tuple(
        PeriodLine(
            upto=Link(row.close.upto.isoformat(), reverse("period", args=[row.close.upto])),
            after=_begins(row),
            entries=row.close.entry_id_max,
            log=log_link(row.close.log_seq),
        )
        for row in rows
    )


def _begins(row: Period) -> date | None:
    return row.after + timedelta(days=1) if row.after else None


def period_page(report: PeriodReport, first: int) -> PeriodPage:
    close, last = report.period.close, first + ROWS_A_PAGE
    path = reverse("period", args=[close.upto])
    return PeriodPage(
        upto=close.upto,
        begins=_begins(report.period),
        entries=close.entry_id_max,
        log=log_link(close.log_seq),
        log_seq=close.log_seq,
        currencies=tuple(
            _currency(currency, report) for currency in dict.fromkeys(row.currency for row in report.totals)
        ),
        accounts=tuple(_row(row, place(row.name)) for row in report.accounts[first:last]),
        count=len(report.accounts),
        previous=address(path, {"first": max(first - ROWS_A_PAGE, 0)}) if first else "",
        next=address(path, {"first": last}) if last < len(report.accounts) else "",
    )


def _currency(currency: str, report: PeriodReport) -> PeriodCurrency:
    rows = [row for row in report.totals if row.currency == currency]
    total = PeriodRow(
        currency,
        rows[0].kind,
        currency,
        sum(row.opening_minor for row in rows),
        sum(row.came_minor for row in rows),
        sum(row.went_minor for row in rows),
    )
    kinds = tuple(_row(row, word(KINDS, row.kind.value)) for row in rows)
    return PeriodCurrency(currency, kinds, _row(total, currency))


def _row(row: PeriodRow, name: Place | str) -> PeriodRowShown:
    amounts = (row.opening_minor, row.came_minor, row.went_minor, row.closing_minor)
    return PeriodRowShown(name, *(Money(minor, row.currency) for minor in amounts))
