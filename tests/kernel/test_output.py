"""Output of a joint project: whole units, each partner within one of exact, no earlier lot changed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.output import PARTNERS_MAX, WEIGHT_MAX, BadWeights, split_output

WEIGHTS = st.lists(st.integers(1, 60) | st.integers(1, WEIGHT_MAX), min_size=1, max_size=PARTNERS_MAX)
LOTS = st.lists(st.integers(0, 7) | st.integers(0, 2**31 - 1), max_size=40)


def deliver(weights: list[int], lots: list[int]) -> list[tuple[int, ...]]:
    """The split of every lot, each from what the earlier ones gave."""
    given_so_far, splits = [0] * len(weights), []
    for quantity in lots:
        split = split_output(weights, given_so_far, quantity)
        splits.append(split)
        given_so_far = [had + now for had, now in zip(given_so_far, split, strict=True)]
    return splits


@given(WEIGHTS, LOTS)
def test_every_unit_goes_to_somebody_and_none_is_taken_back(weights: list[int], lots: list[int]) -> None:
    for quantity, split in zip(lots, deliver(weights, lots), strict=True):
        assert sum(split) == quantity
        assert min(split) >= 0


@given(WEIGHTS, LOTS)
def test_each_partner_is_within_one_unit_of_exact_after_every_lot(
    weights: list[int], lots: list[int]
) -> None:
    total, delivered = sum(weights), 0
    given_so_far = [0] * len(weights)
    for quantity, split in zip(lots, deliver(weights, lots), strict=True):
        delivered += quantity
        given_so_far = [had + now for had, now in zip(given_so_far, split, strict=True)]
        for weight, units in zip(weights, given_so_far, strict=True):
            assert abs(Fraction(delivered * weight, total) - units) < 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_lots_of_one_unit_never_get_stuck_over_two_whole_rounds(weights: list[int]) -> None:
    rounds = 2 * sum(weights)

    splits = deliver(weights, [1] * rounds)

    assert [sum(units) for units in zip(*splits, strict=True)] == [2 * weight for weight in weights]


@given(WEIGHTS, LOTS, LOTS)
def test_later_lots_change_no_earlier_one(weights: list[int], first: list[int], more: list[int]) -> None:
    assert deliver(weights, first + more)[: len(first)] == deliver(weights, first)


@given(WEIGHTS, st.integers(2, 9), LOTS)
def test_only_the_proportion_of_the_weights_counts(weights: list[int], factor: int, lots: list[int]) -> None:
    larger = [weight * factor for weight in weights]

    if max(larger) <= WEIGHT_MAX:
        assert deliver(larger, lots) == deliver(weights, lots)


def test_sixty_forty_in_lots_of_one_and_of_many() -> None:
    assert deliver([60, 40], [1, 1, 1, 1, 1]) == [(1, 0), (0, 1), (1, 0), (1, 0), (0, 1)]
    assert deliver([60, 40], [10, 1, 4]) == [(6, 4), (1, 0), (2, 2)]


def test_thresholds_would_have_taken_a_unit_back_here() -> None:
    splits = deliver([3, 1, 6], [1] * 10)

    assert min(min(split) for split in splits) == 0
    assert [sum(units) for units in zip(*splits, strict=True)] == [3, 1, 6]


@pytest.mark.parametrize(
    ("weights", "before", "quantity"),
    [
        ([], [], 1),
        ([1, 0], [0, 0], 1),
        ([1, -1], [0, 0], 1),
        ([1, WEIGHT_MAX + 1], [0, 0], 1),
        ([1] * (PARTNERS_MAX + 1), [0] * (PARTNERS_MAX + 1), 1),
        ([1, 1], [0], 1),
        ([1, 1], [0, 0], -1),
        ([1, 1], [-1, 1], 1),
        ([1, 1], [5, 0], 0),
        ([1, 1, 1, 1], [4, 0, 0, 0], 1),
        ([97, 1, 1, 1], [0, 1, 1, 1], 0),
    ],
)
def test_what_no_series_of_lots_leads_to_is_refused(
    weights: list[int], before: list[int], quantity: int
) -> None:
    with pytest.raises(BadWeights):
        split_output(weights, before, quantity)
