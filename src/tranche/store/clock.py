"""The one clock of the mechanism: aware UTC, settable for a scripted instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from django.conf import settings

_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)


def now() -> datetime:
    """This instant; inside `at` the given one; with TRANCHE_TODAY that date at the real time of day."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    real = datetime.now(UTC)
    day: date | None = settings.TRANCHE_TODAY
    return real if day is None else datetime.combine(day, real.time(), UTC)


def today() -> date:
    return now().date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let everything inside happen at one instant (aware UTC)."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its zone")
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
