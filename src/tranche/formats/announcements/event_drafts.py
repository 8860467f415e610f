"""Drafts of signings, procedures and priorities."""

from __future__ import annotations

from tranche.formats.announcements.context import Context
from tranche.formats.announcements.persons import PersonMention
from tranche.formats.announcements.plans import PriorityMention, ProcedureMention
from tranche.formats.announcements.proposals import Proposal
from tranche.formats.announcements.records import (
    Basis,
    ClaimParty,
    DraftKind,
    Field,
    Modality,
    PartyRole,
    Span,
    Stage,
    Zone,
)
from tranche.formats.announcements.scoring import scored
from tranche.formats.announcements.signings import Signing

STEP_MODALITIES = frozenset({Modality.RUNNING, Modality.DONE})


def signing_proposal(signing: Signing, text: str) -> Proposal:
    zone = signing.zone
    fields = {
        "stage": scored(
            signing.stage.value, [signing.statement or signing.verb], rule="signing", zone=zone, verb=True
        ),
        "title": _quoted("title", signing.title, text, zone),
        "place": _place(signing),
        "signatories": _signatories(signing),
        "event_date": _day(signing),
    }
    if signing.statement is not None:
        fields["statement"] = _quoted("clause", signing.statement, text, zone)
    if signing.terms:
        term = text[signing.terms[0].start : signing.terms[0].end]
        alike = [span for span in signing.terms if text[span.start : span.end].lower() == term.lower()]
        fields["term"] = scored(term.lower(), alike, rule="term", zone=zone)
    return Proposal(
        kind=DraftKind.SIGNING,
        stage=signing.stage,
        modality=signing.modality,
        zone=zone,
        fields=fields,
        sentence=signing.sentences[0],
        parties=(*_countries(signing), *_persons(signing)),
    )


def procedure_proposal(context: Context, mention: ProcedureMention) -> Proposal:
    """A procedure that runs or has ended a step is in procedure; a coming one says nothing yet."""
    sentence, zone = context.sentence, context.zone
    stage = Stage.IN_PROCEDURE if mention.modality in STEP_MODALITIES else None
    statement = sentence.quote(mention.statement)
    owner = mention.owner
    fields = {"statement": scored(statement, [mention.statement], rule="clause", zone=zone, verb=True)}
    if stage is not None:
        fields["stage"] = scored(stage.value, [mention.statement], rule="procedure", zone=zone, verb=True)
    if owner is not None:
        fields["owner"] = scored(owner.code, [owner.span], rule="owner", zone=zone, verb=True)
    return Proposal(
        kind=DraftKind.PROCEDURE,
        stage=stage,
        modality=mention.modality,
        zone=zone,
        fields=fields,
        sentence=context.number,
    )


def priority_proposal(context: Context, mention: PriorityMention) -> Proposal:
    sentence, zone = context.sentence, context.zone
    fields = {"priority_year": scored(mention.year, [mention.heading], rule="priority", zone=zone, verb=True)}
    if mention.items:
        values = tuple(sentence.quote(span) for span in mention.items)
        fields["items"] = scored(values, mention.items, rule="priority_items", zone=zone)
    return Proposal(
        kind=DraftKind.PRIORITY,
        stage=None,
        modality=Modality.INTENDED,
        zone=zone,
        fields=fields,
        sentence=context.number,
    )


def _quoted(rule: str, span: Span | None, text: str, zone: Zone) -> Field:
    if span is None:
        return scored(None, (), rule=rule, zone=zone)
    return scored(text[span.start : span.end], [span], rule=rule, zone=zone, verb=True)


def _place(signing: Signing) -> Field:
    mention = signing.place
    if mention is None:
        return scored(None, (), rule="place", zone=signing.zone)
    basis = Basis.INFERRED if signing.place_carried else Basis.PRINTED
    name = mention.name
    return scored(name, [mention.span], rule="place", zone=signing.zone, basis=basis, verb=True)


def _day(signing: Signing) -> Field:
    if signing.day is None:
        return scored(None, (), rule="date", zone=signing.zone)
    basis = Basis.INFERRED if signing.day_carried else signing.day.basis
    return scored(
        signing.day.value, [signing.day.span], rule="date", zone=signing.zone, basis=basis, verb=True
    )


def _signatories(signing: Signing) -> Field:
    names = tuple(dict.fromkeys(mention.name for mention in signing.persons))
    basis = Basis.INHERITED if signing.persons_carried else Basis.PRINTED
    spans = [mention.span for mention in signing.persons]
    return scored(names or None, spans, rule="signatories", zone=signing.zone, basis=basis, verb=True)


def _countries(signing: Signing) -> list[ClaimParty]:
    return [
        ClaimParty(PartyRole.SIGNATORY, mention.code, mention.name, *mention.span)
        for mention in signing.countries
    ]


def _persons(signing: Signing) -> list[ClaimParty]:
    return [person_party(mention, PartyRole.SIGNATORY) for mention in signing.persons]


def person_party(mention: PersonMention, role: PartyRole) -> ClaimParty:
    country = mention.known.country if mention.known else None
    return ClaimParty(role, country, mention.name, *mention.span)
