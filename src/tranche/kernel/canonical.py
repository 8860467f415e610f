"""Canonical JSON: a profile of RFC 8785 in which every value has exactly one form.

ASCII keys in order, whole numbers within 2^53 - 1, NFC text without control, direction-changing or
zero-width characters, no floats, depth at most 8.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Canonical: TypeAlias = "None | bool | int | str | Sequence[Canonical] | Mapping[str, Canonical]"

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 8
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Co"})
_REFUSED = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_ALLOWED = frozenset("\n\t")


class NotCanonical(ValueError):
    """A value that has no canonical form; `path` says where, `why` says what."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path or 'value'}: {why}")
        self.path, self.why = path, why


def encode(value: Canonical) -> bytes:
    """The one form of a value as UTF-8; raises NotCanonical."""
    _check(value, "", DEPTH_MAX)
    return _ENCODER.encode(value).encode()


def decode(data: bytes) -> Canonical:
    """The value of canonical bytes; refuses what `encode` would not have written, byte for byte."""
    try:
        value: Canonical = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise NotCanonical("", "no JSON") from error
    if encode(value) != data:
        raise NotCanonical("", "another form of the same value")
    return value


def _check(value: Canonical, path: str, depth: int) -> None:
    if depth < 0:
        raise NotCanonical(path, "too deep")
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > INTEGER_MAX:
                raise NotCanonical(path, "number out of range")
        case str():
            _check_text(value, path)
        case Mapping():
            for key, inner in value.items():
                if not key.isascii():
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
        if letter in _REFUSED:
            raise NotCanonical(path, "invisible character")
        if letter not in _ALLOWED and unicodedata.category(letter) in _REFUSED_CATEGORIES:
            raise NotCanonical(path, "control character")
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical(path, "text that is not NFC")
