"""Pass seven: one draft a fact, the notices for the person, and the amounts and dates left over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tranche.formats.announcements.aims import Aims, find_aims
from tranche.formats.announcements.attribution import announcers
from tranche.formats.announcements.context import Context
from tranche.formats.announcements.event_drafts import (
    person_party,
    priority_proposal,
    procedure_proposal,
    signing_proposal,
)
from tranche.formats.announcements.facts import Fact, gather_facts
from tranche.formats.announcements.funding import MoneyMention, money_mentions
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.money_drafts import (
    earmark_proposals,
    fact_proposal,
    is_transfer_only,
    transfer_proposals,
)
from tranche.formats.announcements.nouns import Named
from tranche.formats.announcements.persons import spelling_notices
from tranche.formats.announcements.plans import priorities, procedures
from tranche.formats.announcements.proposals import Proposal, numbered
from tranche.formats.announcements.records import (
    AmountRole,
    Draft,
    DraftKind,
    Notice,
    PartyRole,
    SourceText,
    Span,
    Zone,
)
from tranche.formats.announcements.signings import Signing, find_signings

MONEY_KINDS = frozenset({DraftKind.FUNDING, DraftKind.RECEIPT_REPORTED, DraftKind.DELIVERY_REPORTED})


def assembled(
    doc: SourceText, contexts: Sequence[Context], lex: Lexicon, gaz: Gazetteer
) -> tuple[tuple[Draft, ...], tuple[Notice, ...], tuple[Span, ...]]:
    mentions = [one for context in contexts for one in money_mentions(context, lex, gaz)]
    facts = gather_facts(mentions)
    signings = find_signings(contexts, lex)
    aims = find_aims(contexts, lex, gaz)
    agreement = any(signing.zone is not Zone.RELATED for signing in signings)
    proposals = [
        *_money_proposals(contexts, mentions, facts, aims, total_asked=agreement),
        *(signing_proposal(signing, doc.text) for signing in signings),
        *(procedure_proposal(context, one) for context in contexts for one in procedures(context, lex)),
        *(priority_proposal(context, one) for context in contexts for one in priorities(context, lex)),
    ]
    drafts = numbered(_attributed(proposals, contexts, lex), doc.text)
    notices = [
        *_document_notices(doc, drafts, signings, contexts),
        *spelling_notices([person for context in contexts for person in context.persons], doc.text),
        *_project_notices(doc.text, [one for row in aims.projects.values() for one in row]),
        *_doubtful(mentions),
        *(notice for context in contexts for notice in context.amounts.notices),
    ]
    return drafts, tuple(sorted(notices, key=_notice_order)), _unread(contexts, drafts)


def _money_proposals(
    contexts: Sequence[Context],
    mentions: Sequence[MoneyMention],
    facts: Sequence[Fact],
    aims: Aims,
    *,
    total_asked: bool,
) -> Iterator[Proposal]:
    earmarks = list(earmark_proposals(mentions, facts, aims, contexts))
    earmarked = {one.about for one in earmarks}
    for number, fact in enumerate(facts):
        if not is_transfer_only(fact):
            proposal = fact_proposal(number, fact, contexts, total_asked=total_asked)
            spans = [span for place in sorted(fact.sentences) for span in aims.purposes[place]]
            if spans and number not in earmarked:
                fields = {**proposal.fields, "purpose": aims.field((), spans, proposal.zone)}
                proposal = replace(proposal, fields=fields)
            yield proposal
    yield from transfer_proposals(facts, contexts)
    yield from earmarks


def _attributed(
    proposals: Sequence[Proposal], contexts: Sequence[Context], lex: Lexicon
) -> Iterator[Proposal]:
    """The person whose words the sentence reports, looked up in the zone that the draft rests on."""
    said = announcers(contexts, lex)
    starts = [context.sentence.start for context in contexts]
    for one in proposals:
        spans = [span for field in one.fields.values() for span in field.spans]
        numbers = sorted({bisect_right(starts, span.start) - 1 for span in spans})
        persons = [said[number] for number in numbers if contexts[number].zone is one.zone]
        told = next(filter(None, persons), None)
        parties = () if told is None else (person_party(told, PartyRole.ANNOUNCER),)
        yield replace(one, parties=(*one.parties, *parties))


def _document_notices(
    doc: SourceText, drafts: Sequence[Draft], signings: Sequence[Signing], contexts: Sequence[Context]
) -> Iterator[Notice]:
    if doc.published is None:
        yield Notice("N_PUBLISHED_MISSING")
    undated = tuple(
        day.span for context in contexts for day in context.dates if day.day is not None and day.year is None
    )
    if undated:
        yield Notice("N_YEAR_MISSING", undated)
    funded = any(draft.kind in MONEY_KINDS for draft in drafts)
    own = any(signing.zone is not Zone.RELATED for signing in signings)
    totals = [
        amount for draft in drafts for amount in draft.amounts if amount.role is AmountRole.AGREEMENT_TOTAL
    ]
    if funded and own and not totals:
        yield Notice("N_NO_AGREEMENT_TOTAL")


def _project_notices(text: str, named: Sequence[Named]) -> Iterator[Notice]:
    for one in named:
        quote = text[one.span.start : one.span.end]
        if quote != one.value:
            yield Notice("N_PERSON_SPELLING", (one.span,), f"{quote} / {one.value}")


def _doubtful(mentions: Sequence[MoneyMention]) -> Iterator[Notice]:
    for span in dict.fromkeys(mention.doubtful_span for mention in mentions):
        if span is not None:
            yield Notice("N_STAGE_WORD_AMBIGUOUS", (span,))


def _unread(contexts: Sequence[Context], drafts: Sequence[Draft]) -> tuple[Span, ...]:
    """Amounts and dates that were seen and stand in no draft."""
    used = [span for draft in drafts for field in draft.fields.values() for span in field.spans]
    used += [amount.span for draft in drafts for amount in draft.amounts]
    seen: list[Span] = []
    for context in contexts:
        seen += [amount.span for amount in context.amounts.amounts]
        seen += [day.span for day in context.dates]
        seen += [*context.amounts.unread, *context.ambiguous_dates]
    return tuple(sorted(set(seen) - _covered(seen, used)))


def _covered(seen: Sequence[Span], used: Sequence[Span]) -> set[Span]:
    """By one sweep over both lists, so that a long text costs no more than its length."""
    marks = sorted(set(used), key=lambda span: (span.start, -span.end))
    covered: set[Span] = set()
    reach = place = 0
    for span in sorted(set(seen)):
        while place < len(marks) and marks[place].start <= span.start:
            reach = max(reach, marks[place].end)
            place += 1
        if span.end <= reach:
            covered.add(span)
    return covered


def _notice_order(notice: Notice) -> tuple[str, tuple[Span, ...], str]:
    return notice.code, notice.spans, notice.detail
