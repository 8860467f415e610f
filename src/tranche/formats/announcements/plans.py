"""Procedures that still run and the priorities of a coming year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tranche.formats.announcements.clauses import statement_span
from tranche.formats.announcements.context import Context, phrase_spans, within
from tranche.formats.announcements.gazetteer import NameForm
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import Modality, Span
from tranche.formats.announcements.stages import modality_in

ITEM_WITH_ARTICLE = re.compile(r"(?:,\s*|;\s*)?(?<!\w)(?:as well as|and)\s+(?=the\s)|[,;]\s*(?=the\s)")
ITEM_SEPARATOR = re.compile(r"\s*[,;]\s*(?:as well as\s+|and\s+)?|\s+as well as\s+")
ITEMS_MAX = 20  # a longer list is not a list of priorities


@dataclass(frozen=True, slots=True)
class ProcedureMention:
    statement: Span
    modality: Modality
    owner: PlaceMention | None


@dataclass(frozen=True, slots=True)
class PriorityMention:
    heading: Span
    year: int
    items: tuple[Span, ...]


def procedures(context: Context, lex: Lexicon) -> Iterator[ProcedureMention]:
    for clause in context.clauses:
        span = context.clause_span(clause)
        if not any(within(found, span) for found in phrase_spans(context.sentence, "procedure.nouns", lex)):
            continue
        for group in clause.groups:
            if group.finite and "procedure" in group.senses | group.inner_senses:
                modality = modality_in(context, clause, group, lex)
                owner = next((place for place in context.places if _may_own(place, span)), None)
                yield ProcedureMention(statement_span(context.sentence, clause), modality, owner)
                break


def _may_own(mention: PlaceMention, span: Span) -> bool:
    return mention.form is not NameForm.CAPITAL and within(mention.span, span)


def priorities(context: Context, lex: Lexicon) -> Iterator[PriorityMention]:
    sentence = context.sentence
    for found in _heading(lex).finditer(sentence.text):
        heading = Span(sentence.start + found.start(), sentence.start + found.end("year"))
        items = tuple(_items(sentence.text, found.end(), sentence.start))
        yield PriorityMention(heading, int(found["year"]), items)


@lru_cache(maxsize=8)
def _compiled(qualifiers: str, nouns: str, joins: str, leads: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:(?:{qualifiers})\s+)?(?:{nouns})\s+(?:{joins})\s+(?P<year>20\d{{2}})(?!\w)"
        rf"(?:\s*(?:{leads})(?!\w))*\s*",
        re.IGNORECASE,
    )


def _heading(lex: Lexicon) -> re.Pattern[str]:
    names = ("priority.qualifiers", "priority.nouns", "priority.joins", "priority.leads")
    words = ["|".join(re.escape(word) for word in sorted(lex.sets[name])) for name in names]
    return _compiled(*words)


def _items(text: str, start: int, offset: int) -> Iterator[Span]:
    """Items that begin with an article keep their inner commas; others end at each comma."""
    end = len(text)
    while end > start and text[end - 1] in ".!?… ;,":
        end -= 1
    rest = text[:end]
    articled = rest.lower().startswith("the ", start)
    separator = ITEM_WITH_ARTICLE if articled else ITEM_SEPARATOR
    begin = start
    for found in list(separator.finditer(rest, start))[:ITEMS_MAX]:
        yield from _item(rest, begin, found.start(), offset)
        begin = found.end()
    last = rest.find(" and ", begin)
    if begin > start and not articled and last > begin:
        yield from _item(rest, begin, last, offset)
        begin = last + len(" and ")
    yield from _item(rest, begin, end, offset)


def _item(text: str, start: int, end: int, offset: int) -> Iterator[Span]:
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;"):
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    if start < end:
        yield Span(offset + start, offset + end)
