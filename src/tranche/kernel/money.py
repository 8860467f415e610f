"""Money: whole minor units and an ISO 4217 code; parsed once, at the edge, by one strict grammar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

AMOUNT_MAX = 10**15
TOTAL_MAX = 2**53 - 1
NBSP = "\u00a0"
MINUS = "\u2212"

_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
        "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA "
        "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN "
        "QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
        "TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}

EXPONENTS: dict[str, int] = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}
"""Minor-unit digits of the current codes of ISO 4217, our own table."""

GRAMMAR = re.compile(r"(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?")
GROUPS = (" ", NBSP, "\u202f", "'", "\u2019")
DECIMAL_MARK = {"en": ".", "uk": ",", "lt": ","}


class MoneyError(ValueError):
    """Something about an amount of money that is refused."""


class CurrencyMismatch(MoneyError):
    """Two currencies meet where no rate was stated."""


class AmountOutOfRange(MoneyError):
    """Beyond 10^15 minor units, or a total beyond 2^53 - 1."""


class AmountError(MoneyError):
    """A text that is no amount; `readings` offers what may have been meant, in the form to type."""

    def __init__(self, code: str, text: str, readings: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.readings = code, text, readings


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise MoneyError(f"unknown currency {self.currency}")
        if abs(self.amount_minor) > TOTAL_MAX:
            raise AmountOutOfRange(str(self.amount_minor))

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount_minor


def parse_amount(text: str, currency: str, *, signed: bool = False) -> Money:
    """Money from the machine form `[-]whole[.digits]`; raises AmountError or AmountOutOfRange."""
    found = GRAMMAR.fullmatch(text)
    exponent = _exponent(currency)
    if not found or (found[1] and not signed):
        raise AmountError("syntax", text)
    digits = found[3] or ""
    if len(digits) > exponent:
        raise AmountError("precision", text)
    minor = int(found[2]) * 10**exponent + int(digits.ljust(exponent, "0") or "0")
    if found[1] and minor == 0:
        raise AmountError("syntax", text)
    if minor > AMOUNT_MAX:
        raise AmountOutOfRange(text)
    return Money(-minor if found[1] else minor, currency)


def _exponent(currency: str) -> int:
    if currency not in EXPONENTS:
        raise AmountError("currency", currency)
    return EXPONENTS[currency]


def parse_typed(text: str, currency: str, language: str = "en", *, signed: bool = False) -> Money:
    """Money from what a person types: groups of three by one kind of space or apostrophe, one decimal mark.

    A point or comma is the decimal mark and nothing else, so `1,234` in euro is refused with both readings.
    """
    exponent = _exponent(currency)
    plain = text.strip().replace(MINUS, "-")
    sign = "-" if signed and plain.startswith("-") else ""
    body = plain.removeprefix("-") if sign else plain
    found = re.fullmatch(r"([0-9][0-9 '\u00a0\u202f\u2019]*)(?:([.,])([0-9]+))?", body)
    if not found:
        raise AmountError("syntax", text, _readings(body, exponent, language))
    whole, digits = _ungroup(found[1], text), found[3] or ""
    if len(digits) > exponent:
        raise AmountError("precision", text, _readings(body, exponent, language))
    if len(whole) > 13:
        raise AmountOutOfRange(text)
    return parse_amount(
        sign + (whole.lstrip("0") or "0") + (f".{digits}" if digits else ""), currency, signed=signed
    )


def _ungroup(whole: str, text: str) -> str:
    """The digits without their groups; only one kind of separator, only between groups of three."""
    used = {mark for mark in GROUPS if mark in whole}
    if not used:
        return whole
    first, *rest = whole.split(used.pop())
    if (
        used
        or first.startswith("0")
        or not 1 <= len(first) <= 3
        or any(len(group) != 3 or not group.isdigit() for group in rest)
    ):
        raise AmountError("groups", text)
    return first + "".join(rest)


def _readings(body: str, exponent: int, language: str) -> tuple[str, ...]:
    """What `1,234` or `1,000.00` may have meant, written as this form wants it."""
    if not re.fullmatch(r"[1-9][0-9]{0,2}([.,][0-9]{3})*([.,][0-9]+)?", body):
        return ()
    mark = DECIMAL_MARK.get(language, ".")
    parts = re.split(r"[.,]", body)
    found = []
    if all(len(part) == 3 for part in parts[1:]):
        found.append(" ".join(parts))
    if len(parts) > 1 and 1 <= len(parts[-1]) <= max(exponent, 1) and exponent:
        found.append(" ".join(parts[:-1]) + mark + parts[-1])
    elif len(parts) == 2 and len(parts[1]) == 3 and exponent:
        found.append(parts[0] + mark + parts[1][:exponent])
    return tuple(found)


def format_amount(money: Money, language: str = "en") -> str:
    """Digits in groups of three with a no-break space, the language's mark, then the code."""
    exponent = EXPONENTS[money.currency]
    whole, rest = divmod(abs(money.amount_minor), 10**exponent)
    grouped = f"{whole:,}".replace(",", NBSP)
    mark = DECIMAL_MARK.get(language, ".")
    digits = f"{mark}{rest:0{exponent}}" if exponent else ""
    return f"{MINUS if money.amount_minor < 0 else ''}{grouped}{digits}{NBSP}{money.currency}"


def nested_shares(balances: Sequence[int], q: int) -> tuple[int, ...]:
    """Split q by these balances without loss, by nested thresholds (ledger note, section 4).

    Every share is within one unit of exact, never above its balance, and draining a holder drains all.
    """
    total = sum(balances)
    if min(balances, default=0) < 0 or not 0 <= q <= total:
        raise AmountOutOfRange(f"{q} of {total}")
    return weighted_shares(balances, q)


def weighted_shares(weights: Sequence[int], q: int) -> tuple[int, ...]:
    """Split q by these weights without loss, by nested thresholds; nothing where all weights are 0."""
    total = sum(weights)
    if total == 0:
        return tuple(0 for _ in weights)
    shares, below, before = [], 0, 0
    for weight in weights:
        below += weight
        threshold = (q * below + total // 2) // total
        shares.append(threshold - before)
        before = threshold
    return tuple(shares)
