"""Working days: the golden dates of the shipped calendars, and a day-by-day oracle."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.formats.calendars import calendar_terms, closed_days
from tranche.kernel.calendar import WEEKEND, add_working_days, due_day, local_day, opened_at, working_days
from tranche.kernel.holds import days_held


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


@pytest.mark.parametrize("calendar", [*calendar_terms(), "LT+UA", "DK:optional+UA", "SE:de_facto+IS"])
@given(
    start=st.dates(date(2022, 1, 1), date(2035, 3, 1)),
    count=st.integers(1, 60),
    holds=st.lists(st.tuples(st.integers(-20, 60), st.integers(0, 15)), max_size=3),
)
def test_due_dates_of_every_shipped_calendar_agree_with_a_day_by_day_oracle(
    calendar: str, start: date, count: int, holds: list[tuple[int, int]]
) -> None:
    closed_there = closed_days(calendar)
    spans = [
        (start + timedelta(days=first), start + timedelta(days=first + length)) for first, length in holds
    ]

    day, left = start, count
    while left:
        day += timedelta(days=1)
        is_held = any(placed <= day < lifted for placed, lifted in spans)
        left -= day.weekday() < 5 and day not in closed_there and not is_held
    assert due_day(start, count, closed_there, days_held(spans)) == day


def test_further_category_closes_more_days_than_the_public_one() -> None:
    assert date(2025, 6, 5) in closed_days("DK:optional") - closed_days("DK")
    assert date(2028, 6, 5) in closed_days("DK")  # Whit Monday falls on Constitution Day
    assert {date(2025, 6, 20), date(2025, 12, 24), date(2025, 12, 31)} <= closed_days("SE:de_facto")
    assert not {date(2025, 6, 20), date(2025, 12, 24), date(2025, 12, 31)} & closed_days("SE")


def test_closure_counts_where_its_country_is_in_the_calendar() -> None:
    strike = ("LT", date(2025, 3, 3))

    assert date(2025, 3, 3) in closed_days("LT+UA", [strike])
    assert date(2025, 3, 3) not in closed_days("DK", [strike])


def test_working_days_under_a_hold_move_the_due_date() -> None:
    week = days_held([(date(2024, 12, 23), date(2025, 1, 4))])

    assert due_day(date(2024, 12, 20), 5, closed("LT"), week) == date(2025, 1, 10)


@pytest.mark.parametrize(
    ("instant", "country", "day"),
    [
        (datetime(2025, 1, 31, 22, 30, tzinfo=UTC), "LT", date(2025, 2, 1)),
        (datetime(2025, 1, 31, 22, 30, tzinfo=UTC), "DK", date(2025, 1, 31)),
        (datetime(2025, 1, 31, 22, 30, tzinfo=UTC), "XX", date(2025, 1, 31)),
        (datetime(2024, 2, 29, 22, 30, tzinfo=UTC), "UA", date(2024, 3, 1)),
        (datetime(2025, 3, 29, 22, 30, tzinfo=UTC), "DK", date(2025, 3, 29)),  # the night before summer time
        (datetime(2025, 3, 30, 22, 30, tzinfo=UTC), "DK", date(2025, 3, 31)),
        (datetime(2025, 10, 25, 21, 30, tzinfo=UTC), "LT", date(2025, 10, 26)),  # the night it ends
        (datetime(2025, 10, 26, 21, 30, tzinfo=UTC), "LT", date(2025, 10, 26)),
    ],
)
def test_day_is_that_of_the_owner(instant: datetime, country: str, day: date) -> None:
    assert local_day(instant, country) == day


def test_join_holds_at_the_last_of_all_or_at_the_first_of_any_and_never_before_it_was_defined() -> None:
    at = {key: datetime(2025, 1, day, tzinfo=UTC) for key, day in (("a", 5), ("b", 8))}
    begun, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 20, tzinfo=UTC)

    assert opened_at(begun, (), at, one_is_enough=False) == begun
    assert opened_at(begun, ("a", "b"), at, one_is_enough=False) == at["b"]
    assert opened_at(begun, ("a", "b"), at, one_is_enough=True) == at["a"]
    assert opened_at(late, ("a", "b"), at, one_is_enough=True) == late
    assert opened_at(begun, ("a", "c"), at, one_is_enough=False) is None
    assert opened_at(begun, ("c",), at, one_is_enough=True) is None
