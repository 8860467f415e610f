"""The shipped calendars and procedure templates, read once from the package and pinned by hash."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from functools import cache
from importlib import resources

from tranche.kernel.procedures import Template, parse_template
from tranche.kernel.refusals import UnknownReference


@cache
def _calendars() -> tuple[dict[str, frozenset[date]], str]:
    raw = resources.files("tranche.conf").joinpath("calendars.toml").read_bytes()
    data = tomllib.loads(raw.decode())
    closed = {
        country: frozenset(date.fromisoformat(day) for day in row["closed"])
        for country, row in data.items()
        if isinstance(row, dict)
    }
    return closed, hashlib.sha256(raw).hexdigest()


def closed_days(calendar: str) -> frozenset[date]:
    """The closed days of a calendar; "LT+UA" is open where both are."""
    by_country, _ = _calendars()
    return frozenset().union(*(by_country[country] for country in calendar.split("+")))


def calendar_sha256() -> str:
    return _calendars()[1]


@cache
def template(key: str) -> Template:
    """A shipped template; raises UnknownReference."""
    path = resources.files("tranche.conf").joinpath("procedures", f"{key}.toml")
    if not path.is_file():
        raise UnknownReference("procedure template", key)
    return parse_template(path.read_text(encoding="utf-8"))
