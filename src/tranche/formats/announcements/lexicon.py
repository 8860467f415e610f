"""The words of one language: our own lists joined with what CLDR knows, in one hashed record."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import cast

from babel import Locale

from tranche.formats.announcements.records import LanguageNotRead

LANGUAGES = ("en",)
Table = Mapping[str, object]


class Shape(StrEnum):
    """The order of a verb's forms in the lexicon."""

    BASE = "base"
    THIRD = "third"
    PAST = "past"
    PARTICIPLE = "participle"
    GERUND = "gerund"


@dataclass(frozen=True, slots=True)
class VerbForm:
    sense: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`sets` and `patterns` are named by their place in the file, as in `money.slices`."""

    language: str
    sha256: str
    verbs: Mapping[str, tuple[VerbForm, ...]]
    sets: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]
    numbers: Mapping[str, Mapping[str, int]]
    decimal_mark: str
    group_mark: str

    def has(self, name: str, word: str) -> bool:
        return word in self.sets[name]

    def senses(self, word: str) -> frozenset[str]:
        return frozenset(form.sense for form in self.verbs.get(word, ()))

    def shapes(self, word: str) -> frozenset[Shape]:
        return frozenset(form.shape for form in self.verbs.get(word, ()))


def load_lexicon(language: str) -> Lexicon:
    if language not in LANGUAGES:
        raise LanguageNotRead(language)
    data = files(__package__).joinpath("lexicon").joinpath(f"{language}.toml").read_bytes()
    table = tomllib.loads(data.decode("utf-8"))
    lists = {name: value for name, value in _flat(table, "") if not name.startswith(("verbs.", "endings."))}
    numbers = _numbers(table, Locale(language))
    marks = Locale(language).number_symbols["latn"]
    verbs = _verbs(table)
    known = [data.decode("utf-8"), numbers, str(marks["decimal"]), str(marks["group"])]
    return Lexicon(
        language=language,
        sha256=hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest(),
        verbs=verbs,
        sets={name: frozenset(words) for name, words in lists.items()},
        patterns={name: phrase_pattern(words) for name, words in lists.items()},
        numbers=numbers,
        decimal_mark=str(marks["decimal"]),
        group_mark=str(marks["group"]),
    )


def phrase_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, longest first, not inside another word, in any case."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    joined = "|".join(re.escape(word) for word in longest_first)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


def _flat(table: Table, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and all(isinstance(word, str) for word in value):
            yield f"{prefix}{name}", tuple(value)


def _numbers(table: Table, locale: Locale) -> dict[str, dict[str, int]]:
    """Scales, ordinals and the calendar; CLDR's names are added to ours."""
    money = cast("Mapping[str, Mapping[str, int]]", table["money"])
    scales = dict(money["scales"])
    for power, pattern in locale.compact_decimal_formats["long"]["other"].items():
        word = str(pattern.pattern).replace("0", "").strip().lower()
        scales.setdefault(word, len(power) - str(pattern.pattern).count("0"))
    months = _names(locale.months["format"])
    days = {name: number + 1 for name, number in _names(locale.days["format"]).items()}
    ordinals = dict(cast("Mapping[str, int]", table["ordinals"]))
    return {"scales": scales, "months": months, "weekdays": days, "ordinals": ordinals}


def _names(widths: Mapping[str, Mapping[int, str]]) -> dict[str, int]:
    return {
        name.lower(): number
        for width in ("abbreviated", "wide")
        for number, name in sorted(widths[width].items())
    }


def _verbs(table: Table) -> dict[str, tuple[VerbForm, ...]]:
    endings = cast("Mapping[str, list[str]]", table["endings"])
    found: dict[str, list[VerbForm]] = {}
    for sense, classes in cast("Mapping[str, Mapping[str, list[str]]]", table["verbs"]).items():
        for row in _rows(classes, endings):
            for shape, form in zip(Shape, row, strict=True):
                found.setdefault(form, []).append(VerbForm(sense, shape))
    return {form: tuple(forms) for form, forms in found.items()}


def _rows(classes: Mapping[str, list[str]], endings: Mapping[str, list[str]]) -> Iterator[list[str]]:
    for name, stems in classes.items():
        if name == "forms":
            yield from cast("list[list[str]]", stems)
        else:
            yield from ([stem + ending for ending in endings[name]] for stem in stems)
