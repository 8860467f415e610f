"""Money as pages show it: an amount that opens its postings, accounts in words, and money by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from tranche.kernel.money import Money
from tranche.queries.presenters.links import Link, place_href
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


def in_halves(items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """What is known of a thing as two lists beside one another; items without a value are left out."""
    known = [item for item in items if item.text or item.on or item.amount]
    middle = (len(known) + 1) // 2
    return tuple(known[:middle]), tuple(known[middle:])


def account_href(code: str) -> str:
    return reverse("account", args=[code])


def entry_href(entry_id: int) -> str:
    return reverse("entry", args=[entry_id])


def fund_href(code: str) -> str:
    """The page of the fund that an account's money is restricted to."""
    return reverse("fund", args=[code])


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


def figures(name: str, sums: Sequence[Money], *, within: str = "") -> tuple[Figure, ...]:
    """One figure a currency."""
    return tuple(figure(name, one.amount_minor, one.currency, within=within) for one in sums)


def stage_items(money: MoneyByStage, within: str = "", whole: str = "received") -> tuple[Item, ...]:
    """The whole and what conversions brought, then every stage that holds something, as a headline row."""
    stages = [
        (whole, money.received_minor),
        ("advanced", money.advanced_minor),
        ("converted_in", money.converted_in_minor),
        *((row.stage, row.amount_minor) for row in money.stages),
        ("converted_out", money.converted_out_minor),
    ]
    shown = {"paid", "accepted"} if money.converted_in_minor else {whole, "paid", "accepted"}
    return tuple(
        Item(
            name=word(FIGURES, name),
            figure=figure(name, amount, money.currency, within=within),
            note=str(NOTES.get(name, "")),
        )
        for name, amount in stages
        if amount or name in shown
    )


def place(code: str, *, whole: bool = True) -> Place:
    """An account's code in words; a code that is none of ours is a fault.

    Accounts that every agreement's money goes through have a page for those only who may know the whole.
    """
    kind, middle = code.split(":", 1)
    words, _colon, _currency = middle.rpartition(":")
    holder, _colon, fund = words.rpartition(":") if kind not in _NAMED_ALONE else (words, "", "")
    if kind in ("tranche", "pool"):
        fund = holder
    shown = Link(holder or "–", place_href(kind, holder))
    href = account_href(code) if whole or kind not in _SHARED else ""
    return Place(code, word(KINDS, kind), shown, "" if fund == "-" else fund, href)


_SHARED = frozenset({"origin", "fx", "rounding"})
_NAMED_ALONE = frozenset({"origin", "unassigned", "tranche", "pool", "fx", "rounding"})
