"""Working days: the golden dates of the shipped calendars, and a day-by-day oracle."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.calendar import WEEKEND, add_working_days, working_days


def closed(country: str) -> frozenset[date]:
    text = resources.files("tranche.conf").joinpath("calendars.toml").read_text(encoding="utf-8")
    return frozenset(date.fromisoformat(day) for day in tomllib.loads(text)[country]["closed"])


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2024, 12, 20), 5, date(2025, 1, 2)),
        (date(2024, 12, 20), 10, date(2025, 1, 9)),
        (date(2024, 11, 25), 30, date(2025, 1, 10)),
    ],
)
def test_lithuanian_golden_dates(start: date, days: int, due: date) -> None:
    assert add_working_days(start, days, closed("LT")) == due


def test_working_days_of_the_lithuanian_autumn() -> None:
    assert working_days(date(2024, 11, 23), date(2024, 12, 29), closed("LT")) == 22


def test_ukraine_has_no_days_off_since_martial_law() -> None:
    assert not [day for day in closed("UA") if day > date(2022, 3, 15)]


def test_no_working_day_at_all_is_an_error_not_a_hang() -> None:
    with pytest.raises(ValueError, match="ten years"):
        add_working_days(date(2025, 1, 1), 1, frozenset(), frozenset(range(7)))


DAYS = st.dates(date(2023, 1, 1), date(2030, 1, 1))


@given(start=DAYS, count=st.integers(0, 60), shut=st.frozensets(DAYS, max_size=30))
def test_adding_and_counting_agree_with_a_day_by_day_oracle(
    start: date, count: int, shut: frozenset[date]
) -> None:
    due = add_working_days(start, count, shut)

    day, left = start, count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() not in WEEKEND and day not in shut
    assert due == day
    assert working_days(start, due, shut) == count
