"""A draft before it has its number: what the builders of each kind hand to the last pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tranche.formats.announcements.records import (
    Amount,
    ClaimParty,
    Draft,
    DraftKind,
    Evidence,
    Field,
    Modality,
    Span,
    Stage,
    Zone,
)
from tranche.formats.announcements.scoring import AMBIGUOUS, clamped

KEY_FIELDS = {
    DraftKind.FUNDING: ("amount", "stage"),
    DraftKind.RECEIPT_REPORTED: ("amount", "stage"),
    DraftKind.DELIVERY_REPORTED: ("amount", "stage"),
    DraftKind.PROCEDURE: ("statement",),
    DraftKind.TRANSFER_EXPECTED: ("statement",),
    DraftKind.EARMARK: ("statement",),
    DraftKind.SIGNING: ("title", "stage"),
    DraftKind.PRIORITY: ("priority_year",),
}
KIND_ORDER = tuple(KEY_FIELDS)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`fact` and `about` name money facts: the draft's own, and the one it speaks of."""

    kind: DraftKind
    stage: Stage | None
    modality: Modality
    zone: Zone
    fields: dict[str, Field]
    sentence: int
    ordinal: int | None = None
    amounts: tuple[Amount, ...] = ()
    parties: tuple[ClaimParty, ...] = ()
    fact: int | None = None
    about: int | None = None
    ambiguous: bool = False


def numbered(proposals: Iterable[Proposal], text: str) -> tuple[Draft, ...]:
    ordered = sorted(proposals, key=_order)
    number_of = {one.fact: number for number, one in enumerate(ordered, 1) if one.fact is not None}
    return tuple(
        Draft(
            number=number,
            kind=one.kind,
            stage=one.stage,
            modality=one.modality,
            zone=one.zone,
            ordinal=one.ordinal,
            refers_to=number_of.get(one.about) if one.about is not None else None,
            fields=one.fields,
            evidence=tuple(_evidence(one.fields, text)),
            amounts=one.amounts,
            claim_parties=tuple(sorted(set(one.parties), key=lambda party: (party.role, party.start))),
            confidence=_confidence(one),
        )
        for number, one in enumerate(ordered, 1)
    )


def _order(one: Proposal) -> tuple[int, int, tuple[Span, ...]]:
    spans = sorted(span for field in one.fields.values() for span in field.spans)
    return KIND_ORDER.index(one.kind), one.sentence, tuple(spans)


def _evidence(fields: dict[str, Field], text: str) -> Iterable[Evidence]:
    for name, field in sorted(fields.items()):
        for span in field.spans:
            yield Evidence(name, span.start, span.end, text[span.start : span.end], field.basis)


def _confidence(one: Proposal) -> int:
    key = next((one.fields[name] for name in KEY_FIELDS[one.kind] if _is_read(one.fields, name)), None)
    points = key.points if key is not None else 0
    return clamped(points + AMBIGUOUS * one.ambiguous)


def _is_read(fields: dict[str, Field], name: str) -> bool:
    return name in fields and fields[name].value is not None
