"""The words that are read with: loaded from the package, hashed, and refused where they collide."""

from __future__ import annotations

import pytest
from babel import Locale
from tests.formats.announcements.texts import GAZ, LEX

from tranche.formats.announcements import LanguageNotRead, load_gazetteer, load_lexicon
from tranche.formats.announcements.gazetteer import NameCollision, place_names
from tranche.formats.announcements.lexicon import Shape
from tranche.kernel.money import EXPONENTS


def test_loading_twice_gives_the_same_hash() -> None:
    assert load_lexicon("en").sha256 == LEX.sha256
    assert load_gazetteer().sha256 == GAZ.sha256


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(LanguageNotRead):
        load_lexicon("fi")


def test_scales_join_our_words_with_those_of_cldr() -> None:
    assert LEX.numbers["scales"]["bn"] == 9
    assert LEX.numbers["scales"]["trillion"] == 12


def test_verb_forms_know_their_sense_and_shape() -> None:
    assert LEX.senses("transferred") == {"sent"}
    assert Shape.GERUND in LEX.shapes("finalising")
    assert LEX.senses("table") == frozenset()


def test_every_currency_read_has_an_exponent() -> None:
    assert set(GAZ.currency_words.values()) <= set(EXPONENTS)


def test_two_countries_under_one_name_are_refused() -> None:
    table = {"DK": {"adjectives": ["Nordic"]}, "SE": {"adjectives": ["Nordic"]}}

    with pytest.raises(NameCollision) as refusal:
        place_names(table, Locale("en"))

    assert refusal.value.name == "Nordic"
