"""Stated exchange rates as the digits that were printed, and what a price is planned to cost at one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tranche.kernel.money import EXPONENTS, Money

RATE: Final = re.compile(r"(0|[1-9][0-9]{0,8})(?:[.,]([0-9]{1,8}))?")
BASIS_POINTS: Final = 10_000


class BadRate(ValueError):
    """A text that is no rate: digits, one decimal mark, above zero."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`num / 10^scale` units of `quote` for one unit of `base`, the digits as the source prints them."""

    base: str
    quote: str
    num: int
    scale: int

    @property
    def text(self) -> str:
        """The rate as it was printed."""
        whole, rest = divmod(self.num, 10**self.scale)
        return f"{whole}.{rest:0{self.scale}}" if self.scale else str(whole)


def parse_rate(text: str, base: str, quote: str) -> Rate:
    """A rate from its printed digits; raises BadRate."""
    found = RATE.fullmatch(text)
    if not found:
        raise BadRate(text)
    digits = found[2] or ""
    num = int(found[1] + digits)
    if num == 0:
        raise BadRate(text)
    return Rate(base, quote, num, len(digits))


def planned(price: Money, rate: Rate, margin_bp: int) -> Money:
    """What a price is planned to cost in the other currency of the rate, margin included, rounded up once."""
    if price.currency not in (rate.base, rate.quote):
        raise BadRate(f"{rate.base}/{rate.quote} says nothing of {price.currency}")
    into = rate.quote if price.currency == rate.base else rate.base
    units = 10 ** EXPONENTS[into] * (BASIS_POINTS + margin_bp)
    per = 10 ** EXPONENTS[price.currency] * BASIS_POINTS
    if into == rate.quote:
        above, below = price.amount_minor * rate.num * units, per * 10**rate.scale
    else:
        above, below = price.amount_minor * 10**rate.scale * units, per * rate.num
    return Money(-(-above // below), into)


def part_of_plan(planned_minor: int, part_minor: int, whole_minor: int) -> int:
    """What of the plan for the whole price belongs to a part of it; the parts together are never more."""
    return max(1, planned_minor * part_minor // whole_minor)
