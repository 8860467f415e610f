"""Claims for readers: what a source printed, where in the text, and what a person made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tranche.queries.claims import ClaimDetail, DocumentDetail, DocumentRow, SpanRow
from tranche.queries.presenters.links import Link
from tranche.queries.presenters.words import CHOICES, word
from tranche.queries.tranches import ClaimRow

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

KINDS: Mapping[str, StrPromise] = {
    "funding": _("Funding"),
    "signing": _("Signing"),
    "earmark": _("Earmark"),
    "procedure": _("Procedure"),
    "transfer_expected": _("Transfer expected"),
    "receipt_reported": _("Receipt reported"),
    "delivery_reported": _("Delivery reported"),
    "priority": _("Priority"),
}

MODALITIES: Mapping[str, StrPromise] = {
    "done": _("as done"),
    "running": _("as under way"),
    "future": _("as to come"),
    "intended": _("as intended"),
    "denied": _("as denied"),
    "conditional": _("under a condition"),
}

ROLES: Mapping[str, StrPromise] = {
    "donor": _("Donor"),
    "recipient": _("Recipient"),
    "origin": _("Origin"),
    "intermediary": _("Intermediary"),
    "signatory": _("Signed by"),
    "announcer": _("Announced by"),
    "maker": _("Maker"),
}

FIELDS: Mapping[str, StrPromise] = {
    "agreement_total": _("Total of the agreement"),
    "amount": _("Amount"),
    "donor": _("Donor"),
    "event_date": _("Date"),
    "expected_date": _("Expected on"),
    "items": _("What is named"),
    "ordinal": _("Which tranche"),
    "owner": _("Owner"),
    "place": _("Place"),
    "priority_year": _("Year"),
    "project": _("Project"),
    "purpose": _("Purpose"),
    "recipient": _("Recipient"),
    "scope": _("Whole or part"),
    "signatories": _("Signed by"),
    "signatory": _("Signed by"),
    "stage": _("Stage"),
    "statement": pgettext_lazy("what somebody said", "Statement"),
    "term": _("Term"),
    "title": _("Title"),
}

NOTICES: Mapping[str, StrPromise] = {
    "headline_vs_body": _("The headline and the body differ."),
    "scope": _("The text leaves open whether the whole amount or a part of it is meant."),
    "two_agreements": _("The text speaks of two agreements."),
    "funder_type": _("The text names two kinds of funder."),
    "N_PERSON_SPELLING": _("A name is spelled in more than one way."),
    "N_STAGE_WORD_AMBIGUOUS": _("A word for the stage can mean several stages."),
    "N_YEAR_MISSING": _("A day is printed without its year."),
    "N_NO_AGREEMENT_TOTAL": _("No total of the agreement is printed."),
    "N_PUBLISHED_MISSING": _("The text does not say when it was published."),
    "N_AMBIGUOUS_CURRENCY": _("A currency word can mean several currencies."),
}


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """One claim as a line: its source and what that printed."""

    ref: str
    kind: str
    stage: str
    modality: str
    state: str
    printed: str
    amounts: str
    source: Link
    published: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One source document in the list."""

    title: Link
    outlet: str
    url: str
    source_class: str
    published: str
    claims: int
    confirmed: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the text; a marked one names the claims that rest on it."""

    text: str
    claims: tuple[int, ...]
    is_draft: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field of a claim and where the text prints it; the same words are quoted once."""

    name: str
    quotes: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim beside its text, with what a person may do with it."""

    position: int
    ref: str
    kind: str
    stage: str
    modality: str
    state: str
    confidence: int
    band: str
    amounts: str
    parties: tuple[tuple[str, str], ...]
    fields: tuple[FieldShown, ...]
    linked_ref: str
    confirmed_by: str
    confirmed_at: datetime | None
    actions: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A text with its marked spans beside the claims read from it."""

    line: DocumentLine
    sha256: str
    reader: str
    notices: tuple[str, ...]
    runs: tuple[Run, ...]
    drafts: tuple[Draft, ...]


