"""The clauses that verb groups make, so that the stage of one is not read into another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.records import Span
from tranche.formats.announcements.tokens import Sentence, Token
from tranche.formats.announcements.verbs import VerbGroup

MARKS = frozenset({",", ";", ":", "—", "–", "-", "(", ")"})


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens `first` to before `last`; `core` is where the statement starts, after any lead-in."""

    first: int
    core: int
    last: int
    groups: tuple[VerbGroup, ...]


def clauses(sentence: Sentence, groups: tuple[VerbGroup, ...], lex: Lexicon) -> tuple[Clause, ...]:
    """A part without a finite verb joins the clause before it or leads in the first."""
    tokens = sentence.tokens
    found: list[Clause] = []
    first = core = 0
    held: list[VerbGroup] = []
    for start, stop in _parts(tokens, groups, lex):
        own = [group for group in groups if start <= group.first < stop]
        told = any(group.finite for group in held)
        broken = start > 0 and tokens[start - 1].text == ";"
        if broken or (told and any(group.finite for group in own)):
            found.append(Clause(first, core, start, tuple(held)))
            first, core, held = start, start, []
        elif not told and start > 0 and _is_mark(tokens, start - 1):
            core = start
        held.extend(own)
    return (*found, Clause(first, core, len(tokens), tuple(held)))


def statement_span(sentence: Sentence, clause: Clause) -> Span:
    """The clause without its lead-in and without marks and joining words at its ends."""
    tokens = sentence.tokens
    first, last = clause.core, clause.last
    while first < last - 1 and tokens[first].low in {*MARKS, "and", "but", "•"}:
        first += 1
    while last > first + 1 and (tokens[last - 1].text in MARKS or tokens[last - 1].text in {".", "!", "?"}):
        last -= 1
    return Span(tokens[first].start, tokens[last - 1].end)


def _parts(tokens: Sequence[Token], groups: tuple[VerbGroup, ...], lex: Lexicon) -> Iterator[tuple[int, int]]:
    starts = {group.first for group in groups}
    inside = {place for group in groups for place in range(group.first + 1, group.last)}
    begin = 0
    for place, token in enumerate(tokens):
        if place in inside or place <= begin:
            continue
        if _is_mark(tokens, place):
            yield begin, place + 1
            begin = place + 1
        elif lex.has("words.coordinators", token.low) and not _joins_verbs(place, starts, tokens, lex):
            yield begin, place
            begin = place
    if begin < len(tokens):
        yield begin, len(tokens)


def _is_mark(tokens: Sequence[Token], place: int) -> bool:
    """A comma between two digits belongs to the number."""
    near = tokens[max(0, place - 1) : place + 2]
    in_number = (
        len(near) == 3
        and near[0].end == near[1].start
        and near[1].end == near[2].start
        and near[0].text[-1].isdigit()
        and near[2].text[0].isdigit()
    )
    return tokens[place].text in MARKS and not in_number


def _joins_verbs(place: int, starts: set[int], tokens: Sequence[Token], lex: Lexicon) -> bool:
    """In "received and spent" both verbs share the object, so they stay in one clause."""
    following = place + 1
    return (
        tokens[place].low == "and"
        and following in starts
        and not lex.has("words.auxiliaries", tokens[following].low)
    )
