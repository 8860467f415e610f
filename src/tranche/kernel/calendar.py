"""Working days: dates only, day 0 does not count, a closed day is a weekend day or a named date."""

from __future__ import annotations

from datetime import date, timedelta

WEEKEND = frozenset({5, 6})
SEARCH_DAYS_MAX = 4000  # ten years: a deadline beyond it is a mistake in the template


def add_working_days(
    start: date, days: int, closed: frozenset[date], weekend: frozenset[int] = WEEKEND
) -> date:
    """The `days`-th working day after `start`."""
    day = start
    for _ in range(SEARCH_DAYS_MAX):
        if days <= 0:
            return day
        day += timedelta(days=1)
        if day.weekday() not in weekend and day not in closed:
            days -= 1
    raise ValueError("no such working day within ten years")


def working_days(after: date, until: date, closed: frozenset[date], weekend: frozenset[int] = WEEKEND) -> int:
    """How many working days lie after `after`, up to and with `until`."""
    span = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(1 for day in span if day.weekday() not in weekend and day not in closed)
