"""Selection of makers for readers: offers, cards as far as they may be seen, screening and choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.money import Item, in_halves
from tranche.queries.presenters.words import CHOICES, word
from tranche.queries.selections import SelectionDetail, SelectionRow


@dataclass(frozen=True, slots=True)
class SelectionLine:
    """One line of the list."""

    ref: Link
    title: str
    programme: Link
    supplier: str
    state: str
    cards: int
    offer: Money
    is_lowest: bool


@dataclass(frozen=True, slots=True)
class CardShown:
    """One assessor's card in words; advice and finding are empty for whom they are sealed."""

    person: str
    filed_on: date
    advice: str
    finding: str
    has_interest: bool


@dataclass(frozen=True, slots=True)
class SelectionPage:
    """One selection."""

    ref: str
    title: str
    state: str
    crumbs: tuple[Link, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    screening: tuple[tuple[Item, ...], tuple[Item, ...]]
    sealed: bool
    cards: tuple[CardShown, ...]
    contracts: tuple[Link, ...]
    events: tuple[EventShown, ...]


def selection_lines(rows: Sequence[SelectionRow]) -> tuple[SelectionLine, ...]:
    return tuple(
        SelectionLine(
            ref=Link(row.ref, record_href("selection", row.ref)),
            title=row.title,
            programme=Link(row.programme_ref, record_href("programme", row.programme_ref)),
            supplier=row.supplier,
            state=row.state,
            cards=row.cards,
            offer=row.offer,
            is_lowest=row.offer == row.lowest,
        )
        for row in rows
    )


def selection_page(found: SelectionDetail) -> SelectionPage:
    row = found.row
    documents = evidence_links(found.evidence)
    items = [
        Item(_("Supplier"), text=row.supplier),
        Item(_("Price"), amount=row.offer),
        Item(_("Lowest offer"), amount=row.lowest),
        Item(_("Agreement"), text=found.agreement_title, href=record_href("agreement", row.agreement_ref)),
        Item(_("Reference of the tender"), text=found.tender_reference),
        Item(_("Why this maker"), text=found.written_reason),
        *(Item(_("Document"), text=document.text, href=document.href) for document in documents),
    ]
    screening = [
        Item(_("Result of the screening"), text=_word(found.screening_result)),
        Item(_("Screened on"), on=found.screened_on),
        Item(_("List"), text=found.screening_list),
        Item(_("Version of the list"), text=found.screening_version),
        Item(_("List (SHA-256)"), text=found.screening_sha256),
    ]
    return SelectionPage(
        ref=row.ref,
        title=row.title,
        state=row.state,
        crumbs=(Link(found.programme_title, record_href("programme", row.programme_ref)),),
        items=in_halves(items),
        screening=in_halves(screening),
        sealed=found.sealed,
        cards=tuple(
            CardShown(card.person, card.filed_on, _word(card.advice), _word(card.finding), card.has_interest)
            for card in found.cards
        ),
        contracts=tuple(Link(ref, record_href("contract", ref)) for ref in found.contracts),
        events=events_shown(found.events),
    )


def _word(code: str) -> str:
    return word(CHOICES, code) if code else ""