def claims_shown(rows: Sequence[ClaimRow]) -> tuple[ClaimShown, ...]:
    return tuple(
        ClaimShown(
            ref=row.ref,
            kind=word(KINDS, row.kind),
            stage=row.stage,
            modality=word(MODALITIES, row.modality),
            state=row.state,
            printed=row.summary,
            amounts="; ".join(dict.fromkeys(row.amounts)),
            source=Link(row.outlet or row.document_ref, f"{_page(row.document_ref)}#{row.ref}"),
            published=row.published,
        )
        for row in rows
    )


def document_lines(rows: Sequence[DocumentRow]) -> tuple[DocumentLine, ...]:
    return tuple(_line(row) for row in rows)


def document_page(found: DocumentDetail) -> DocumentPage:
    """The runs of the text in order; the first run of each span can be led to."""
    states = {claim.position: claim.row.state for claim in found.claims}
    runs, at = [], 0
    for piece in found.pieces:
        kept = tuple(n for n in piece.claims if states[n] != "rejected")
        is_draft = bool(kept) and all(states[n] == "draft" for n in kept)
        runs.append(Run(piece.text, kept, is_draft, f"t{at}" if kept else ""))
        at += len(piece.text)
    return DocumentPage(
        line=_line(found.row),
        sha256=found.text_sha256,
        reader=found.reader_version,
        notices=tuple(dict.fromkeys(word(NOTICES, code) for code in found.notices)),
        runs=tuple(runs),
        drafts=tuple(_draft(claim) for claim in found.claims),
    )


def _page(ref: str) -> str:
    return reverse("claim_document", args=[ref])


def _line(row: DocumentRow) -> DocumentLine:
    return DocumentLine(
        title=Link(row.title, _page(row.ref)),
        outlet=row.outlet,
        url=row.url,
        source_class=word(CHOICES, row.source_class),
        published=row.published,
        claims=row.claims,
        confirmed=row.confirmed,
        drafts=row.drafts,
    )


def _draft(claim: ClaimDetail) -> Draft:
    row = claim.row
    return Draft(
        position=claim.position,
        ref=row.ref,
        kind=word(KINDS, row.kind),
        stage=row.stage,
        modality=word(MODALITIES, row.modality),
        state=row.state,
        confidence=claim.confidence,
        band=_band(claim.confidence),
        amounts="; ".join(dict.fromkeys(row.amounts)),
        parties=tuple((word(ROLES, role), name) for role, name in dict.fromkeys(claim.parties)),
        fields=_fields(claim.spans),
        linked_ref=claim.linked_ref,
        confirmed_by=claim.confirmed_by,
        confirmed_at=claim.confirmed_at,
        actions=_actions(row),
    )


def _fields(spans: Sequence[SpanRow]) -> tuple[FieldShown, ...]:
    """The fields in the order of the text."""
    found: dict[str, dict[str, str]] = {}
    for span in spans:
        found.setdefault(span.field, {}).setdefault(" ".join(span.quote.split()), f"#t{span.start}")
    return tuple(
        FieldShown(word(FIELDS, field), tuple(Link(quote, at) for quote, at in quotes.items()))
        for field, quotes in found.items()
    )


def _band(confidence: int) -> str:
    """How much sorting work a draft is: a score of the reader's rules, not a probability."""
    if confidence >= 75:
        return str(_("strong"))
    return str(_("to check")) if confidence >= 50 else str(_("weak"))


def _actions(row: ClaimRow) -> tuple[Link, ...]:
    offered = {
        "draft": (("claim.confirm", _("Confirm")), ("claim.reject", _("Reject"))),
        "confirmed": (("claim.link", _("Link to a record")), ("claim.reject", _("Reject"))),
    }
    return tuple(
        Link(str(text), f"{reverse('act', args=[action])}?{urlencode({'claim': row.ref})}")
        for action, text in offered.get(row.state, ())
    )
