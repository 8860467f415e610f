"""The one clock of the mechanism: aware UTC, settable for a scripted instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.conf import settings

BEHIND_MAX: Final = timedelta(minutes=5)
"""How far clocks of one mechanism may differ: what is refused beyond it is a clock that was set back."""
STANDING_MAX: Final = timedelta(days=1)
"""The clock of a demonstration begins its one day anew at every midnight."""

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


def is_behind(instant: datetime, last_at: str, newest_at: str) -> bool:
    """Whether an instant lies before the log's latest time (its own form of text; empty before the first).

    Where the operator names that time as wrong, for a clock that ran ahead and is right, the time of the
    newest entry counts instead, once there is one that was written since.
    """
    if last_at == settings.TRANCHE_CLOCK_RAN_AHEAD_TO:
        last_at = newest_at if newest_at != last_at else ""
    if not last_at:
        return False
    allowed = BEHIND_MAX if settings.TRANCHE_TODAY is None else STANDING_MAX
    return instant < datetime.fromisoformat(last_at) - allowed


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
