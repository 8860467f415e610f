"""The arguments of an action: declared in a table, parsed once, unknown ones refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from tranche.formats.announcements import as_stored
from tranche.kernel.canonical import Canonical, NotCanonical, encode
from tranche.kernel.money import EXPONENTS, Money
from tranche.kernel.rates import BadRate, parse_rate
from tranche.kernel.refusals import BadArgument
from tranche.models.fields import FUND_LENGTH_MAX, NAME_LENGTH_MAX

REF = re.compile(r"[A-Z0-9][A-Z0-9-]{0,38}[A-Z0-9]")
FUND = re.compile(rf"{REF.pattern}'*(/{REF.pattern}'*)?")
BASE64URL = re.compile("[A-Za-z0-9_-]+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ADDRESS = re.compile(r"https?://[!-~]{1,490}")
COUNTRY = re.compile("[A-Z]{2}")
DAY_FIRST, DAY_LAST = date(1990, 1, 1), date(2100, 12, 31)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
SHA256 = re.compile(r"[0-9a-f]{64}")
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")
TEXT_LENGTH_MAX = 2_000
EMAIL_LENGTH_MAX = 200
DOCUMENT_BYTES_MAX = 200 * 1024  # a decision with everything in it holds at most 256 KiB
AMOUNT_MAX = 10**15
EVIDENCE_MAX = 20


@dataclass(frozen=True, slots=True)
class Argument:
    """One named argument: how it parses and whether it may be left out."""

    name: str
    parse: Callable[[str, object], Canonical]
    required: bool = True


def parse_arguments(declared: Sequence[Argument], given: Mapping[str, object]) -> dict[str, Canonical]:
    """Canonical arguments; raises BadArgument for the first that is unknown, missing or malformed."""
    names = {argument.name for argument in declared}
    for name in given:
        if name not in names:
            raise BadArgument(name, "unknown")
    parsed: dict[str, Canonical] = {}
    for argument in declared:
        value = given.get(argument.name)
        if value is None or value == "":
            if argument.required:
                raise BadArgument(argument.name, "missing")
            continue
        parsed[argument.name] = argument.parse(argument.name, value)
    return parsed


def money_of(arguments: Mapping[str, Canonical], name: str) -> Money:
    """The amount of a parsed money argument."""
    value = cast("Mapping[str, Canonical]", arguments[name])
    return Money(cast(int, value["amount_minor"]), cast(str, value["currency"]))


def _ref(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not REF.fullmatch(value):
        raise BadArgument(name, "ref", str(value))
    return value


def _fund(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or len(value) > FUND_LENGTH_MAX or not FUND.fullmatch(value):
        raise BadArgument(name, "fund", str(value)[:80])
    return value


def _text(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LENGTH_MAX:
        raise BadArgument(name, "text", str(value)[:80])
    try:
        encode(value)
    except NotCanonical as error:
        raise BadArgument(name, "characters", error.why) from error
    return value


def _date(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise BadArgument(name, "date", str(value))
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise BadArgument(name, "date", value) from error
    if not DAY_FIRST <= found <= DAY_LAST:
        raise BadArgument(name, "date", value)
    return value


def _username(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not USERNAME.fullmatch(value):
        raise BadArgument(name, "username", str(value)[:80])
    return value


def _whole(name: str, value: object) -> Canonical:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= AMOUNT_MAX:
        raise BadArgument(name, "whole", str(value))
    return value


def _flag(name: str, value: object) -> Canonical:
    if not isinstance(value, bool):
        raise BadArgument(name, "flag", str(value))
    return value


def _money(name: str, value: object) -> Canonical:
    if isinstance(value, Money):
        value = {"amount_minor": value.amount_minor, "currency": value.currency}
    if not isinstance(value, Mapping) or set(value) != {"amount_minor", "currency"}:
        raise BadArgument(name, "money", str(value))
    amount, currency = value["amount_minor"], value["currency"]
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= AMOUNT_MAX:
        raise BadArgument(name, "range", str(amount))
    if not isinstance(currency, str) or currency not in EXPONENTS:
        raise BadArgument(name, "currency", str(currency)[:80])
    return {"amount_minor": amount, "currency": currency}


def _evidence(name: str, value: object) -> Canonical:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > EVIDENCE_MAX:
        raise BadArgument(name, "evidence")
    return [_document(name, row) for row in value]


def _document(name: str, row: object) -> Canonical:
    if not isinstance(row, Mapping) or set(row) != {"kind", "name", "sha256", "size_bytes", "media_type"}:
        raise BadArgument(name, "evidence", str(row)[:80])
    if not isinstance(row["sha256"], str) or not SHA256.fullmatch(row["sha256"]):
        raise BadArgument(name, "evidence", str(row["sha256"])[:80])
    return {
        "kind": _text(name, row["kind"]),
        "media_type": _text(name, row["media_type"]),
        "name": _text(name, row["name"]),
        "sha256": row["sha256"],
        "size_bytes": _whole(name, row["size_bytes"]),
    }


def _refs(name: str, value: object) -> Canonical:
    if not isinstance(value, Mapping) or not value:
        raise BadArgument(name, "refs", str(value)[:80])
    return {str(key): _ref(name, ref) for key, ref in sorted(value.items())}


def _rows(name: str, value: object) -> Canonical:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise BadArgument(name, "rows", str(value)[:80])
    if not all(isinstance(row, Mapping) for row in value):
        raise BadArgument(name, "rows", str(value)[:80])
    return [{str(key): str(inner) for key, inner in sorted(row.items())} for row in value]


def _uuid(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f-]{36}", value):
        raise BadArgument(name, "id", str(value)[:80])
    return value


def _sha256(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not SHA256.fullmatch(value):
        raise BadArgument(name, "sha256", str(value)[:80])
    return value


def _document_text(name: str, value: object) -> Canonical:
    if not isinstance(value, str) or not value.strip():
        raise BadArgument(name, "text")
    stored = as_stored(value)
    try:
        size = len(encode(stored))
    except NotCanonical as error:
        raise BadArgument(name, "characters", error.why) from error
    if size > DOCUMENT_BYTES_MAX:
        raise BadArgument(name, "long", str(size))
    return stored


def ref(name: str, *, required: bool = True) -> Argument:
    """A reference such as LT-UA-2024-T1."""
    return Argument(name, _ref, required)


def rate(name: str, *, required: bool = True) -> Argument:
    """An exchange rate as its printed digits, with a point; above zero."""

    def parse(argument: str, value: object) -> Canonical:
        try:
            return parse_rate(value if isinstance(value, str) else "", "", "").text
        except BadRate as error:
            raise BadArgument(argument, "rate", str(value)[:80]) from error

    return Argument(name, parse, required)


def currency(name: str, *, required: bool = True) -> Argument:
    """The code of a currency."""
    return choice(name, tuple(EXPONENTS), required=required)


def fund(name: str, *, required: bool = True) -> Argument:
    """The code of a fund: a tranche, a pool, an advance, or what one of these was rolled over into."""
    return Argument(name, _fund, required)


def text(name: str, *, required: bool = True, most: int = TEXT_LENGTH_MAX) -> Argument:
    """Text without control or direction-changing characters, at most so many characters."""

    def parse(argument: str, value: object) -> Canonical:
        found = _text(argument, value)
        if len(str(found)) > most:
            raise BadArgument(argument, "long", str(value)[:80])
        return found

    return Argument(name, parse, required)


def email(name: str, *, required: bool = True) -> Argument:
    """One address that mail can be sent to, and nothing around it."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, str) or len(value) > EMAIL_LENGTH_MAX or not EMAIL.fullmatch(value):
            raise BadArgument(argument, "email", str(value)[:80])
        return value

    return Argument(name, parse, required)


