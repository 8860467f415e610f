"""Pass four, persons: names known to the gazetteer and names printed behind an office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tranche.formats.announcements.gazetteer import Gazetteer, Person
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import Notice, Span
from tranche.formats.announcements.spelling import consonant_key, spelled_alike
from tranche.formats.announcements.tokens import Sentence, Token

OFFICE_REACH = 10  # tokens between "Minister" and the name: "of Strategic Industries of Ukraine"
NAME_WORDS_MAX = 3


@dataclass(frozen=True, slots=True)
class PersonMention:
    first: int
    last: int
    span: Span
    surname: Span
    name: str
    known: Person | None

    @property
    def key(self) -> str:
        return self.known.name if self.known else consonant_key(self.name)


def find_persons(
    sentence: Sentence, places: Sequence[PlaceMention], lex: Lexicon, gaz: Gazetteer, *, named: frozenset[str]
) -> tuple[PersonMention, ...]:
    """`named` are the known persons whose full name the text prints; their surname alone then suffices."""
    found: list[PersonMention] = []
    held = {place for mention in places for place in range(mention.first, mention.last)}
    place = 0
    while place < len(sentence.tokens):
        mention = _at(sentence, place, held, gaz, named)
        if mention is None:
            place += 1
        else:
            found.append(mention)
            place = mention.last
    taken = held | {place for mention in found for place in range(mention.first, mention.last)}
    unknown = _behind_offices(sentence, taken, lex)
    return tuple(sorted((*found, *unknown), key=lambda mention: mention.first))


def fully_named(sentences: Sequence[Sentence], gaz: Gazetteer) -> frozenset[str]:
    return frozenset(
        mention.known.name
        for sentence in sentences
        for place in range(len(sentence.tokens))
        if (mention := _full_name(sentence, place, gaz)) is not None and mention.known
    )


def reads_as_person(quote: str, name: str) -> bool:
    words, wanted = quote.split(), name.split()
    return bool(words) and spelled_alike(words[-1], wanted[-1])


def spelling_notices(mentions: Sequence[PersonMention], text: str) -> tuple[Notice, ...]:
    """One person spelled in two ways, or otherwise than in the list of persons."""
    groups: dict[str, list[Span]] = {}
    known: dict[str, str] = {}
    for mention in mentions:
        groups.setdefault(mention.key, []).append(mention.surname)
        if mention.known:
            known[mention.key] = mention.known.surname
    return tuple(
        Notice("N_PERSON_SPELLING", tuple(spans), " / ".join(dict.fromkeys(spellings)))
        for key, spans in groups.items()
        if len(set(spellings := [*(text[span.start : span.end] for span in spans), *_listed(known, key)])) > 1
    )


def _listed(known: dict[str, str], key: str) -> Iterator[str]:
    if key in known:
        yield known[key]


def _at(
    sentence: Sentence, place: int, held: set[int], gaz: Gazetteer, named: frozenset[str]
) -> PersonMention | None:
    if place in held:
        return None
    full = _full_name(sentence, place, gaz)
    if full is not None:
        return full
    token = sentence.tokens[place]
    for person in _known(token, gaz):
        if person.name in named and spelled_alike(token.text, person.surname):
            span = Span(token.start, token.end)
            return PersonMention(place, place + 1, span, span, token.text, person)
    return None


def _full_name(sentence: Sentence, place: int, gaz: Gazetteer) -> PersonMention | None:
    """A given name and a surname of one known person, each spelled alike; one key alone is not enough."""
    tokens = sentence.tokens
    if not tokens[place].is_capital:
        return None
    for last in range(place + 2, min(place + 1 + NAME_WORDS_MAX, len(tokens)) + 1):
        for person in _known(tokens[last - 1], gaz):
            given = spelled_alike(tokens[place].text, person.given)
            if given and spelled_alike(tokens[last - 1].text, person.surname):
                return _mention(sentence, place, last, person)
    return None


def _known(token: Token, gaz: Gazetteer) -> tuple[Person, ...]:
    return gaz.persons.get(consonant_key(token.text), ()) if token.is_capital else ()


def _behind_offices(sentence: Sentence, taken: set[int], lex: Lexicon) -> Iterator[PersonMention]:
    tokens = sentence.tokens
    for place, token in enumerate(tokens):
        if token.is_capital and lex.has("persons.offices", token.low):
            yield from _first_name_after(sentence, place, taken, lex)


def _first_name_after(
    sentence: Sentence, office: int, taken: set[int], lex: Lexicon
) -> Iterator[PersonMention]:
    """The two or three capitalised words that end the office: all before them is its title."""
    tokens = sentence.tokens
    stop = office + 1
    while stop < min(len(tokens), office + OFFICE_REACH) and (
        tokens[stop].is_capital or tokens[stop].low in {"of", "for", "and", "the", "&"}
    ):
        stop += 1
    run = stop
    while run > office + 1 and tokens[run - 1].is_capital and run - 1 not in taken:
        run -= 1
    after_country = run - 1 in taken or run == office + 1
    if after_country and run not in taken and 2 <= stop - run <= NAME_WORDS_MAX:
        yield _mention(sentence, run, stop, None)


def _mention(sentence: Sentence, first: int, last: int, person: Person | None) -> PersonMention:
    tokens = sentence.tokens
    span = Span(tokens[first].start, tokens[last - 1].end)
    surname = Span(tokens[last - 1].start, tokens[last - 1].end)
    return PersonMention(first, last, span, surname, sentence.quote(span), person)
