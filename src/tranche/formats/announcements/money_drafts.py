"""Drafts about money: the funding fact, its expected transfer, its earmark, and reports of receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.formats.announcements.aims import Aims
from tranche.formats.announcements.context import Context, within
from tranche.formats.announcements.fact_index import FactIndex
from tranche.formats.announcements.facts import Fact
from tranche.formats.announcements.funding import MoneyMention
from tranche.formats.announcements.proposals import Proposal
from tranche.formats.announcements.records import (
    Basis,
    ClaimParty,
    DraftKind,
    Field,
    Modality,
    Span,
    Stage,
    Zone,
)
from tranche.formats.announcements.scoring import best_zone, scored

REPORT_KINDS = {
    Stage.RECEIVED: DraftKind.RECEIPT_REPORTED,
    Stage.DELIVERED: DraftKind.DELIVERY_REPORTED,
}


def fact_proposal(number: int, fact: Fact, contexts: Sequence[Context], *, total_asked: bool) -> Proposal:
    """The funding fact itself, or the report that it was received or delivered."""
    telling = fact.telling
    stage = telling[0].stage.stage if telling else None
    modality = telling[0].stage.modality if telling else fact.mentions[0].stage.modality
    sums = [mention for mention in fact.mentions if mention.amounts]
    zone = best_zone(mention.zone for mention in sums or fact.mentions)
    donors = _donors(sums or fact.mentions) or _donors(fact.mentions)
    fields: dict[str, Field] = {"donor": _donor_field(donors, zone)}
    if sums:
        fields["amount"] = _amount_field(sums, zone, party=bool(donors))
    if fact.ordinal is not None:
        spans = [mention.ordinal.span for mention in fact.mentions if mention.ordinal]
        fields["ordinal"] = scored(fact.ordinal, spans, rule="ordinal", zone=zone)
    if stage is not None:
        printed = [mention for mention in telling if mention.amounts or mention.ordinal] or telling
        spans = [mention.stage_span for mention in printed if mention.stage_span]
        fields["stage"] = scored(stage.value, spans, rule="stage_verb", zone=zone)
    if total_asked:
        fields["agreement_total"] = scored(None, (), rule="agreement_total", zone=zone)
    _add_day(fields, telling, contexts, zone)
    return Proposal(
        kind=REPORT_KINDS.get(stage, DraftKind.FUNDING) if stage else DraftKind.FUNDING,
        stage=stage,
        modality=modality,
        zone=zone,
        fields=fields,
        sentence=fact.mentions[0].sentence,
        ordinal=fact.ordinal,
        amounts=sums[0].amounts if sums else (),
        parties=(*donors, *(party for mention in fact.mentions for party in mention.others)),
        fact=number,
        ambiguous=stage is None and any(mention.doubtful_span for mention in fact.mentions),
    )


def is_transfer_only(fact: Fact) -> bool:
    """A sum that is only said to come later is told by the expected transfer alone."""
    return all(
        mention.stage.transfer and mention.stage.modality is not Modality.DONE for mention in fact.mentions
    )


def transfer_proposals(facts: Sequence[Fact], contexts: Sequence[Context]) -> Iterator[Proposal]:
    for number, fact in enumerate(facts):
        coming = [mention for mention in fact.mentions if mention.stage.transfer]
        if coming:
            yield _transfer(number, fact, coming, contexts)


def _transfer(
    number: int, fact: Fact, coming: Sequence[MoneyMention], contexts: Sequence[Context]
) -> Proposal:
    """The stage stays what the fact's other mentions say; a payment still to come moves nothing."""
    alone = is_transfer_only(fact)
    told = [mention for mention in fact.telling if mention.stage.modality is Modality.DONE]
    zone = best_zone(mention.zone for mention in coming)
    sums = [mention for mention in coming if mention.amounts]
    fields = {"statement": _statement_field(coming, contexts, zone)}
    if alone and sums:
        fields["amount"] = _amount_field(sums, zone, party=any(mention.donors for mention in sums))
    days = (_days(contexts[mention.sentence], mention.statement) for mention in coming)
    fields["expected_date"] = next(filter(None, days), scored(None, (), rule="date", zone=zone))
    return Proposal(
        kind=DraftKind.TRANSFER_EXPECTED,
        stage=told[0].stage.stage if told else Stage.ANNOUNCED,
        modality=Modality.FUTURE,
        zone=zone,
        fields=fields,
        sentence=coming[0].sentence,
        ordinal=fact.ordinal,
        amounts=sums[0].amounts if alone and sums else (),
        parties=tuple(party for mention in coming for party in (*mention.donors, *mention.others)),
        about=None if alone else number,
    )


