"""Selection of makers: the list, and one with its screening and, for those who may see them, its cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor
from tranche.models import Selection
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    evidence_of,
    in_language,
)
from tranche.queries.sides import of_selection

READS_CARDS: Final = frozenset({Role.INSPECTOR, Role.DONOR_APPROVER, Role.RECIPIENT_APPROVER})
"""Who assesses or decides sees the cards of its own side's selections; so does the auditor."""


@dataclass(frozen=True, slots=True)
class SelectionRow:
    """One line of the list."""

    ref: str
    title: str
    programme_ref: str
    agreement_ref: str
    supplier: str
    state: str
    offer: Money
    lowest: Money
    cards: int


@dataclass(frozen=True, slots=True)
class CardRow:
    """One assessor's card; the codes are empty for whom they are sealed."""

    person: str
    filed_on: date
    advice: str
    finding: str
    has_interest: bool


@dataclass(frozen=True, slots=True)
class SelectionDetail:
    """One selection; `sealed` where the viewer may not see the cards' codes."""

    row: SelectionRow
    programme_title: str
    agreement_title: str
    tender_reference: str
    screening_list: str
    screening_version: str
    screening_sha256: str
    screening_result: str
    screened_on: date | None
    written_reason: str
    sealed: bool
    cards: tuple[CardRow, ...]
    contracts: tuple[str, ...]
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]


def selections(language: str = "en") -> tuple[SelectionRow, ...]:
    """Every selection, by reference."""
    return tuple(_row(row, language) for row in _rows())


def selection(ref: str, viewer: Actor, now: datetime, language: str = "en") -> SelectionDetail:
    """One selection by its reference; raises NotFound."""
    found = next((row for row in _rows() if row.ref == ref), None)
    if found is None:
        raise NotFound(ref)
    is_open = may_see_cards(found, viewer, now)
    return SelectionDetail(
        row=_row(found, language),
        programme_title=in_language(found.programme, "title", language),
        agreement_title=in_language(found.agreement, "title", language),
        tender_reference=found.tender_reference,
        screening_list=found.screening_list,
        screening_version=found.screening_version,
        screening_sha256=found.screening_sha256,
        screening_result=found.screening_result,
        screened_on=found.screened_on,
        written_reason=found.written_reason,
        sealed=not is_open,
        cards=_cards(found, is_open),
        contracts=tuple(found.contracts.order_by("ref").values_list("ref", flat=True)),
        events=events_of(found.record_id),
        evidence=evidence_of(found.record_id),
    )


def may_see_cards(found: Selection, viewer: Actor, now: datetime) -> bool:
    """Inspectors and approvers of the two sides, and auditors."""
    named = of_selection(found.agreement, found.programme.holder.ref).named
    held = [grant for grant in viewer.grants if grant.valid(now)]
    return any(
        grant.role is Role.AUDITOR or (grant.role in READS_CARDS and grant.party in named) for grant in held
    )


def _rows() -> list[Selection]:
    related = (
        "record",
        "programme__holder",
        "supplier",
        "agreement__approving_party",
        "agreement__recipient",
    )
    rows = Selection.objects.using("read").select_related(*related).prefetch_related("cards")
    return list(rows.order_by("ref"))


def _row(found: Selection, language: str) -> SelectionRow:
    return SelectionRow(
        ref=found.ref,
        title=found.title,
        programme_ref=found.programme.ref,
        agreement_ref=found.agreement.ref,
        supplier=in_language(found.supplier, "name", language),
        state=found.record.state,
        offer=Money(found.offer_minor, found.currency),
        lowest=Money(found.lowest_minor, found.currency),
        cards=len(found.cards.all()),
    )


def _cards(found: Selection, is_open: bool) -> tuple[CardRow, ...]:
    rows = found.cards.select_related("person").order_by("filed_on", "person__name")
    return tuple(
        CardRow(
            person=card.person.name,
            filed_on=card.filed_on,
            advice=card.advice if is_open else "",
            finding=card.finding if is_open else "",
            has_interest=card.has_interest and is_open,
        )
        for card in rows
    )
