"""Claims: the list, and one document with its text, its marked spans and the drafts beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tranche.models import Claim, SourceDocument
from tranche.queries.known import known_keys
from tranche.queries.records import NotFound, printed_date
from tranche.queries.tranches import ClaimRow, claim_row
from tranche.queries.viewer import UNFILTERED, Viewer


@dataclass(frozen=True, slots=True)
class SpanRow:
    """Where a field of a claim stands in the text: code points, half-open."""

    claim_ref: str
    position: int
    field: str
    start: int
    end: int
    quote: str
    basis: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text with the numbers of the claims that it supports, for highlighting."""

    text: str
    claims: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """One claim with its spans and who confirmed it."""

    row: ClaimRow
    position: int
    confidence: int
    zone: str
    fields: tuple[tuple[str, str], ...]
    parties: tuple[tuple[str, str], ...]
    spans: tuple[SpanRow, ...]
    linked_ref: str
    confirmed_by: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    ref: str
    title: str
    outlet: str
    url: str
    source_class: str
    published: str
    claims: int
    confirmed: int
    drafts: int


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A source document as it was read."""

    row: DocumentRow
    language: str
    text_sha256: str
    reader_version: str
    notices: tuple[str, ...]
    pieces: tuple[Piece, ...]
    claims: tuple[ClaimDetail, ...]


def documents() -> tuple[DocumentRow, ...]:
    """Every source document, the newest publication first."""
    found = SourceDocument.objects.using("read").prefetch_related("claims__record")
    ordered = found.order_by("-published_year", "-published_month", "-published_day", "ref")
    return tuple(_document_row(row) for row in ordered)


def claims() -> tuple[ClaimRow, ...]:
    """Every claim, by document and place."""
    found = Claim.objects.using("read").select_related("record", "document").prefetch_related("amounts")
    return tuple(claim_row(row) for row in found.order_by("document__ref", "position"))


def document(ref: str, who: Viewer = UNFILTERED) -> DocumentDetail:
    """One document; a claim does not name a record that the viewer may not know of. Raises NotFound."""
    found = SourceDocument.objects.using("read").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    rows = (
        found.claims.select_related("record", "document", "confirmed_by")
        .prefetch_related("amounts", "spans", "parties")
        .order_by("position")
    )
    known = known_keys(who, "record", (row.linked_ref for row in rows if row.linked_ref))
    details = tuple(_claim(row, known) for row in rows)
    return DocumentDetail(
        row=_document_row(found),
        language=found.language,
        text_sha256=found.text_sha256,
        reader_version=found.reader_version,
        notices=tuple(found.notices),
        pieces=pieces(found.text, [span for detail in details for span in detail.spans]),
        claims=details,
    )


def _document_row(found: SourceDocument) -> DocumentRow:
    states = [claim.record.state for claim in found.claims.all()]
    return DocumentRow(
        ref=found.ref,
        title=found.title,
        outlet=found.outlet,
        url=found.url,
        source_class=found.source_class,
        published=printed_date(found.published_year, found.published_month, found.published_day),
        claims=len(states),
        confirmed=states.count("confirmed"),
        drafts=states.count("draft"),
    )


def _claim(found: Claim, known: Collection[str]) -> ClaimDetail:
    spans = sorted(found.spans.all(), key=lambda row: (row.start, row.end, row.field))
    return ClaimDetail(
        row=claim_row(found),
        position=found.position,
        confidence=found.confidence,
        zone=found.zone,
        fields=tuple(sorted((key, str(value)) for key, value in found.fields.items() if value is not None)),
        parties=tuple(sorted((row.role, row.name_printed) for row in found.parties.all())),
        spans=tuple(
            SpanRow(found.ref, found.position, row.field, row.start, row.end, row.quote, row.basis)
            for row in spans
        ),
        linked_ref=found.linked_ref if found.linked_ref in known else "",
        confirmed_by=found.confirmed_by.name if found.confirmed_by else "",
        confirmed_at=found.confirmed_at,
    )


def pieces(text: str, spans: list[SpanRow]) -> tuple[Piece, ...]:
    """Cut a text at every span border, so that overlapping spans are runs with several claims."""
    borders = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    found = []
    for start, end in pairwise(borders):
        inside = sorted({span.position for span in spans if span.start <= start and end <= span.end})
        found.append(Piece(text[start:end], tuple(inside)))
    return tuple(found)
