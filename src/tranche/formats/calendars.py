"""The shipped calendars of closed days, read once from their file and pinned by its hash."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection
from datetime import date
from functools import cache
from importlib import resources
from typing import Any


@cache
def _calendars() -> tuple[dict[str, frozenset[date]], str]:
    raw = resources.files("tranche").joinpath("conf", "calendars.toml").read_bytes()
    data = tomllib.loads(raw.decode())
    closed: dict[str, frozenset[date]] = {}
    for country, row in data.items():
        if isinstance(row, dict):
            closed[country] = _days(row)
            further = {name: inner for name, inner in row.items() if isinstance(inner, dict)}
            closed |= {f"{country}:{name}": closed[country] | _days(inner) for name, inner in further.items()}
    return closed, hashlib.sha256(raw).hexdigest()


def _days(row: dict[str, Any]) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in row["closed"])


def closed_days(calendar: str, closures: Collection[tuple[str, date]] = ()) -> frozenset[date]:
    """The closed days of a calendar such as "LT", "LT+UA" (open where both are) or "DK:optional".

    `closures` are further days of single countries.
    """
    by_term, _ = _calendars()
    terms = calendar.split("+")
    countries = countries_of(calendar)
    own = frozenset(day for country, day in closures if country in countries)
    return own.union(*(by_term[term] for term in terms))


def countries_of(calendar: str) -> frozenset[str]:
    return frozenset(term.partition(":")[0] for term in calendar.split("+"))


def calendar_sha256() -> str:
    return _calendars()[1]


def calendar_terms() -> tuple[str, ...]:
    """What a calendar may be put together from by "+"."""
    return tuple(sorted(_calendars()[0]))
