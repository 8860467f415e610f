"""Contributions in kind for readers: quantities first, and the value as a figure beside money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.in_kind import InKindDetail, InKindRow
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.money import Item, in_halves
from tranche.queries.presenters.words import CHOICES, word


@dataclass(frozen=True, slots=True)
class InKindLine:
    """One line of the list."""

    ref: Link
    title: str
    donor: str
    category: str
    quantity: str
    state: str
    worth: Money | None
    on: date | None


@dataclass(frozen=True, slots=True)
class ValueShown:
    value: Money
    basis: str
    valued_on: date
    valuer: str


@dataclass(frozen=True, slots=True)
class InKindPage:
    """One contribution."""

    ref: str
    title: str
    state: str
    quantity: str
    crumbs: tuple[Link, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    values: tuple[ValueShown, ...]
    lots: tuple[Link, ...]
    events: tuple[EventShown, ...]


def in_kind_lines(rows: Sequence[InKindRow]) -> tuple[InKindLine, ...]:
    return tuple(
        InKindLine(
            ref=Link(row.ref, record_href("inkind", row.ref)),
            title=row.title,
            donor=row.donor,
            category=word(CHOICES, row.category),
            quantity=f"{row.quantity} {row.unit}",
            state=row.state,
            worth=row.worth,
            on=row.accepted_on or row.handed_over_on,
        )
        for row in rows
    )


def in_kind_page(found: InKindDetail) -> InKindPage:
    row = found.row
    documents = evidence_links(found.evidence)
    items = [
        Item(_("Donor"), text=row.donor),
        Item(_("Agreement"), text=found.agreement_title, href=record_href("agreement", row.agreement_ref)),
        Item(_("Category"), text=word(CHOICES, row.category)),
        Item(_("Quantity"), text=f"{row.quantity} {row.unit}"),
        Item(_("Country"), text=row.country),
        Item(_("Handed over on"), on=row.handed_over_on),
        Item(_("Accepted on"), on=row.accepted_on),
        Item(_("Deviation"), text=word(CHOICES, row.deviation) if row.deviation else ""),
        *(Item(_("Document"), text=document.text, href=document.href) for document in documents),
    ]
    return InKindPage(
        ref=row.ref,
        title=row.title,
        state=row.state,
        quantity=f"{row.quantity} {row.unit}",
        crumbs=(Link(found.agreement_title, record_href("agreement", row.agreement_ref)),),
        items=in_halves(items),
        values=tuple(
            ValueShown(each.value, word(CHOICES, each.basis), each.valued_on, each.valuer)
            for each in found.values
        ),
        lots=tuple(Link(ref, record_href("lot", ref)) for ref in found.lots),
        events=events_shown(found.events),
    )
