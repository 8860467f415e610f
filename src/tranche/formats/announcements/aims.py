"""What the money of a document is for: purposes and programmes, found again by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tranche.formats.announcements.context import Context, phrase_spans, within
from tranche.formats.announcements.facts import Fact
from tranche.formats.announcements.funding import MoneyMention
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.nouns import Named, projects, purposes
from tranche.formats.announcements.records import Field, Span, Zone
from tranche.formats.announcements.scoring import scored


@dataclass(frozen=True, slots=True)
class Aims:
    """Purposes, programmes and narrowing words by sentence number; `words` quotes each purpose."""

    purposes: Mapping[int, tuple[Span, ...]]
    projects: Mapping[int, tuple[Named, ...]]
    narrowing: Mapping[int, tuple[Span, ...]]
    words: Mapping[Span, str]
    related: frozenset[int]

    def of(self, mention: MoneyMention) -> bool:
        return bool(self.purposes_in(mention) or self.projects_in(mention))

    def purposes_in(self, mention: MoneyMention) -> list[Span]:
        return [span for span in self.purposes[mention.sentence] if within(span, mention.statement)]

    def projects_in(self, mention: MoneyMention) -> list[Named]:
        return [one for one in self.projects[mention.sentence] if within(one.span, mention.statement)]

    def narrowing_in(self, mention: MoneyMention) -> list[Span]:
        return [span for span in self.narrowing[mention.sentence] if within(span, mention.statement)]

    def of_fact(self, fact: Fact, facts: Sequence[Fact]) -> list[Span]:
        """Where a story tells of one fact, its purposes are that fact's; else those of its own sentences."""
        related = fact.zones == {Zone.RELATED}
        alone = sum((one.zones == {Zone.RELATED}) == related for one in facts) == 1
        if not alone:
            return [span for number in sorted(fact.sentences) for span in self.purposes[number]]
        return [
            span
            for number, spans in self.purposes.items()
            if (number in self.related) == related
            for span in spans
        ]

    def field(self, own: Sequence[Span], spans: Sequence[Span], zone: Zone) -> Field:
        """All wordings of the purpose, the draft's own first; every span prints one of them."""
        values = tuple(dict.fromkeys(self.words[span] for span in (*own, *spans)))
        return scored(values, spans, rule="purpose", zone=zone, verb=bool(own))


def find_aims(contexts: Sequence[Context], lex: Lexicon, gaz: Gazetteer) -> Aims:
    bought = {context.number: tuple(purposes(context, lex)) for context in contexts}
    return Aims(
        purposes=bought,
        projects={context.number: tuple(projects(context, lex, gaz)) for context in contexts},
        narrowing={
            context.number: tuple(phrase_spans(context.sentence, "purpose.narrowing", lex))
            for context in contexts
        },
        words=dict(_quoted(contexts, bought)),
        related=frozenset(context.number for context in contexts if context.zone is Zone.RELATED),
    )


def _quoted(
    contexts: Sequence[Context], bought: Mapping[int, tuple[Span, ...]]
) -> Iterator[tuple[Span, str]]:
    for context in contexts:
        for span in bought[context.number]:
            yield span, context.sentence.quote(span)
