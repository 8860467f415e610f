"""Signings of memoranda and agreements: title, place, day and signatories, each from its own sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tranche.formats.announcements.clauses import Clause, statement_span
from tranche.formats.announcements.context import Context, event_days, phrase_spans, within
from tranche.formats.announcements.dates import DateMention
from tranche.formats.announcements.gazetteer import NameForm
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.nouns import titles
from tranche.formats.announcements.persons import PersonMention
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import Modality, Span, Stage, Zone
from tranche.formats.announcements.stages import modality_in
from tranche.formats.announcements.verbs import VerbGroup

PLACE_WORDS = frozenset({"in", "at"})
NOMINAL_REACH = 4  # words between "signing of" and the document


@dataclass(slots=True)
class Signing:
    """One signing; `carried` holds what stands in the sentence before it and is only inferred."""

    zone: Zone
    stage: Stage
    modality: Modality
    sentences: list[int]
    verb: Span
    statement: Span | None
    title: Span | None = None
    place: PlaceMention | None = None
    place_carried: bool = False
    day: DateMention | None = None
    day_carried: bool = False
    persons: list[PersonMention] = field(default_factory=list)
    persons_carried: bool = False
    countries: list[PlaceMention] = field(default_factory=list)
    terms: list[Span] = field(default_factory=list)


def find_signings(contexts: Sequence[Context], lex: Lexicon) -> list[Signing]:
    found: list[Signing] = []
    before: Context | None = None
    for context in contexts:
        one = _signing(context, before, lex)
        previous = found[-1] if found and found[-1].zone is context.zone else None
        if one is not None and previous is not None and _continues(context, lex):
            _merge(previous, one)
        elif one is not None:
            found.append(one)
        elif previous is not None and previous.title is None:
            previous.title = next(titles(context, lex), None)
        before = context
    _add_terms(found, contexts, lex)
    return found


def _signing(context: Context, before: Context | None, lex: Lexicon) -> Signing | None:
    for clause in context.clauses:
        told = _told(context, clause, lex)
        if told is None:
            continue
        verb, group, modality = told
        words = context.sentence.quote(context.clause_span(clause))
        announced = lex.patterns["signing.announced_documents"].search(words)
        signing = Signing(
            zone=context.zone,
            stage=Stage.ANNOUNCED if announced else Stage.AGREED,
            modality=modality,
            sentences=[context.number],
            verb=verb,
            statement=statement_span(context.sentence, clause) if group else None,
            title=next(titles(context, lex), None),
            place=_place(context),
            day=next(iter(event_days(context, lex)), None),
            persons=list(context.persons),
            countries=_subjects(context, clause, group, lex),
        )
        if before is not None and before.zone is context.zone and _leans_on(context, group, lex):
            _carry(signing, before, lex)
        return signing
    return None


def _told(context: Context, clause: Clause, lex: Lexicon) -> tuple[Span, VerbGroup | None, Modality] | None:
    """A verb that says a document is signed, or "the signing of" one."""
    if not any(
        within(found, context.clause_span(clause))
        for found in phrase_spans(context.sentence, "signing.documents", lex)
    ):
        return None
    for group in clause.groups:
        modality = modality_in(context, clause, group, lex)
        if "signing" in group.senses and modality is Modality.DONE:
            return context.group_span(group), group, modality
    tokens = context.sentence.tokens[clause.first : clause.last]
    for place, token in enumerate(tokens[:-1]):
        if lex.has("signing.nominal", token.low) and tokens[place + 1].low == "of":
            near = tokens[place + 2 :][:NOMINAL_REACH]
            document = any(lex.has("signing.documents", one.low) or one.low == "letter" for one in near)
            if document and not _is_ahead(context, clause, lex):
                return Span(token.start, token.end), None, Modality.DONE
    return None


def _is_ahead(context: Context, clause: Clause, lex: Lexicon) -> bool:
    """A signing that is planned, denied or conditional is not a signing."""
    return any(
        modality_in(context, clause, group, lex) not in {Modality.DONE, Modality.RUNNING}
        for group in clause.groups
        if group.finite
    )


def _place(context: Context) -> PlaceMention | None:
    tokens = context.sentence.tokens
    for mention in context.places:
        before = tokens[mention.first - 1].low if mention.first else ""
        if mention.form is NameForm.CAPITAL and before in PLACE_WORDS:
            return mention
    return None


def _subjects(context: Context, clause: Clause, group: VerbGroup | None, lex: Lexicon) -> list[PlaceMention]:
    if group is None:
        return []
    tokens = context.sentence.tokens
    return [
        mention
        for mention in context.places
        if clause.first <= mention.first < group.first
        and mention.form is NameForm.NAME
        and not (mention.first and lex.has("words.prepositions", tokens[mention.first - 1].low))
    ]


def _leans_on(context: Context, group: VerbGroup | None, lex: Lexicon) -> bool:
    """ "They signed": who, where and when stand in the sentence before."""
    if group is None:
        return False
    subject = Span(context.sentence.start, context.group_span(group).end)
    return any(
        within(found, subject) for found in phrase_spans(context.sentence, "words.carrying_pronouns", lex)
    )


def _carry(signing: Signing, before: Context, lex: Lexicon) -> None:
    if before.persons:
        signing.persons = [*before.persons, *signing.persons]
        signing.persons_carried = True
    if signing.place is None:
        signing.place = _place(before)
        signing.place_carried = signing.place is not None
    if signing.day is None:
        signing.day = next(iter(event_days(before, lex)), None)
        signing.day_carried = signing.day is not None


def _continues(context: Context, lex: Lexicon) -> bool:
    """The same signing told again: by "they", or by the document already spoken of."""
    if any(phrase_spans(context.sentence, "words.carrying_pronouns", lex)):
        return True
    tokens = context.sentence.tokens
    return any(
        one.low in {"the", "this"} and lex.has("signing.documents", following.low)
        for one, following in pairwise(tokens)
    )


def _merge(signing: Signing, further: Signing) -> None:
    signing.sentences.extend(further.sentences)
    signing.statement = signing.statement or further.statement
    signing.title = signing.title or further.title
    if signing.place is None:
        signing.place, signing.place_carried = further.place, further.place_carried
    if signing.day is None:
        signing.day, signing.day_carried = further.day, further.day_carried
    signing.persons.extend(further.persons)
    signing.persons_carried |= further.persons_carried
    signing.countries.extend(further.countries)


def _add_terms(found: list[Signing], contexts: Sequence[Context], lex: Lexicon) -> None:
    """ "A long-term agreement" speaks of the page's own signing, never of a related story's."""
    own = [signing for signing in found if signing.zone is not Zone.RELATED]
    for context in contexts:
        if own and context.zone is not Zone.RELATED:
            own[0].terms.extend(_terms(context, lex))


def _terms(context: Context, lex: Lexicon) -> Iterator[Span]:
    for one, following in pairwise(context.sentence.tokens):
        if lex.has("signing.term_adjectives", one.low) and lex.has("signing.documents", following.low):
            yield Span(one.start, following.end)
