"""Numbers beside a scale or a currency, each with the currency and scale that hold for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tranche.formats.announcements.amount_context import is_listed, range_between, shared_currency
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon, Shape
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import Basis, Notice, Span
from tranche.formats.announcements.tokens import Sentence

DIGITS_MAX = 18  # a longer number is not a sum of money


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what stands beside it, before scale and currency are settled; offsets in the sentence."""

    start: int
    end: int
    number: str
    scale: int | None
    currency: str | None
    shared: str | None
    scale_basis: Basis = Basis.PRINTED
    currency_basis: Basis = Basis.PRINTED


def find_figures(
    sentence: Sentence, places: tuple[PlaceMention, ...], lex: Lexicon, gaz: Gazetteer
) -> tuple[list[Figure], list[Notice]]:
    figures, notices = _named(_figures(sentence.text, lex, gaz), sentence, places, gaz)
    figures = _with_shared_tail(figures, sentence, lex)
    return _with_sentence_currency(figures, sentence, places, lex), notices


@lru_cache(maxsize=8)
def _pattern(decimal: str, group: str, scales: tuple[str, ...], words: tuple[str, ...]) -> re.Pattern[str]:
    spaces = "\u00a0\u202f\u2009 "
    number = (
        rf"\d{{1,3}}(?:[{re.escape(group)}{spaces}]\d{{3}})+(?!\d)(?:{re.escape(decimal)}\d+)?"
        rf"|\d+(?:{re.escape(decimal)}\d+)?"
    )
    scale = "|".join(map(re.escape, scales))
    word = "|".join(map(re.escape, words))
    return re.compile(
        rf"(?<![\w.,])(?:(?P<before>{word})[{spaces}]?)?(?<![\d.,])(?P<number>{number})(?![\d%])(?![.,]\d)"
        rf"(?:[{spaces}-]?(?P<scale>{scale})(?!\w))?(?:[{spaces}-]?(?P<after>{word})(?!\w))?(?!\w)",
        re.IGNORECASE,
    )


def _figures(text: str, lex: Lexicon, gaz: Gazetteer) -> list[Figure]:
    scales = tuple(sorted(lex.numbers["scales"], key=lambda word: (-len(word), word)))
    shared = {word for row in gaz.shared for word in row.words}
    words = tuple(sorted({*gaz.currency_words, *shared}, key=lambda word: (-len(word), word)))
    found: list[Figure] = []
    for match in _pattern(lex.decimal_mark, lex.group_mark, scales, words).finditer(text):
        word = (match["before"] or match["after"] or "").lower()
        code = gaz.currency_words.get(word)
        scale = lex.numbers["scales"].get((match["scale"] or "").lower())
        number = re.sub(rf"[^\d{re.escape(lex.decimal_mark)}]", "", match["number"])
        if len(number) <= DIGITS_MAX and not re.match(r"[^\S\n]?(?:%|per\s?cent)", text[match.end() :][:12]):
            shared_word = word if word and code is None else None
            found.append(Figure(match.start(), match.end(), number, scale, code, shared_word))
    return found


def _named(
    figures: list[Figure], sentence: Sentence, places: tuple[PlaceMention, ...], gaz: Gazetteer
) -> tuple[list[Figure], list[Notice]]:
    """ "Dollars" and "kroner" become a currency through the country that stands beside them."""
    named: list[Figure] = []
    notices: list[Notice] = []
    for figure in figures:
        if figure.shared is None:
            named.append(figure)
            continue
        code, basis = shared_currency(figure.shared, places, gaz)
        span = Span(sentence.start + figure.start, sentence.start + figure.end)
        if code is None:
            notices.append(Notice("N_AMBIGUOUS_CURRENCY", (span,), figure.shared))
        named.append(replace(figure, currency=code, currency_basis=basis))
    return named, notices


def _with_shared_tail(figures: list[Figure], sentence: Sentence, lex: Lexicon) -> list[Figure]:
    """In "111, 29 and 10 million euros" and "10-12 million" the last figure's tail holds for all."""
    result = list(figures)
    for place in range(len(result) - 2, -1, -1):
        one, following = result[place], result[place + 1]
        gap = sentence.text[one.end : following.start]
        ranged = range_between(one.start, gap, sentence.text)
        if one.scale is not None or one.shared is not None or not (ranged or is_listed(gap)):
            continue
        if following.currency is not None:
            result[place] = _inheriting(one, following, scale=following.scale)
        elif ranged and one.currency is not None and following.scale is not None:
            result[place] = replace(one, scale=following.scale, scale_basis=Basis.INHERITED)
            result[place + 1] = _inheriting(following, one, scale=following.scale)
    return result


def _with_sentence_currency(
    figures: list[Figure], sentence: Sentence, places: tuple[PlaceMention, ...], lex: Lexicon
) -> list[Figure]:
    """A figure with a scale takes the sentence's currency; a bare one only as a summand or a part."""
    model = next((figure for figure in figures if figure.currency is not None), None)
    if model is None:
        return figures
    result: list[Figure] = []
    outer = model
    end = 0
    for figure in figures:
        gap = sentence.text[end : figure.start + 1]
        end = figure.end
        model = outer if ")" in gap else model
        if figure.currency is not None:
            outer = model if "(" in gap.rpartition(")")[2] else figure
            model = figure
        elif figure.shared is None and figure.scale is not None and _ends_amount(figure, sentence, lex):
            figure = _inheriting(figure, model, scale=figure.scale)
        elif figure.shared is None and figure.scale is None and _is_part(figure, sentence, places, lex):
            figure = _inheriting(figure, model, scale=model.scale)
        result.append(figure)
    return result


def _inheriting(figure: Figure, model: Figure, *, scale: int | None) -> Figure:
    scale_basis = figure.scale_basis if scale == figure.scale else Basis.INHERITED
    currency = figure.currency or model.currency
    basis = figure.currency_basis if figure.currency else Basis.INHERITED
    return replace(figure, scale=scale, currency=currency, scale_basis=scale_basis, currency_basis=basis)


def _ends_amount(figure: Figure, sentence: Sentence, lex: Lexicon) -> bool:
    """A noun after the scale ("10 million shells") makes it a count, not money."""
    found = re.match(r"[^\S\n]+([^\W\d_]+)", sentence.text[figure.end :][:40])
    if found is None or found[1][0].isupper() or lex.has("money.after_scale", found[1].lower()):
        return True
    return bool(lex.shapes(found[1].lower()) & {Shape.PAST, Shape.PARTICIPLE})


def _is_part(figure: Figure, sentence: Sentence, places: tuple[PlaceMention, ...], lex: Lexicon) -> bool:
    head = sentence.text[: figure.start].rstrip()
    tail = sentence.text[figure.end :].lstrip()
    at = sentence.start + len(head)
    after_country = any(mention.span.end == at for mention in places)
    origin = any(head.lower().endswith(word) for word in lex.sets["money.origins"])
    return after_country or origin or head.endswith("+") or tail.startswith("+")
