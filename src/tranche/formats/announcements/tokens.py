"""Words, sentences and their places in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tranche.formats.announcements.records import Span, Zone

SENTENCE_LENGTH_MAX = 1_500  # a longer run is cut at a space, so that work on a sentence stays bounded
WORD = re.compile(r"[^\W_]+(?:['’](?!s(?!\w))[^\W_]+|[-‑](?![A-Z])[^\W_]+)*|['’]s(?!\w)|\S")
ENDS = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)]*+\s++(?=[\"'“‘«(]?[^\W_])")
ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "st", "no", "gen", "col", "prof", "mln", "bn", "mn", "vs"}
)


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str
    low: str

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    number: int
    zone: Zone
    start: int
    end: int
    text: str
    tokens: tuple[Token, ...]

    def quote(self, span: Span) -> str:
        return self.text[span.start - self.start : span.end - self.start]


def tokenise(text: str, offset: int) -> tuple[Token, ...]:
    return tuple(
        Token(offset + found.start(), offset + found.end(), found.group(), found.group().lower())
        for found in WORD.finditer(text)
    )


def sentence_spans(text: str, span: Span) -> Iterator[Span]:
    """Sentences of one line; a full stop after an abbreviation or an initial does not end one."""
    start = span.start
    for found in ENDS.finditer(text, span.start, span.end):
        if found.group().startswith(".") and _abbreviated(text, start, found.start()):
            continue
        yield from _bounded(text, Span(start, _trimmed(text, start, found.end())))
        start = found.end()
    if start < span.end:
        yield from _bounded(text, Span(start, _trimmed(text, start, span.end)))


def _abbreviated(text: str, start: int, stop: int) -> bool:
    head = text[max(start, stop - 8) : stop]
    word = re.split(r"\W", head)[-1]
    return word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isupper())


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _bounded(text: str, span: Span) -> Iterator[Span]:
    start, end = span
    while end - start > SENTENCE_LENGTH_MAX:
        space = text.rfind(" ", start + 1, start + SENTENCE_LENGTH_MAX)
        cut = space if space > start else start + SENTENCE_LENGTH_MAX
        yield Span(start, cut)
        start = cut
    if start < end:
        yield Span(start, end)
