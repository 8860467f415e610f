"""Days of XML formats: as written, real, and inside their window."""

from __future__ import annotations

from datetime import date

import pytest

from tranche.formats.dates import parse_day
from tranche.formats.errors import FormatError, Where


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-23",
        "2024-11-23Z",
        "2024-11-23+02:00",
        "2024-11-23T23:59:59",
        "2024-11-23T23:59:59Z",
        "2024-11-23T00:00:00.123456789-11:00",
    ],
)
def test_the_day_is_the_one_written(text: str) -> None:
    assert parse_day(text, Where()) == date(2024, 11, 23)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_DATE_SYNTAX"),
        ("23.11.2024", "E_DATE_SYNTAX"),
        ("20241123", "E_DATE_SYNTAX"),
        ("2024-W47-6", "E_DATE_SYNTAX"),
        ("2024-02-31", "E_DATE_SYNTAX"),
        ("2024-13-01", "E_DATE_SYNTAX"),
        ("2024-11-23T23:59", "E_DATE_SYNTAX"),
        ("2024-11-23T23:59:59.1234567890", "E_DATE_SYNTAX"),
        ("2024-11-23 ", "E_DATE_SYNTAX"),
        ("٢٠٢٤-11-23", "E_DATE_SYNTAX"),
        ("0000-01-01", "E_DATE_RANGE"),
        ("0001-01-01", "E_DATE_RANGE"),
        ("1998-12-31", "E_DATE_RANGE"),
        ("2100-01-01", "E_DATE_RANGE"),
    ],
)
def test_what_is_no_such_day_is_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_day(text, Where())

    assert caught.value.code == code


def test_the_window_excludes_its_end() -> None:
    until = date(2024, 11, 23)

    assert parse_day("2024-11-22", Where(), until=until) == date(2024, 11, 22)
    with pytest.raises(FormatError):
        parse_day("2024-11-23", Where(), until=until)