def username(name: str) -> Argument:
    """The name of a sign-in: small Latin letters, digits, points, hyphens and underscores."""
    return Argument(name, _username)


def title(name: str, *, required: bool = True) -> Argument:
    """A name or title, as long as its column."""
    return text(name, required=required, most=NAME_LENGTH_MAX)


def country(name: str) -> Argument:
    """An ISO 3166 code of two letters: places stop at the country."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, str) or not COUNTRY.fullmatch(value):
            raise BadArgument(argument, "choice", str(value)[:80])
        return value

    return Argument(name, parse)


def web_address(name: str, *, required: bool = True) -> Argument:
    """An address of the web, http or https and nothing else."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, str) or not ADDRESS.fullmatch(value):
            raise BadArgument(argument, "address", str(value)[:80])
        return value

    return Argument(name, parse, required)


def day(name: str, *, required: bool = True) -> Argument:
    """A calendar date as YYYY-MM-DD."""
    return Argument(name, _date, required)


def whole(name: str, *, required: bool = True, least: int = 0, most: int = AMOUNT_MAX) -> Argument:
    """A whole number within its bounds, both included."""

    def parse(argument: str, value: object) -> Canonical:
        found = _whole(argument, value)
        if not least <= cast(int, found) <= most:
            raise BadArgument(argument, "bounds", str(value))
        return found

    return Argument(name, parse, required)