def earmark_proposals(
    mentions: Sequence[MoneyMention], facts: Sequence[Fact], aims: Aims, contexts: Sequence[Context]
) -> Iterator[Proposal]:
    """Clauses that say what "these funds" are for; they never say how far the money came."""
    index = FactIndex([[(one.sentence, one.zone, fact.ordinal) for one in fact.mentions] for fact in facts])
    told: dict[int | None, list[MoneyMention]] = {}
    for mention in mentions:
        if mention.anaphoric and not mention.amounts and mention.stage.stage is None and aims.of(mention):
            number = index.nearest(mention.sentence, mention.zone, None)
            told.setdefault(number, []).append(mention)
    for about, rows in told.items():
        yield _earmark(about, rows, facts, aims, contexts)


def _earmark(
    about: int | None,
    rows: Sequence[MoneyMention],
    facts: Sequence[Fact],
    aims: Aims,
    contexts: Sequence[Context],
) -> Proposal:
    zone = best_zone(mention.zone for mention in rows)
    fact = facts[about] if about is not None else None
    own = [span for mention in rows for span in aims.purposes_in(mention)]
    named = [one for mention in rows for one in aims.projects_in(mention)]
    narrowing = [span for mention in rows for span in aims.narrowing_in(mention)]
    fields = {"statement": _statement_field(rows, contexts, zone)}
    spans = sorted({*own, *(aims.of_fact(fact, facts) if fact else ())})
    if spans:
        fields["purpose"] = aims.field(own, spans, zone)
    if named:
        value = named[0].value
        alike = [one.span for one in named if one.value == value]
        fields["project"] = scored(value, alike, rule="project", zone=zone, verb=True)
    fields["scope"] = scored(
        "unclear" if narrowing else "whole",
        narrowing,
        rule="scope",
        zone=zone,
        basis=Basis.PRINTED if narrowing else Basis.INFERRED,
    )
    return Proposal(
        kind=DraftKind.EARMARK,
        stage=None,
        modality=rows[0].stage.modality,
        zone=zone,
        fields=fields,
        sentence=rows[0].sentence,
        ordinal=fact.ordinal if fact else None,
        parties=tuple(party for mention in rows for party in (*mention.donors, *mention.others)),
        about=about,
        ambiguous=any(mention.doubtful_span for mention in rows),
    )


def _statement_field(mentions: Sequence[MoneyMention], contexts: Sequence[Context], zone: Zone) -> Field:
    quotes = tuple(contexts[one.sentence].sentence.quote(one.statement) for one in mentions)
    spans = [one.statement for one in mentions]
    return scored(quotes[0] if len(quotes) == 1 else quotes, spans, rule="clause", zone=zone, verb=True)


def _donors(mentions: Sequence[MoneyMention]) -> tuple[ClaimParty, ...]:
    found: dict[tuple[str | None, int], ClaimParty] = {}
    for mention in mentions:
        for donor in mention.donors:
            found.setdefault((donor.code, donor.start), donor)
    return tuple(found.values())


def _donor_field(donors: Sequence[ClaimParty], zone: Zone) -> Field:
    codes = tuple(dict.fromkeys(donor.code for donor in donors if donor.code))
    value = codes[0] if len(codes) == 1 else codes or None
    return scored(
        value, [Span(donor.start, donor.end) for donor in donors], rule="donor", zone=zone, verb=True
    )


def _amount_field(mentions: Sequence[MoneyMention], zone: Zone, *, party: bool) -> Field:
    main = mentions[0].amounts[0]
    basis = max((main.scale_basis, main.currency_basis), key=list(Basis).index)
    spans = [mention.amounts[0].span for mention in mentions]
    verb = any(mention.stage_span for mention in mentions)
    return scored(main.value, spans, rule="amount", zone=zone, basis=basis, verb=verb, party=party)


def _add_day(
    fields: dict[str, Field], telling: Sequence[MoneyMention], contexts: Sequence[Context], zone: Zone
) -> None:
    for mention in telling:
        days = _days(contexts[mention.sentence], mention.statement)
        if days is not None and mention.stage.modality is Modality.DONE:
            fields.setdefault("event_date", days)


def _days(context: Context, span: Span) -> Field | None:
    for day in context.dates:
        if day.month is not None and within(day.span, span):
            return scored(day.value, [day.span], rule="date", zone=context.zone, basis=day.basis, verb=True)
    return None
