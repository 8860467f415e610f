"""One sentence with everything that the passes found in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tranche.formats.announcements.amounts import AmountsRead, find_amounts
from tranche.formats.announcements.clauses import Clause, clauses
from tranche.formats.announcements.dates import DateMention, ambiguous_dates, find_dates
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.persons import PersonMention, find_persons, fully_named
from tranche.formats.announcements.places import PlaceMention, find_places
from tranche.formats.announcements.records import SourceText, Span, Zone
from tranche.formats.announcements.tokens import Sentence
from tranche.formats.announcements.verbs import VerbGroup, verb_groups
from tranche.formats.announcements.zones import read_sentences


@dataclass(frozen=True, slots=True)
class OrdinalMention:
    """ "First tranche": the ordinal and where it is printed."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Context:
    sentence: Sentence
    places: tuple[PlaceMention, ...]
    persons: tuple[PersonMention, ...]
    amounts: AmountsRead
    dates: tuple[DateMention, ...]
    ambiguous_dates: tuple[Span, ...]
    ordinals: tuple[OrdinalMention, ...]
    anaphora: tuple[Span, ...]
    groups: tuple[VerbGroup, ...]
    clauses: tuple[Clause, ...]

    @property
    def zone(self) -> Zone:
        return self.sentence.zone

    @property
    def number(self) -> int:
        return self.sentence.number

    def clause_span(self, clause: Clause) -> Span:
        tokens = self.sentence.tokens
        return Span(tokens[clause.first].start, tokens[clause.last - 1].end)

    def group_span(self, group: VerbGroup) -> Span:
        tokens = self.sentence.tokens
        return Span(tokens[group.first].start, tokens[group.last - 1].end)


def read_contexts(doc: SourceText, lex: Lexicon, gaz: Gazetteer) -> tuple[Context, ...]:
    sentences = read_sentences(doc.text, lex)
    named = fully_named(sentences, gaz)
    return tuple(_context(sentence, doc, lex, gaz, named) for sentence in sentences)


def _context(
    sentence: Sentence, doc: SourceText, lex: Lexicon, gaz: Gazetteer, named: frozenset[str]
) -> Context:
    places = find_places(sentence, lex, gaz)
    groups = verb_groups(sentence.tokens, lex)
    return Context(
        sentence=sentence,
        places=places,
        persons=find_persons(sentence, places, lex, gaz, named=named),
        amounts=find_amounts(sentence, places, lex, gaz),
        dates=find_dates(sentence, doc.published, lex),
        ambiguous_dates=ambiguous_dates(sentence),
        ordinals=tuple(find_ordinals(sentence, lex)),
        anaphora=tuple(phrase_spans(sentence, "money.anaphora", lex)),
        groups=groups,
        clauses=clauses(sentence, groups, lex),
    )


def event_days(context: Context, lex: Lexicon) -> tuple[DateMention, ...]:
    """Dates on which something may have happened: a year alone only as in "in 2024", never of priorities."""
    return tuple(day for day in context.dates if day.month is not None or _happened_in(context, day, lex))


def _happened_in(context: Context, day: DateMention, lex: Lexicon) -> bool:
    before = [token.low for token in context.sentence.tokens if token.end <= day.span.start][-2:]
    about = before[0] if len(before) > 1 else ""
    return before[-1:] == ["in"] and not lex.has("priority.nouns", about)


def find_ordinals(sentence: Sentence, lex: Lexicon) -> Iterator[OrdinalMention]:
    for one, following in pairwise(sentence.tokens):
        value = lex.numbers["ordinals"].get(one.low)
        if value is not None and lex.has("money.slices", following.low):
            yield OrdinalMention(value, Span(one.start, following.end))


def phrase_spans(sentence: Sentence, name: str, lex: Lexicon) -> Iterator[Span]:
    for found in lex.patterns[name].finditer(sentence.text):
        yield Span(sentence.start + found.start(), sentence.start + found.end())


def within(span: Span, outer: Span) -> bool:
    return outer.start <= span.start and span.end <= outer.end
