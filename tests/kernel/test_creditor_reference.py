"""ISO 11649: the published example, our own references, and every single wrong character found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.creditor_reference import creditor_reference, is_creditor_reference

BODIES = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21)


def test_the_published_example_holds() -> None:
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert is_creditor_reference("RF18539007547034")


def test_a_tranche_has_its_reference_without_hyphens() -> None:
    assert creditor_reference("LT-UA-2024-T1") == "RF09LTUA2024T1"


@pytest.mark.parametrize("ref", ["", "-", "A" * 22, "lt", "Ä1", "A/1"])
def test_what_does_not_fit_has_none(ref: str) -> None:
    assert creditor_reference(ref) is None


@pytest.mark.parametrize(
    "text", ["", "RF", "RF18", "RFXX539", "XX18539007547034", "RF18539007547035", "rf18539007547034"]
)
def test_what_is_no_reference_is_told(text: str) -> None:
    assert not is_creditor_reference(text)


@given(BODIES)
def test_every_reference_made_holds(body: str) -> None:
    made = creditor_reference(body)

    assert made is not None
    assert is_creditor_reference(made)


@given(BODIES, st.data())
def test_one_wrong_digit_is_found(body: str, data: st.DataObject) -> None:
    made = creditor_reference(body)
    assert made is not None
    place = data.draw(st.integers(4, len(made) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != made[place]))

    changed = made[:place] + other + made[place + 1 :]

    assert not is_creditor_reference(changed) or not made[place].isdigit()
