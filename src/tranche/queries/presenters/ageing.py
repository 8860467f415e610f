"""Idle and prepaid money by age, for readers: the classes as chart rows, and every piece oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.formats.svg.ageing import AgeRow
from tranche.kernel.money import Money
from tranche.queries.ageing import CLASSES, IDLE, PREPAID, Aged, Ageing
from tranche.queries.presenters.links import Link
from tranche.queries.presenters.moments import address
from tranche.queries.presenters.money import Figure, Place, account_href, entry_href, figure, figure_at, place
from tranche.queries.presenters.money_words import FIGURES
from tranche.queries.presenters.words import word

ROWS_A_PAGE = 50
WHAT = {IDLE: "idle", PREPAID: "paid"}
"""Kinds of money as figures name them."""


@dataclass(frozen=True, slots=True)
class AgedShown:
    """One piece of money: where it lies, since when, and what brought it there."""

    what: str
    place: Place
    entry: Link
    on: date
    days: int
    amount: Figure


@dataclass(frozen=True, slots=True)
class AgeingShown:
    """One currency: the chart's rows, the two sums, and a page of pieces."""

    currency: str
    rows: tuple[AgeRow, ...]
    sums: tuple[tuple[str, Figure], ...]
    pieces: tuple[AgedShown, ...]
    count: int
    previous: str
    next: str


def class_words() -> tuple[str, ...]:
    """The classes from the youngest on, as in: 31 to 90 days."""
    firsts = (0, *(last + 1 for last in CLASSES))
    known = [
        _("%(first)s to %(last)s days") % {"first": first, "last": last}
        for first, last in zip(firsts, CLASSES, strict=False)
    ]
    return (*known, _("over %(last)s days") % {"last": CLASSES[-1]})


def kind_words() -> tuple[str, ...]:
    return (word(FIGURES, WHAT[IDLE]), word(FIGURES, WHAT[PREPAID]))


def ageing_shown(found: Sequence[Ageing], currency: str, first: int) -> tuple[AgeingShown, ...]:
    """Every currency; only the one that is asked for is turned to another page."""
    return tuple(_shown(one, first if one.currency == currency else 0) for one in found)


def _shown(found: Ageing, first: int) -> AgeingShown:
    path = reverse("idle")

    def turned(start: int) -> str:
        return address(path, {"currency": found.currency, "first": start}) + f"#{found.currency}"

    last = first + ROWS_A_PAGE
    return AgeingShown(
        currency=found.currency,
        rows=tuple(
            AgeRow(label, (found.sums[IDLE][n], found.sums[PREPAID][n]), (f"#{found.currency}",) * 2)
            for n, label in enumerate(class_words())
        ),
        sums=tuple(
            (word(FIGURES, name), figure(name, sum(found.sums[what]), found.currency))
            for what, name in WHAT.items()
        ),
        pieces=tuple(_piece(row) for row in found.rows[first:last]),
        count=len(found.rows),
        previous=turned(max(first - ROWS_A_PAGE, 0)) if first else "",
        next=turned(last) if last < len(found.rows) else "",
    )


def _piece(row: Aged) -> AgedShown:
    amount = Money(row.amount_minor, row.currency)
    return AgedShown(
        what=word(FIGURES, WHAT[row.what]),
        place=place(row.account),
        entry=Link(_("entry %(number)s") % {"number": row.movement.entry}, entry_href(row.movement.entry)),
        on=row.since,
        days=row.days,
        amount=figure_at(account_href(row.account), amount.amount_minor, amount.currency),
    )
