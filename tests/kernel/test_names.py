"""Names that pass for another are noticed, and never changed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.names import LOOKS, Named, looks_like, mixes_scripts, same_name, scripts, skeleton

LETTERS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ "), max_size=30)
TWINS = {latin: letter for letter, latin in LOOKS.items() if scripts(letter) == {"CYRILLIC"}}


@pytest.mark.parametrize(
    ("name", "mixed"),
    [
        ("Manufacturer 01", False),
        ("Виробник 01", False),
        ("ТОВ Alfa", False),
        ("M\u0430nufacturer", True),
        ("Вироб\u006eик", True),
        ("Ō\u03bfmega", True),
        ("UAB „Žalgiris“", False),
        ("", False),
    ],
)
def test_two_scripts_in_one_word_are_noticed(name: str, mixed: bool) -> None:
    assert mixes_scripts(name) is mixed


@given(LETTERS)
def test_letters_of_another_script_leave_the_skeleton_as_it_was(name: str) -> None:
    swapped = "".join(TWINS.get(letter, letter) for letter in name)

    assert skeleton(swapped) == skeleton(name)


@given(st.text(max_size=40))
def test_a_skeleton_is_its_own_skeleton_for_decomposed_text_too(name: str) -> None:
    assert skeleton(unicodedata.normalize("NFD", name)) == skeleton(unicodedata.normalize("NFC", name))


@given(LETTERS)
def test_the_same_name_of_the_same_owner_is_nothing_odd(name: str) -> None:
    assert looks_like(name, "MFR-1", [Named("MFR-1", name)]) == ()


def test_another_owner_of_the_same_name_is_named() -> None:
    assert looks_like("Maker One", "MFR-2", [Named("MFR-1", "Maker One")]) == ("MFR-1",)


def test_own_name_in_other_letters_is_named() -> None:
    assert looks_like("M\u0430ker One", "MFR-1", [Named("MFR-1", "Maker One")]) == ("MFR-1",)


def test_case_and_blanks_of_the_own_name_are_nothing_odd() -> None:
    assert looks_like("MAKER  ONE", "MFR-1", [Named("MFR-1", "Maker One")]) == ()
    assert same_name("MAKER  ONE", "Maker One")


def test_digits_that_stand_for_letters_are_seen_through() -> None:
    assert skeleton("PAYPA1 0NE") == skeleton("PAYPAL ONE")


def test_names_that_differ_are_left_alone() -> None:
    assert looks_like("Maker Two", "MFR-2", [Named("MFR-1", "Maker One")]) == ()
