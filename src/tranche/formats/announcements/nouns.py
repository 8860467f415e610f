"""Noun phrases: what money is for, which programme is named, and the titles of documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tranche.formats.announcements.clauses import MARKS, Clause
from tranche.formats.announcements.context import Context, within
from tranche.formats.announcements.gazetteer import Gazetteer, NameForm
from tranche.formats.announcements.lexicon import Lexicon, Shape
from tranche.formats.announcements.places import POSSESSIVES
from tranche.formats.announcements.records import Span
from tranche.formats.announcements.spelling import consonant_key
from tranche.formats.announcements.stages import MONEY_SENSES
from tranche.formats.announcements.tokens import Token

QUOTED = re.compile(r"[\"“„«‘']([^\"“”„«»'’\n]{2,40})[\"”“»’']")
PROJECT_REACH = 2  # words between the quoted name and "project"


@dataclass(frozen=True, slots=True)
class Named:
    """A phrase and the value it stands for."""

    span: Span
    value: str


def purposes(context: Context, lex: Lexicon) -> Iterator[Span]:
    """What is produced, bought or supported with the money of the clause."""
    for clause in context.clauses:
        for start in _purpose_starts(context, clause, lex):
            phrase = _phrase(context, start, clause.last, lex)
            if phrase is not None:
                yield phrase


def projects(context: Context, lex: Lexicon, gaz: Gazetteer) -> Iterator[Named]:
    """A quoted name beside the word project, or a name that the gazetteer knows."""
    sentence = context.sentence
    seen: set[Span] = set()
    for found in QUOTED.finditer(sentence.text):
        span = Span(sentence.start + found.start(1), sentence.start + found.end(1))
        near = _words_around(sentence.text, found, PROJECT_REACH)
        if any(lex.has("purpose.projects", word) for word in near):
            seen.add(span)
            yield Named(span, gaz.projects.get(consonant_key(found[1]), found[1]))
    for token in sentence.tokens:
        span = Span(token.start, token.end)
        name = gaz.projects.get(consonant_key(token.text)) if token.is_capital else None
        if name is not None and not any(within(span, held) for held in seen):
            yield Named(span, name)


def titles(context: Context, lex: Lexicon) -> Iterator[Span]:
    """ "The memorandum on …" up to its verb; a title in capitals stands without its article."""
    tokens = context.sentence.tokens
    finite = {group.first for group in context.groups if group.finite}
    place = 0
    while place < len(tokens):
        noun_end = _document_end(context, place, lex)
        if noun_end is None or noun_end >= len(tokens):
            place += 1
            continue
        last = noun_end
        while last < len(tokens) and tokens[last].text not in MARKS and last not in finite:
            last += 1
        while last > noun_end and not tokens[last - 1].is_word:
            last -= 1
        joined = lex.has("signing.title_joins", tokens[noun_end].low)
        definite = place > 0 and tokens[place - 1].low == "the"
        proper = tokens[place].is_capital and place > 0
        if joined and last > noun_end + 1 and (definite or proper):
            first = place if proper else place - 1
            yield Span(tokens[first].start, tokens[last - 1].end)
        place = max(last, place + 1)


def _document_end(context: Context, place: int, lex: Lexicon) -> int | None:
    tokens = context.sentence.tokens
    for length in (3, 1):
        words = " ".join(token.low for token in tokens[place : place + length])
        if lex.has("signing.titles", words):
            return place + length
    return None


def _purpose_starts(context: Context, clause: Clause, lex: Lexicon) -> Iterator[int]:
    tokens = context.sentence.tokens
    paying = [group for group in clause.groups if (group.senses | group.inner_senses) & MONEY_SENSES]
    paying = [group for group in paying if "signing" not in group.senses]
    for place in range(clause.first, clause.last - 1):
        after_payment = any(group.last <= place for group in paying)
        head = lex.has("purpose.heads", tokens[place].low) and tokens[place + 1].low == "of"
        if head and after_payment:
            yield place + 2
        elif lex.has("money.slices", tokens[place].low):
            yield from _start_behind_slice(context, place, lex)


def _start_behind_slice(context: Context, place: int, lex: Lexicon) -> Iterator[int]:
    """ "The tranche to support …", "the tranche of 10 million euros for …"."""
    tokens = context.sentence.tokens
    at = place + 1
    for amount in context.amounts.amounts:
        if at < len(tokens) and 0 <= amount.start - tokens[place].end <= len(" of about "):
            while at < len(tokens) and tokens[at].start < amount.end:
                at += 1
    if at + 1 >= len(tokens):
        return
    infinitive = tokens[at].low == "to" and Shape.BASE in lex.shapes(tokens[at + 1].low)
    if infinitive:
        yield _behind_head(tokens, at + 2, lex)
    elif lex.has("purpose.joins", tokens[at].low):
        yield _behind_head(tokens, at + 1, lex)


def _behind_head(tokens: tuple[Token, ...], place: int, lex: Lexicon) -> int:
    """Past "the production of", which says how and not what."""
    for at in range(place, min(place + 3, len(tokens) - 1)):
        if lex.has("purpose.heads", tokens[at].low) and tokens[at + 1].low == "of":
            return at + 2
    return place


def _phrase(context: Context, start: int, stop: int, lex: Lexicon) -> Span | None:
    tokens = context.sentence.tokens
    starts = {group.first for group in context.groups}
    adjectives = {
        place
        for mention in context.places
        if mention.form is NameForm.ADJECTIVE or mention.possessive
        for place in range(mention.first, mention.last + mention.possessive)
    }
    first = start
    while first < stop and (
        lex.has("words.determiners", tokens[first].low)
        or first in adjectives
        or tokens[first].text in POSSESSIVES
    ):
        first += 1
    last = first
    while last < stop and tokens[last].is_word and last not in starts and not _ends(tokens[last], lex):
        last += 1
    return Span(tokens[first].start, tokens[last - 1].end) if last > first else None


def _ends(token: Token, lex: Lexicon) -> bool:
    return lex.has("purpose.end_words", token.low) or lex.has("words.auxiliaries", token.low)


def _words_around(text: str, found: re.Match[str], reach: int) -> list[str]:
    before = re.findall(r"\w+", text[max(0, found.start() - 40) : found.start()].lower())
    after = re.findall(r"\w+", text[found.end() : found.end() + 40].lower())
    return [*before[-reach:], *after[:reach]]
