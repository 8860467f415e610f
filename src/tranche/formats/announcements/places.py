"""Pass four: countries and their forms in a sentence, and the capitals where something happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tranche.formats.announcements.gazetteer import Gazetteer, NameForm, PlaceName
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.records import Span
from tranche.formats.announcements.tokens import Sentence, Token

POSSESSIVES = frozenset({"'s", "’s", "'", "’"})


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """Tokens `first` to before `last`, with the form of state ("Republic of") where one is printed."""

    first: int
    last: int
    span: Span
    name: str
    code: str
    form: NameForm
    possessive: bool


def find_places(sentence: Sentence, lex: Lexicon, gaz: Gazetteer) -> tuple[PlaceMention, ...]:
    return tuple(_mentions(sentence, lex, gaz))


def countries(mentions: Sequence[PlaceMention]) -> tuple[PlaceMention, ...]:
    return tuple(mention for mention in mentions if mention.form is not NameForm.CAPITAL)


def _mentions(sentence: Sentence, lex: Lexicon, gaz: Gazetteer) -> Iterator[PlaceMention]:
    tokens = sentence.tokens
    place = 0
    while place < len(tokens):
        name = _name_at(tokens, place, gaz)
        if name is None:
            place += 1
            continue
        last = place + len(name.words)
        first = _with_state_form(tokens, place, lex) if name.form is NameForm.NAME else place
        possessive = last < len(tokens) and tokens[last].text in POSSESSIVES
        span = Span(tokens[first].start, tokens[last - 1].end)
        yield PlaceMention(first, last, span, sentence.quote(span), name.code, name.form, possessive)
        place = last


def _name_at(tokens: Sequence[Token], place: int, gaz: Gazetteer) -> PlaceName | None:
    for name in gaz.places.get(tokens[place].text, ()):
        if tuple(token.text for token in tokens[place : place + len(name.words)]) == name.words:
            return name
    return None


def _with_state_form(tokens: Sequence[Token], place: int, lex: Lexicon) -> int:
    if place >= 2 and lex.has("words.state_forms", f"{tokens[place - 2].low} {tokens[place - 1].low}"):
        return place - 2
    return place
