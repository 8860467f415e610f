"""Money as pages show it: an amount that opens its postings, accounts in words, statements and entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.queries.money import AccountDetail, EntryDetail
from tranche.queries.money import Figure as FigureRow
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.links import Link, place_href, record_href
from tranche.queries.presenters.money_words import ENTRIES, FIGURES, KINDS, NOTES
from tranche.queries.presenters.words import word
from tranche.queries.stages import MoneyByStage


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount that opens the accounts, or the account, that it is the sum of."""

    amount: Money
    href: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a headline row or a summary list; exactly one of its values is shown."""

    name: str
    text: str = ""
    figure: Figure | None = None
    amount: Money | None = None
    state: str = ""
    on: date | None = None
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An account in words: what kind of money, whose, and under which restriction."""

    code: str
    kind: str
    holder: Link
    fund: str
    href: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account: in or out, and the balance after it."""

    entry: Link
    on: date
    kind: str
    other: Place
    came: Money | None
    went: Money | None
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The statement of one account."""

    place: Place
    items: tuple[Item, ...]
    lines: tuple[StatementLine, ...]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class FigurePage:
    """Why this number: the accounts that add up to it."""

    name: str
    within: Link | None
    fund: str
    amount: Money
    rows: tuple[tuple[Place, Figure], ...]


@dataclass(frozen=True, slots=True)
class MovementShown:
    number: int
    source: Place
    target: Place
    amount: Money


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One journal entry with its movements and what stands behind it."""

    title: str
    recorded_at: datetime
    items: tuple[Item, ...]
    movements: tuple[MovementShown, ...]
    total: Money
    log_seq: int


def in_halves(items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """What is known of a thing as two lists beside one another; items without a value are left out."""
    known = [item for item in items if item.text or item.on or item.amount]
    middle = (len(known) + 1) // 2
    return tuple(known[:middle]), tuple(known[middle:])


def account_href(code: str) -> str:
    return reverse("account", args=[code])


def entry_href(entry_id: int) -> str:
    return reverse("entry", args=[entry_id])


def entry_link(entry_id: int, kind: str) -> Link:
    """A journal entry by what it did and its number."""
    return Link(f"{word(ENTRIES, kind)} {entry_id}", entry_href(entry_id))


def figure(name: str, amount_minor: int, currency: str, *, within: str = "", fund: str = "") -> Figure:
    """An amount that is the sum of accounts, of everything or within one record."""
    asked = {"currency": currency, "within": within, "fund": fund}
    query = urlencode({key: value for key, value in asked.items() if value})
    return Figure(Money(amount_minor, currency), f"{account_href(name)}?{query}", settings.TRANCHE_DEMO)


def figure_at(href: str, amount_minor: int, currency: str) -> Figure:
    """An amount that another address explains: an account, an entry or a part of the page."""
    return Figure(Money(amount_minor, currency), href, settings.TRANCHE_DEMO)


def stage_items(money: MoneyByStage, within: str = "", whole: str = "received") -> tuple[Item, ...]:
    """The whole, then every stage that holds something, as a headline row."""
    stages = [(whole, money.received_minor), *((row.stage, row.amount_minor) for row in money.stages)]
    return tuple(
        Item(
            name=word(FIGURES, name),
            figure=figure(name, amount, money.currency, within=within),
            note=str(NOTES.get(name, "")),
        )
        for name, amount in stages
        if amount or name in (whole, "paid", "accepted")
    )


def place(code: str) -> Place:
    """An account's code in words; a code that is none of ours is a fault."""
    kind, middle = code.split(":", 1)
    words, _colon, _currency = middle.rpartition(":")
    holder, _colon, fund = words.rpartition(":") if kind not in _NAMED_ALONE else (words, "", "")
    if kind in ("tranche", "pool"):
        fund = holder
    shown = Link(holder or "–", place_href(kind, holder))
    return Place(code, word(KINDS, kind), shown, "" if fund == "-" else fund, account_href(code))


_NAMED_ALONE = frozenset({"origin", "unassigned", "tranche", "pool", "fx", "rounding"})


def account_page(detail: AccountDetail, lines_a_page: int) -> AccountPage:
    """The statement of an account, the first line first, and the way to the lines before and after."""
    account = detail.balance
    currency, at = account.currency, account_href(account.code)
    items = (
        Item(_("Came in"), amount=Money(account.in_total, currency)),
        Item(_("Went out"), amount=Money(account.out_total, currency)),
        Item(_("Balance"), amount=Money(account.balance, currency)),
    )
    lines = tuple(
        StatementLine(
            entry=entry_link(row.entry_id, row.kind),
            on=row.booked_on,
            kind=word(ENTRIES, row.kind),
            other=place(row.other),
            came=Money(row.amount_minor, currency) if row.amount_minor > 0 else None,
            went=Money(-row.amount_minor, currency) if row.amount_minor < 0 else None,
            balance=Money(row.balance_minor, currency),
        )
        for row in detail.lines
    )
    before = max(detail.first - lines_a_page, 0)
    return AccountPage(
        place=place(account.code),
        items=items,
        lines=lines,
        previous=f"{at}?first={before}" if detail.first else "",
        next=f"{at}?first={detail.first + lines_a_page}" if detail.has_more else "",
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
    )


def entry_page(detail: EntryDetail) -> EntryPage:
    """A journal entry: its movements, its decision and log entry, and what reverses it."""
    found = detail.entry
    currency = found.movements[0].currency
    movements = tuple(
        MovementShown(row.line, place(row.source), place(row.target), Money(row.amount_minor, row.currency))
        for row in found.movements
    )
    return EntryPage(
        title=f"{word(ENTRIES, found.kind)} {found.id}",
        recorded_at=found.recorded_at,
        items=_behind(detail),
        movements=movements,
        total=Money(sum(row.amount.amount_minor for row in movements), currency),
        log_seq=found.log_seq,
    )


def _behind(detail: EntryDetail) -> tuple[Item, ...]:
    found = detail.entry
    items = [Item(_("Booked on"), on=found.booked_on)]
    if found.value_on:
        items.append(Item(_("Value date"), on=found.value_on))
    if found.decision_id:
        decision = f"{title(detail.decision_action)} · {detail.decision_ref}"
        items.append(Item(_("Decision"), text=decision, href=reverse("decision", args=[found.decision_id])))
    log = _("Log entry %(seq)s") % {"seq": found.log_seq}
    items.append(Item(_("Proof"), text=log, href=reverse("proof_entry", args=[found.log_seq])))
    if found.reverses:
        reversed_entry = _("entry %(number)s") % {"number": found.reverses}
        items.append(Item(_("Reverses"), text=reversed_entry, href=entry_href(found.reverses)))
    if detail.reversed_by:
        reversing = _("entry %(number)s") % {"number": detail.reversed_by}
        items.append(Item(_("Reversed by"), text=reversing, href=entry_href(detail.reversed_by)))
    items.append(Item(_("Request key"), text=found.key))
    return tuple(items)
