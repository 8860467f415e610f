"""Countries, currencies, persons and programmes that texts name, built from CLDR and our own tables."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import cast

from babel import Locale

from tranche.formats.announcements.spelling import consonant_key
from tranche.formats.announcements.tokens import tokenise

Table = Mapping[str, object]


class NameCollision(ValueError):
    """Two countries claim one name; the tables must be corrected before anything is read."""

    def __init__(self, name: str, codes: tuple[str, str]) -> None:
        super().__init__(f"The name {name!r} stands for both {codes[0]} and {codes[1]}.")
        self.name = name


class NameForm(StrEnum):
    NAME = "name"
    ADJECTIVE = "adjective"
    PEOPLE = "people"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True)
class PlaceName:
    words: tuple[str, ...]
    code: str
    form: NameForm


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    country: str
    office: str

    @property
    def given(self) -> str:
        return self.name.split()[0]

    @property
    def surname(self) -> str:
        return self.name.split()[-1]


@dataclass(frozen=True, slots=True)
class SharedCurrency:
    """A word such as "dollar" that several countries use."""

    words: frozenset[str]
    default: str | None
    countries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    sha256: str
    places: Mapping[str, tuple[PlaceName, ...]]
    recipients: frozenset[str]
    persons: Mapping[str, tuple[Person, ...]]
    projects: Mapping[str, str]
    currency_words: Mapping[str, str]
    shared: tuple[SharedCurrency, ...]
    codes: frozenset[str]


def load_gazetteer() -> Gazetteer:
    folder = files(__package__).joinpath("gazetteer")
    texts = {
        name: folder.joinpath(f"{name}.toml").read_text("utf-8")
        for name in ("currencies", "persons", "places")
    }
    locale = Locale("en")
    currencies = tomllib.loads(texts["currencies"])
    people = tomllib.loads(texts["persons"])
    places = tomllib.loads(texts["places"])
    names = place_names(places, locale)
    words = _currency_words(cast("Mapping[str, list[str]]", currencies["words"]), locale)
    shared = tuple(_shared(row) for row in currencies["shared"].values())
    known = "\n".join([*texts.values(), repr(sorted(map(repr, names))), repr(sorted(words.items()))])
    return Gazetteer(
        sha256=hashlib.sha256(known.encode()).hexdigest(),
        places=_by_first_word(names),
        recipients=frozenset(code for code, row in places.items() if row.get("recipient")),
        persons=_by_key(Person(**row) for row in people["person"]),
        projects={consonant_key(row["name"]): row["name"] for row in people["project"]},
        currency_words=words,
        shared=shared,
        codes=frozenset(currencies["words"]),
    )


def place_names(table: Mapping[str, Mapping[str, list[str]]], locale: Locale) -> tuple[PlaceName, ...]:
    """Every printed form of every country; refuses two countries under one name."""
    owner: dict[tuple[str, ...], PlaceName] = {}
    for code, row in table.items():
        names = [*row.get("names", []), *([locale.territories[code]] if code in locale.territories else [])]
        forms = (
            (NameForm.NAME, names),
            (NameForm.ADJECTIVE, row.get("adjectives", [])),
            (NameForm.PEOPLE, row.get("people", [])),
            (NameForm.CAPITAL, row.get("capitals", [])),
        )
        for form, printed in forms:
            for name in printed:
                place = PlaceName(tuple(token.text for token in tokenise(name, 0)), code, form)
                held = owner.setdefault(place.words, place)
                if held.code != code:
                    raise NameCollision(name, (held.code, code))
    return tuple(owner.values())


def _by_first_word(names: Iterable[PlaceName]) -> dict[str, tuple[PlaceName, ...]]:
    """Longest first, so that the whole name is found before a part of it."""
    found: dict[str, list[PlaceName]] = {}
    for place in names:
        found.setdefault(place.words[0], []).append(place)
    return {word: tuple(sorted(row, key=lambda place: -len(place.words))) for word, row in found.items()}


def _by_key(persons: Iterable[Person]) -> dict[str, tuple[Person, ...]]:
    found: dict[str, tuple[Person, ...]] = {}
    for person in persons:
        key = consonant_key(person.surname)
        found[key] = (*found.get(key, ()), person)
    return found


def _currency_words(table: Mapping[str, list[str]], locale: Locale) -> dict[str, str]:
    words: dict[str, str] = {}
    for code, own in table.items():
        plurals = cast("Mapping[str, str]", locale._data["currency_names_plural"][code])
        symbol = locale.currency_symbols.get(code, code)
        for word in (*own, locale.currencies[code], *plurals.values(), symbol, code):
            if word != "$":
                words[word.lower()] = code
    return words


def _shared(row: Table) -> SharedCurrency:
    default = row.get("default")
    return SharedCurrency(
        words=frozenset(cast("list[str]", row["words"])),
        default=str(default) if default is not None else None,
        countries=cast("Mapping[str, str]", row["countries"]),
    )
