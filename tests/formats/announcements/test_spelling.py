"""Names in several spellings meet under one key, and different names do not."""

from __future__ import annotations

import pytest

from tranche.formats.announcements.spelling import consonant_key, edit_distance, fold, spelled_alike


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Umerov", "Umyerov", "Умєров"), "mrv"),
        (("Kaščiūnas", "Kaschyunas", "Kasciunas", "Кащюнас"), "ksns"),
        (("Anušauskas", "Anusauskas"), "nssks"),
        (("Palianytsia", "Palyanytsia", "Паляниця"), "plnts"),
    ],
)
def test_spellings_of_one_name_share_a_key(names: tuple[str, ...], key: str) -> None:
    assert {consonant_key(name) for name in names} == {key}
    assert all(spelled_alike(one, other) for one in names for other in names)


@pytest.mark.parametrize(("one", "other"), [("Kaščiūnas", "Anušauskas"), ("Umerov", "Ivanov")])
def test_other_names_are_not_alike(one: str, other: str) -> None:
    assert not spelled_alike(one, other)


def test_one_key_is_not_enough_when_the_spellings_lie_far_apart() -> None:
    assert consonant_key("Maria") == consonant_key("Oumeraeia")
    assert not spelled_alike("Maria", "Oumeraeia")


def test_distance_counts_letters_put_in_left_out_and_changed() -> None:
    assert edit_distance("umerov", "umyerov") == 1
    assert edit_distance("", "abc") == 3
    assert edit_distance("abc", "axc") == 1


def test_folding_leaves_plain_letters_only() -> None:
    assert fold("Kaščiūnas-2") == "kasiunas"
