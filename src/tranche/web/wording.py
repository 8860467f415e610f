"""Amounts, days, months and shares as people read them, in the language of the page."""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_date
from django.utils.translation import get_language

from tranche.kernel.money import DECIMAL_MARK, Money, format_amount
from tranche.queries.presenters.days import day_text

__all__ = ["amount_text", "day_text", "language", "month_text", "share_text"]

MONTH_PATTERNS: Final = {"en": "MMM y", "uk": "LLL y", "lt": "y-MM"}
NBSP: Final = "\N{NO-BREAK SPACE}"


def language() -> str:
    """The two letters of the active language."""
    return (get_language() or "en")[:2]


def amount_text(amount: Money) -> str:
    return format_amount(amount, language())


def month_text(day: date) -> str:
    return format_date(day, MONTH_PATTERNS.get(language(), "y-MM"), language()).replace(" ", NBSP)


def share_text(amount: int, whole: int) -> str:
    """Per cent to one place; what is not nothing and not the whole is never shown as such."""
    permille = (2000 * amount + whole) // (2 * whole) if whole else 0
    if amount and permille == 0:
        return f"<{NBSP}{_percent(1)}"
    if amount < whole and permille == 1000:
        return f">{NBSP}{_percent(999)}"
    return _percent(permille)


def _percent(permille: int) -> str:
    whole, tenth = divmod(permille, 10)
    mark = DECIMAL_MARK.get(language(), ".")
    sign = "%" if language() == "en" else f"{NBSP}%"
    return f"{whole}{mark}{tenth}{sign}" if tenth else f"{whole}{sign}"
