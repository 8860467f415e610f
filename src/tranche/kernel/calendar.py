"""Working days: dates only, day 0 does not count, a closed day is a weekend day or a named date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

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


def due_day(opened_on: date, days: int, closed: frozenset[date], held: frozenset[date] = frozenset()) -> date:
    """When a step that opened on a day is due; a day under a hold counts as little as a closed one."""
    return add_working_days(opened_on, days, closed | held)


ZONES: Mapping[str, str] = {
    "DK": "Europe/Copenhagen",
    "EU": "Europe/Brussels",
    "IS": "Atlantic/Reykjavik",
    "LT": "Europe/Vilnius",
    "SE": "Europe/Stockholm",
    "UA": "Europe/Kyiv",
}
"""The zone of a country's ministries; others are counted in UTC."""


def local_day(instant: datetime, country: str) -> date:
    """The calendar day at this instant where the owner of a step works."""
    zone = ZONES.get(country)
    return instant.astimezone(ZoneInfo(zone) if zone else UTC).date()


def opened_at(
    since: datetime, before: Collection[str], finished: Mapping[str, datetime], *, one_is_enough: bool
) -> datetime | None:
    """The instant at which a join held, not before `since`; None while it does not hold."""
    ends = [finished[key] for key in before if key in finished]
    if not before:
        return since
    if one_is_enough:
        return max(since, min(ends)) if ends else None
    return max(since, *ends) if len(ends) == len(before) else None