def flag(name: str, *, required: bool = True) -> Argument:
    return Argument(name, _flag, required)


def money(name: str, *, required: bool = True) -> Argument:
    """{"amount_minor": int, "currency": code}: 1 to 10^15 minor units."""
    return Argument(name, _money, required)


def evidence(*, required: bool = False) -> Argument:
    """Documents whose bytes are already in the evidence store."""
    return Argument("evidence", _evidence, required)


def ref_list(name: str, most: int) -> Argument:
    """References, at least one and at most so many, in their order and none twice."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise BadArgument(argument, "list", str(value)[:80])
        if not value:
            raise BadArgument(argument, "missing")
        found = {cast(str, _ref(argument, one)) for one in value}
        if len(found) != len(value):
            raise BadArgument(argument, "twice", str(len(value) - len(found)))
        if len(found) > most:
            raise BadArgument(argument, "most", str(most))
        return list[Canonical](sorted(found))

    return Argument(name, parse)


def refs(name: str) -> Argument:
    """A mapping of names to references."""
    return Argument(name, _refs)


def rows(name: str) -> Argument:
    """A list of mappings, checked by the action."""
    return Argument(name, _rows)


def identifier(name: str, *, required: bool = True) -> Argument:
    """The id of a stored object that has no reference, such as a bank line."""
    return Argument(name, _uuid, required)


def digest(name: str) -> Argument:
    return Argument(name, _sha256)


def encoded(name: str, most: int) -> Argument:
    """Bytes as unpadded base64url, at most so many characters."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, str) or len(value) > most or not BASE64URL.fullmatch(value):
            raise BadArgument(argument, "form", str(value)[:80])
        return value

    return Argument(name, parse)


def long_text(name: str) -> Argument:
    """A whole document as text, in the form in which it is stored, at most 200 KiB."""
    return Argument(name, _document_text)


def words(name: str, allowed: Sequence[str]) -> Argument:
    """Some of the listed words, at least one, in their order and none twice."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise BadArgument(argument, "choice", str(value)[:80])
        if len(set(value)) != len(value) or not set(value) <= set(allowed):
            raise BadArgument(argument, "choice", str(value)[:80])
        return [word for word in allowed if word in value]

    return Argument(name, parse)


def choice(name: str, allowed: Sequence[str], *, required: bool = True) -> Argument:
    """One of the listed words."""

    def parse(argument: str, value: object) -> Canonical:
        if not isinstance(value, str) or value not in allowed:
            raise BadArgument(argument, "choice", str(value)[:80])
        return value

    return Argument(name, parse, required)
