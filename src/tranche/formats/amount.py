"""The amount grammar of file formats: digits, one point, no sign, space or exponent."""

from __future__ import annotations

import re

from tranche.formats.errors import FormatError, Where
from tranche.kernel.money import AMOUNT_MAX, EXPONENTS, TOTAL_MAX

XML_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,5}))?")


def parse_minor(text: str, currency: str, where: Where) -> int:
    """Minor units; digits beyond the currency's own only where they are zero. Raises FormatError."""
    exponent = _exponent(currency, where)
    found = XML_AMOUNT.fullmatch(text)
    if not found:
        raise FormatError("E_AMOUNT_SYNTAX", where, text)
    digits = (found[2] or "").ljust(exponent, "0")
    if digits[exponent:].strip("0"):
        raise FormatError("E_AMOUNT_PRECISION", where, text)
    minor = int(found[1] + digits[:exponent])
    if minor > AMOUNT_MAX:
        raise FormatError("E_AMOUNT_RANGE", where, text)
    return minor


def _exponent(currency: str, where: Where) -> int:
    if not currency:
        raise FormatError("E_CCY_MISSING", where)
    if currency not in EXPONENTS:
        raise FormatError("E_CCY_UNKNOWN", where, currency)
    return EXPONENTS[currency]


def check_total(total: int, where: Where) -> int:
    """The same total, where it is one that every part of the product can hold. Raises FormatError."""
    if abs(total) > TOTAL_MAX:
        raise FormatError("E_AMOUNT_RANGE", where, str(total))
    return total


def decimal_text(amount_minor: int, currency: str) -> str:
    """The decimal literal of an amount, made by integer arithmetic."""
    exponent = EXPONENTS[currency]
    whole, rest = divmod(abs(amount_minor), 10**exponent)
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{whole}.{rest:0{exponent}}" if exponent else f"{sign}{whole}"
