"""Pass three: dates as printed; a day without a year keeps none unless a published date stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.records import Basis, Published, Span
from tranche.formats.announcements.tokens import Sentence

INFER_DAYS_MAX = 200  # an earlier day is too far back to be meant without its year
YEAR = r"(?:19|20)\d{2}"
ISO = re.compile(rf"(?<![\w-])({YEAR})-(\d{{2}})-(\d{{2}})(?![\w-])")
POINTED = re.compile(rf"(?<![\w.])(\d{{1,2}})\.(\d{{1,2}})\.({YEAR})(?!\w)")
SLASHED = re.compile(rf"(?<![\w/])(\d{{1,2}})/(\d{{1,2}})/({YEAR})(?![\w/])")
BARE_YEAR = re.compile(rf"(?<![\w.,/€$£-])({YEAR})(?![\w/%]|[.,]\d|-\d)")
MONTHS_UNAMBIGUOUS_FROM = 13  # a first number below this could be a month


@dataclass(frozen=True, slots=True)
class DateMention:
    """What is printed, and the year that a published date gives to a day printed without one."""

    span: Span
    year: int | None
    month: int | None
    day: int | None
    basis: Basis = Basis.PRINTED

    @property
    def value(self) -> tuple[int | None, int | None, int | None]:
        return (self.year, self.month, self.day)


def find_dates(sentence: Sentence, published: Published | None, lex: Lexicon) -> tuple[DateMention, ...]:
    taken: list[Span] = []
    found: list[DateMention] = []
    for mention in _candidates(sentence.text, published, lex):
        if _is_real(mention) and not any(
            mention.span.start < span.end and span.start < mention.span.end for span in taken
        ):
            taken.append(mention.span)
            found.append(mention)
    moved = (_moved(mention, sentence.start) for mention in found)
    return tuple(sorted(moved, key=lambda mention: mention.span))


def ambiguous_dates(sentence: Sentence) -> tuple[Span, ...]:
    """Numeric dates whose first two numbers could each be the month: seen, not used."""
    return tuple(
        Span(sentence.start + found.start(), sentence.start + found.end())
        for found in SLASHED.finditer(sentence.text)
        if int(found[1]) < MONTHS_UNAMBIGUOUS_FROM and int(found[2]) < MONTHS_UNAMBIGUOUS_FROM
    )


def _candidates(text: str, published: Published | None, lex: Lexicon) -> Iterator[DateMention]:
    """The fullest forms first, so that a year inside a date is not read again."""
    for found in ISO.finditer(text):
        yield DateMention(Span(*found.span()), int(found[1]), int(found[2]), int(found[3]))
    for found in POINTED.finditer(text):
        yield DateMention(Span(*found.span()), int(found[3]), int(found[2]), int(found[1]))
    for found in SLASHED.finditer(text):
        yield from _slashed(found)
    for found in _worded(lex).finditer(text):
        yield from _named_month(found, text, published, lex)
    for found in BARE_YEAR.finditer(text):
        if _follows(text, found.start(), "dates.year_words", lex):
            yield DateMention(Span(*found.span()), int(found[1]), None, None)
    yield from _relative(text, published, lex)


@lru_cache(maxsize=8)
def _pattern(months: tuple[str, ...], suffixes: tuple[str, ...]) -> re.Pattern[str]:
    month = "|".join(map(re.escape, months))
    suffix = "|".join(map(re.escape, suffixes))
    gap = "[ \u00a0]"
    day = rf"(?<![\d.,–-])(?P<{{}}>\d{{{{1,2}}}})(?:{suffix})?"
    return re.compile(
        rf"(?<!\w)(?:{day.format('before')}{gap}(?:of{gap})?)?(?P<month>{month})(?:\.(?=[ \u00a0]))?"
        rf"(?!\w)(?:{gap}(?P<after>\d{{1,2}})(?:{suffix})?(?![\w%]|[.,]\d|[–-]\d))?"
        rf"(?:,?{gap}(?P<year>{YEAR})(?![\w%]|[.,]\d))?",
        re.IGNORECASE,
    )


def _worded(lex: Lexicon) -> re.Pattern[str]:
    months = sorted(lex.numbers["months"], key=lambda word: (-len(word), word))
    return _pattern(tuple(months), tuple(sorted(lex.sets["dates.day_suffixes"])))


def _named_month(
    found: re.Match[str], text: str, published: Published | None, lex: Lexicon
) -> Iterator[DateMention]:
    """A month alone needs a preposition, and every month a capital: "may" is also a verb."""
    if not found["month"][0].isupper() or (found["before"] and found["after"]):
        return
    month = lex.numbers["months"][found["month"].lower()]
    day = int(found["before"] or found["after"] or 0) or None
    year = int(found["year"]) if found["year"] else None
    if day is None and year is None and not _follows(text, found.start(), "dates.month_words", lex):
        return
    mention = DateMention(Span(*found.span()), year, month, day)
    yield mention if year or not day else _with_year(mention, published)


def _with_year(mention: DateMention, published: Published | None) -> DateMention:
    """The nearest such day not after the published date, if it is near enough."""
    issued = _issued(published)
    if issued is None:
        return mention
    for year in (issued.year, issued.year - 1):
        day = _date(year, mention.month or 0, mention.day or 0)
        if day is not None and timedelta(0) <= issued - day <= timedelta(days=INFER_DAYS_MAX):
            return DateMention(mention.span, year, mention.month, mention.day, Basis.INFERRED)
    return mention


def _relative(text: str, published: Published | None, lex: Lexicon) -> Iterator[DateMention]:
    issued = _issued(published)
    if issued is None:
        return
    for name, back in (("dates.today", 0), ("dates.yesterday", 1)):
        for found in lex.patterns[name].finditer(text):
            yield _inferred(found, issued - timedelta(days=back))
    for found in re.finditer(r"(?<!\w)on ([A-Z][a-z]+day)(?!\w)", text):
        weekday = lex.numbers["weekdays"].get(found[1].lower())
        if weekday is not None:
            yield _inferred(found, issued - timedelta(days=(issued.isoweekday() - weekday) % 7))


def _inferred(found: re.Match[str], day: date) -> DateMention:
    return DateMention(Span(*found.span()), day.year, day.month, day.day, Basis.INFERRED)


def _slashed(found: re.Match[str]) -> Iterator[DateMention]:
    one, two, year = int(found[1]), int(found[2]), int(found[3])
    if one >= MONTHS_UNAMBIGUOUS_FROM:
        yield DateMention(Span(*found.span()), year, two, one)
    elif two >= MONTHS_UNAMBIGUOUS_FROM:
        yield DateMention(Span(*found.span()), year, one, two)


def _follows(text: str, start: int, name: str, lex: Lexicon) -> bool:
    words = re.findall(r"[^\W\d_]+", text[max(0, start - 12) : start])
    return bool(words) and lex.has(name, words[-1].lower())


def _is_real(mention: DateMention) -> bool:
    if mention.day is None:
        return True
    leap_year = 2024  # without a year any day that exists in some year is possible
    return _date(mention.year or leap_year, mention.month or 0, mention.day) is not None


def _issued(published: Published | None) -> date | None:
    if published is None or published.month is None or published.day is None:
        return None
    return date(published.year, published.month, published.day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moved(mention: DateMention, offset: int) -> DateMention:
    span = Span(mention.span.start + offset, mention.span.end + offset)
    return DateMention(span, mention.year, mention.month, mention.day, mention.basis)
