"""One clock: aware UTC, standing where a demonstration puts it, settable for a scripted instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.conf import settings

from tranche.store import clock

INSTANT = datetime(2024, 11, 25, 9, 30, tzinfo=UTC)


def test_now_is_aware_and_real() -> None:
    before = datetime.now(UTC)

    found = clock.now()

    assert before <= found <= datetime.now(UTC)
    assert found.utcoffset() == timedelta(0)
    assert clock.today() == found.date() or clock.today() == clock.now().date()


def test_a_scripted_instant_holds_inside_and_ends_outside() -> None:
    with clock.at(INSTANT):
        assert clock.now() == INSTANT
        with clock.at(INSTANT + timedelta(days=1)):
            assert clock.today() == date(2024, 11, 26)
        assert clock.now() == INSTANT

    assert clock.now() > INSTANT


def test_a_scripted_instant_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.at(INSTANT):
        raise ZeroDivisionError

    assert clock.now() > INSTANT


def test_an_instant_of_another_zone_is_read_in_utc() -> None:
    with clock.at(datetime(2024, 11, 25, 1, 0, tzinfo=timezone(timedelta(hours=2)))):
        assert clock.now().tzinfo == UTC
        assert clock.today() == date(2024, 11, 24)


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"), clock.at(datetime(2024, 11, 25)):  # noqa: DTZ001 - the fault
        pass


def test_a_standing_day_keeps_the_real_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TRANCHE_TODAY", date(2025, 3, 31))

    found = clock.now()

    assert found.date() == clock.today() == date(2025, 3, 31)
    assert found.tzinfo == UTC
