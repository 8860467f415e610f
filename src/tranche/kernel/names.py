"""Names that pass for another: letters of two scripts in one word, and letters that only look the same.

Nothing is ever changed in a name; it is only said what is odd about it. The pairs are those letters of
Cyrillic, Greek and Latin that share a shape in common typefaces, after Unicode UTS 39.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_CYRILLIC = dict(zip("АВЕЅІЇЈКМНОРСТУХаеѕіїјкмоорсухԁһԛԝ", "ABESIIJKMHOPCTYXaesiijkmoopcyxdhqw", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανικρυ", "ABEZHIKMNOPTYXoavikpu", strict=True))
_STROKES = {"1": "l", "I": "l", "|": "l", "0": "o", "O": "o", "ı": "i", "Ӏ": "l", "Ь": "b", "З": "3"}
LOOKS: dict[str, str] = _CYRILLIC | _GREEK | _STROKES
"""A letter and the Latin one that it is taken for."""

SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC")


class Named(NamedTuple):
    """A name that is in use, and whose it is."""

    owner: str
    name: str


def scripts(word: str) -> frozenset[str]:
    """The scripts whose letters stand in a word."""
    found = (unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha())
    return frozenset(script for script in found if script in SCRIPTS)


def mixes_scripts(name: str) -> bool:
    """Whether one word has letters of two scripts; a name of words in two scripts is nothing odd."""
    words = "".join(letter if letter.isalpha() else " " for letter in name).split()
    return any(len(scripts(word)) > 1 for word in words)


def skeleton(name: str) -> str:
    """What a hasty reader sees: every letter as the Latin one of its shape, in one case, without blanks."""
    compatible = unicodedata.normalize("NFKC", name)
    looked = "".join(LOOKS.get(letter, letter) for letter in compatible)
    seen = "".join(LOOKS.get(letter, letter) for letter in looked)
    return "".join(seen.casefold().split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same letters, whatever their case and blanks."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).casefold().split())


def looks_like(name: str, owner: str, others: Iterable[Named]) -> tuple[str, ...]:
    """Whose names this one can be taken for: another's, or the owner's own in other letters."""
    seen = skeleton(name)
    found = {
        other.owner
        for other in others
        if skeleton(other.name) == seen and (other.owner != owner or not same_name(other.name, name))
    }
    return tuple(sorted(found))
