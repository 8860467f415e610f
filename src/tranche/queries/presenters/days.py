"""A day as each language writes it: one form on every page."""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_date
from django.utils.translation import get_language

from tranche.kernel.money import NBSP

DAY_PATTERNS: Final = {"en": "d MMM y", "uk": "d MMM y 'р'.", "lt": "y-MM-dd"}


def day_text(day: date) -> str:
    """The day in the active language, with spaces that do not break."""
    language = (get_language() or "en")[:2]
    return format_date(day, DAY_PATTERNS.get(language, "y-MM-dd"), language).replace(" ", NBSP)
