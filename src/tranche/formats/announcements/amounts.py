"""Pass two: sums of money with hedge, scale and currency, in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.formats.announcements.amount_context import precision_before, range_between, range_start, role_of
from tranche.formats.announcements.figures import Figure, find_figures
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import Amount, Notice, Precision, Scope, Span
from tranche.formats.announcements.tokens import Sentence
from tranche.kernel.money import EXPONENTS

MINOR_MAX = 10**15  # the largest movement of the ledger; a larger figure is not money of a mechanism


@dataclass(frozen=True, slots=True)
class AmountsRead:
    amounts: tuple[Amount, ...]
    notices: tuple[Notice, ...]
    unread: tuple[Span, ...]


def find_amounts(
    sentence: Sentence, places: tuple[PlaceMention, ...], lex: Lexicon, gaz: Gazetteer
) -> AmountsRead:
    """A figure without a currency is no sum; one too fine or too large is seen and left unread."""
    figures, notices = find_figures(sentence, places, lex, gaz)
    amounts: list[Amount] = []
    unread: list[Span] = []
    place = 0
    while place < len(figures):
        figure = figures[place]
        upper = _upper(figures, place, sentence)
        place += 2 if upper else 1
        span = Span(sentence.start + figure.start, sentence.start + (upper or figure).end)
        amount = _amount(figure, upper, sentence, amounts, lex)
        if amount is not None:
            amounts.append(amount)
        elif figure.currency is not None or figure.shared is not None:
            unread.append(span)
    return AmountsRead(tuple(amounts), tuple(notices), tuple(unread))


def _amount(
    figure: Figure, upper: Figure | None, sentence: Sentence, earlier: list[Amount], lex: Lexicon
) -> Amount | None:
    minor, upper_minor = _minor(figure), _minor(upper) if upper else None
    if figure.currency is None or minor is None or (upper is not None and upper_minor is None):
        return None
    precision = Precision.RANGE if upper else precision_before(sentence.text[: figure.start], lex)
    end = (upper or figure).end
    gap = sentence.text[figure.end : upper.start] if upper else ""
    start = range_start(figure.start, gap, sentence.text)
    return Amount(
        start=sentence.start + start,
        end=sentence.start + end,
        amount_text=sentence.text[start:end],
        amount_minor=minor,
        upper_minor=upper_minor,
        currency=figure.currency,
        precision=precision,
        scope=Scope.OWN,
        role=role_of(sentence, figure.start, figure.currency, earlier, precision, lex),
        scale_basis=figure.scale_basis,
        currency_basis=figure.currency_basis,
    )


def _upper(figures: list[Figure], place: int, sentence: Sentence) -> Figure | None:
    if place + 1 >= len(figures):
        return None
    one, following = figures[place], figures[place + 1]
    gap = sentence.text[one.end : following.start]
    same = one.currency == following.currency
    return following if same and range_between(one.start, gap, sentence.text) else None


def _minor(figure: Figure) -> int | None:
    """None where the number is finer than the currency or beyond the ledger's range."""
    if figure.currency is None:
        return None
    whole, _, decimals = figure.number.partition(".")
    power = (figure.scale or 0) + EXPONENTS[figure.currency] - len(decimals)
    digits = int(whole + decimals)
    if power < 0 and digits % 10**-power:
        return None
    minor = digits * 10**power if power >= 0 else digits // 10**-power
    return minor if 0 < minor <= MINOR_MAX else None
