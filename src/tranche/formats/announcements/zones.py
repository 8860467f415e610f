"""Pass one: which part of the page a line belongs to, so that a headline weighs less than the body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.records import Span, Zone
from tranche.formats.announcements.tokens import Sentence, sentence_spans, tokenise
from tranche.formats.announcements.verbs import has_finite_verb

CAPTION_WORDS_MAX = 4
HEADING_WORDS_MAX = 25  # a line without a full stop that is longer is a paragraph
ZONE_POINTS = {
    Zone.BODY: 20,
    Zone.LEAD: 15,
    Zone.HEADLINE: 10,
    Zone.RELATED: 10,
    Zone.SUMMARY: 5,
    Zone.CAPTION: 0,
    Zone.SUBHEADING: 0,
}
HEADINGS = (Zone.CAPTION, Zone.SUBHEADING)


@dataclass(frozen=True, slots=True)
class Line:
    span: Span
    words: str
    zone: Zone


def read_sentences(text: str, lex: Lexicon) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    for line in with_related(zoned_lines(text, lex), lex):
        for span in sentence_spans(text, line.span):
            quote = text[span.start : span.end]
            tokens = tokenise(quote, span.start)
            found.append(Sentence(len(found), line.zone, span.start, span.end, quote, tokens))
    return tuple(found)


def zoned_lines(text: str, lex: Lexicon) -> list[Line]:
    lines: list[Line] = []
    lead_seen = in_summary = False
    for span in _lines(text):
        words = text[span.start : span.end]
        bullet = words[0] in lex.sets["summary.bullets"]
        in_summary = words.lower().rstrip(":") in lex.sets["summary.headings"] or (in_summary and bullet)
        if in_summary:
            zone = Zone.SUMMARY
        elif not is_heading(words):
            zone, lead_seen = (Zone.BODY, True) if lead_seen else (Zone.LEAD, True)
        elif not lines:
            zone = Zone.HEADLINE
        else:
            zone = heading_zone(words, lex)
        lines.append(Line(_without_bullet(text, span) if bullet else span, words, zone))
    return lines


def with_related(lines: list[Line], lex: Lexicon) -> Iterator[Line]:
    """Everything from the first heading under which another story begins is related matter."""
    body_seen = signing_seen = related = False
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        if body_seen and line.zone in HEADINGS and following is not None and not related:
            another = following.zone is Zone.SUBHEADING
            related = another or (signing_seen and _tells_signing(following.words, lex))
        body_seen |= line.zone is Zone.BODY
        signing_seen |= line.zone is Zone.BODY and _tells_signing(line.words, lex)
        yield Line(line.span, line.words, Zone.RELATED) if related else line


def is_heading(words: str) -> bool:
    return words[-1] not in '.!?…:;,"”»)' and len(words.split()) <= HEADING_WORDS_MAX


def heading_zone(words: str, lex: Lexicon) -> Zone:
    short = len(words.split()) <= CAPTION_WORDS_MAX
    return Zone.CAPTION if short and not has_finite_verb(tokenise(words, 0), lex) else Zone.SUBHEADING


def _tells_signing(words: str, lex: Lexicon) -> bool:
    tokens = tokenise(words, 0)
    verb = any("signing" in lex.senses(token.low) for token in tokens)
    return verb and lex.patterns["signing.documents"].search(words) is not None


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            head = start + len(line) - len(line.lstrip())
            yield Span(head, head + len(stripped))
        start += len(line) + 1


def _without_bullet(text: str, span: Span) -> Span:
    start = span.start + 1
    while start < span.end and text[start].isspace():
        start += 1
    return Span(start, span.end) if start < span.end else span
