"""An account for readers: its statement at a moment; and the accounts that a figure is the sum of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.ledger.statement import Order
from tranche.queries.codes import read_code
from tranche.queries.money import AccountDetail
from tranche.queries.money import Figure as FigureRow
from tranche.queries.presenters.links import Link, record_href
from tranche.queries.presenters.moments import address, moment_params, moment_words
from tranche.queries.presenters.money import (
    Figure,
    Item,
    Place,
    account_href,
    entry_link,
    figure_at,
    fund_href,
    place,
)
from tranche.queries.presenters.money_words import ENTRIES, FIGURES
from tranche.queries.presenters.words import word


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account: in or out, and the balance after it."""

    entry: Link
    on: date
    value_on: date | None
    kind: str
    other: Place
    came: Money | None
    went: Money | None
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The statement of one account, at a moment and in an order."""

    place: Place
    items: tuple[Item, ...]
    lines: tuple[StatementLine, ...]
    previous: str
    next: str
    moment: str
    asked: dict[str, str]
    order: str
    caption: str
    fund: Link | None
    now_href: str


@dataclass(frozen=True, slots=True)
class FigurePage:
    """Why this number: the accounts that add up to it, and what conversions did to accounts."""

    name: str
    within: Link | None
    fund: str
    amount: Money
    rows: tuple[tuple[Place, Figure], ...]
    converted: tuple[tuple[Place, Money], ...]


def captions() -> dict[str, str]:
    """How a statement may be ordered."""
    return {
        Order.RECORDED.value: _("in the order of posting"),
        Order.BOOKED.value: _("by booking date"),
        Order.VALUED.value: _("by value date"),
    }


def account_page(detail: AccountDetail, lines_a_page: int, *, whole: bool = True) -> AccountPage:
    """The statement of an account, the first line first, and the way to the lines before and after."""
    account = detail.balance
    currency, at = account.currency, account_href(account.code)
    asked = moment_params(detail.when)
    order = "" if detail.order is Order.RECORDED else detail.order.value
    before = max(detail.first - lines_a_page, 0)
    params = {**asked, "order": order}
    return AccountPage(
        place=place(account.code),
        items=(
            Item(_("Came in"), amount=Money(account.in_total, currency)),
            Item(_("Went out"), amount=Money(account.out_total, currency)),
            Item(_("Balance"), amount=Money(account.balance, currency)),
        ),
        lines=_lines(detail, currency, whole=whole),
        previous=address(at, {**params, "first": before}) if detail.first else "",
        next=address(at, {**params, "first": detail.first + lines_a_page}) if detail.has_more else "",
        moment=moment_words(detail.when),
        asked=asked,
        order=detail.order.value,
        caption=captions()[detail.order.value],
        fund=_fund(account.code),
        now_href=address(at, {"order": order}),
    )


def _fund(code: str) -> Link | None:
    fund = read_code(code).fund
    return Link(fund, fund_href(fund)) if fund else None


def _lines(detail: AccountDetail, currency: str, *, whole: bool) -> tuple[StatementLine, ...]:
    return tuple(
        StatementLine(
            entry=entry_link(row.entry_id, row.kind),
            on=row.booked_on,
            value_on=row.value_on,
            kind=word(ENTRIES, row.kind),
            other=place(row.other, whole=whole),
            came=Money(row.amount_minor, currency) if row.amount_minor > 0 else None,
            went=Money(-row.amount_minor, currency) if row.amount_minor < 0 else None,
            balance=Money(row.balance_minor, currency),
        )
        for row in detail.lines
    )


def figure_page(found: FigureRow) -> FigurePage:
    """The accounts of a figure, each with its balance, in the order in which money passes them."""
    order = {kind: number for number, kind in enumerate(Kind)}
    rows = sorted(found.accounts, key=lambda row: (order[row.kind], row.code))
    return FigurePage(
        name=word(FIGURES, found.name),
        within=Link(found.within, record_href(found.within_kind, found.within)) if found.within else None,
        fund=found.fund,
        amount=Money(found.amount_minor, found.currency),
        rows=tuple(
            (place(row.code), figure_at(account_href(row.code), row.balance, row.currency)) for row in rows
        ),
        converted=tuple((place(code), Money(minor, found.currency)) for code, minor in found.converted),
    )
