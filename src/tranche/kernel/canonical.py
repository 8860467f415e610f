"""Canonical JSON: a profile of RFC 8785 in which every value has exactly one form.

ASCII keys in order, whole numbers within 2^53 - 1, no floats, depth at most 8, NFC text without private,
invisible or direction-changing characters and without controls other than line feed and tab.
"""

from __future__ import annotations

import binascii
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import TypeAlias

Canonical: TypeAlias = "bool | int | str | Sequence[Canonical] | Mapping[str, Canonical] | None"

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 8
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=dict
)
_REFUSED_CATEGORIES = {
    "Cc": "control character",
    "Cf": "invisible character",  # zero-width, direction-changing, soft hyphen, tags
    "Co": "private character",
    "Cs": "half of a character",
}
_ALLOWED = frozenset("\n\t")


class NotCanonical(ValueError):
    """A value that has no canonical form; `path` says where, `why` says what."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path or 'value'}: {why}")
        self.path, self.why = path, why


def encode(value: Canonical, depth_max: int = DEPTH_MAX) -> bytes:
    """The one form of a value as UTF-8; raises NotCanonical."""
    if type(value) is str:
        _check_text(value, "")
        return encode_basestring(value).encode()
    plain = _is_plain(value, depth_max)
    if not plain:
        _check(value, "", depth_max)
    text = _ENCODER.encode(value)
    if plain and not (text.isascii() and text.isprintable() and "\\" not in text):
        _check(value, "", depth_max)
    return text.encode()


def decode(data: bytes) -> Canonical:
    """The value of canonical bytes; refuses what `encode` would not have written, byte for byte."""
    value = parsed(data)
    if encode(value) != data:
        raise NotCanonical("", "another form of the same value")
    return value


def parsed(data: bytes) -> Canonical:
    """The value of JSON in any form, for who compares the form by parts; raises NotCanonical."""
    try:
        value: Canonical = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise NotCanonical("", "no JSON") from error
    return value


def _is_plain(value: object, depth: int) -> bool:
    """Tell quickly that a container holds built-in types and numbers in range; false means only: look closer.

    What the texts hold is seen faster in what is written: printable ASCII without an escape needs no look.
    """
    inner: Iterable[object]
    if type(value) is dict:
        for key in value:
            if type(key) is not str:
                return False
        inner = value.values()
    elif type(value) is list or type(value) is tuple:
        inner = value
    else:
        return False
    for each in inner:
        kind = type(each)
        if kind is str or each is None or kind is bool:
            continue
        if kind is int:
            if not -INTEGER_MAX <= each <= INTEGER_MAX:
                return False
        elif depth <= 1 or not _is_plain(each, depth - 1):
            return False
    return depth > 0


def _check(value: object, path: str, depth: int) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > INTEGER_MAX:
                raise NotCanonical(path, "number out of range")
        case str():
            _check_text(value, path)
        case Mapping() | list() | tuple() if depth == 0:
            raise NotCanonical(path, "too deep")
        case Mapping():
            for key, inner in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise NotCanonical(path, "key that is not ASCII text")
                _check_text(key, path)
                _check(inner, f"{path}.{key}", depth - 1)
        case list() | tuple():
            for n, inner in enumerate(value):
                _check(inner, f"{path}[{n}]", depth - 1)
        case _:
            raise NotCanonical(path, f"{type(value).__name__} has no canonical form")


def _check_text(text: str, path: str) -> None:
    if text.isascii() and text.isprintable():
        return
    for letter in text:
        why = _REFUSED_CATEGORIES.get(unicodedata.category(letter))
        if why is not None and letter not in _ALLOWED:
            raise NotCanonical(path, why)
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical(path, "text that is not NFC")


def from_base64(text: str) -> bytes:
    """The bytes of standard padded base64 in its one form; raises ValueError (Python takes other forms)."""
    raw = binascii.a2b_base64(text, strict_mode=True)
    if binascii.b2a_base64(raw, newline=False).decode() != text:
        raise ValueError("not the one base64 form")
    return raw
