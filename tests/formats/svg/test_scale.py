"""Shares lose nothing, lengths are in proportion, days stay on the axis."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tranche.formats.svg.scale import TICKS_MAX, DayScale, largest_remainder, proportion


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=50), st.integers(0, 10**5))
def test_parts_add_up_and_are_within_one_of_their_share(weights: list[int], total: int) -> None:
    parts = largest_remainder(weights, total)

    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    assert all(
        abs(part * whole - weight * total) < whole
        for part, weight in zip(parts, weights, strict=True)
        if whole
    )


def test_tie_goes_to_the_earlier_part() -> None:
    assert largest_remainder([1, 1, 1], 10) == (4, 3, 3)


def test_proportion_rounds_half_up_and_nothing_of_nothing_is_nothing() -> None:
    assert [proportion(amount, 4, 10) for amount in range(5)] == [0, 3, 5, 8, 10]
    assert proportion(0, 0, 10) == 0


DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(DAYS, st.integers(0, 20_000), DAYS, DAYS)
def test_days_are_placed_in_order_inside_the_axis(first: date, length: int, one: date, other: date) -> None:
    scale = DayScale(first, first + timedelta(days=length), 100, 900)

    places = [scale.place(day) for day in sorted((one, other))]

    assert 100 <= places[0] <= places[1] <= 900


@given(DAYS, st.integers(0, 20_000))
def test_month_names_have_room(first: date, length: int) -> None:
    scale = DayScale(first, first + timedelta(days=length), 0, 1000)

    months = scale.months()

    assert len(months) <= TICKS_MAX
    assert all(scale.first <= month <= scale.last and month.day == 1 for month in months)


def test_each_month_of_half_a_year_is_named() -> None:
    scale = DayScale(date(2024, 11, 10), date(2025, 4, 2), 0, 1000)

    assert [month.month for month in scale.months()] == [12, 1, 2, 3, 4]
