"""Dates of XML formats: the calendar day as written, never shifted by its zone."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from tranche.formats.errors import FormatError, Where

DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
TIME = r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
WRITTEN = re.compile(f"{DAY}(?:{TIME})?{ZONE}")
FIRST: Final = date(1999, 1, 1)  # the euro's first day; no mechanism is older
LAST: Final = date(2100, 1, 1)


def parse_day(text: str, where: Where, *, until: date = LAST) -> date:
    """An ISO 8601 day or instant, from 1999 up to and without `until`. Raises FormatError."""
    found = WRITTEN.fullmatch(text)
    if not found:
        raise FormatError("E_DATE_SYNTAX", where, text)
    try:
        day = date.fromisoformat(found[1])
    except ValueError as error:
        code = "E_DATE_RANGE" if text.startswith("0000") else "E_DATE_SYNTAX"
        raise FormatError(code, where, text) from error
    if not FIRST <= day < until:
        raise FormatError("E_DATE_RANGE", where, text)
    return day
