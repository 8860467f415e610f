"""A calendar of ours is read back by a reader of others, whatever stands in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tranche.formats.ics import LINE_OCTETS_MAX, Event, calendar

AT = datetime(2025, 3, 3, 12, 30, tzinfo=UTC)


def event(summary: str = "Step LT-UA-2024-T1-S1 is due", uid: str = "step-1@tranche", day: int = 3) -> Event:
    return Event(uid, date(2025, 3, day), summary, "https://tranche.example/tranches/LT/", AT)


def read(data: bytes) -> list[tuple[str, date, date, str]]:
    found = Calendar.from_ical(data)
    assert found["VERSION"] == "2.0"
    return [
        (str(row["UID"]), row.decoded("DTSTART"), row.decoded("DTEND"), str(row["SUMMARY"]))
        for row in found.walk("VEVENT")
    ]


def test_a_whole_day_ends_with_the_next() -> None:
    data = calendar("Deadlines", [event()])

    assert read(data) == [
        ("step-1@tranche", date(2025, 3, 3), date(2025, 3, 4), "Step LT-UA-2024-T1-S1 is due")
    ]
    assert b"DTSTART;VALUE=DATE:20250303\r\n" in data
    assert b"DTSTAMP:20250303T123000Z\r\n" in data
    assert not Calendar.from_ical(data).errors


def test_order_of_the_events_is_that_of_their_days() -> None:
    rows = [event(uid="b@t", day=5), event(uid="a@t", day=5), event(uid="c@t", day=4)]

    assert calendar("D", rows) == calendar("D", rows[::-1])
    assert [row[0] for row in read(calendar("D", rows))] == ["c@t", "a@t", "b@t"]


def test_an_empty_calendar_is_one() -> None:
    assert read(calendar("Терміни", [])) == []


@given(st.text(max_size=300))
def test_any_text_comes_back_as_it_was_in_short_lines(summary: str) -> None:
    data = calendar("Deadlines", [event(summary)])

    printable = "".join(c for c in "\n".join(summary.splitlines()) if c.isprintable() or c == "\n")
    assert all(len(line) <= LINE_OCTETS_MAX for line in data.split(b"\r\n"))
    assert data.count(b"BEGIN:VEVENT") == 1 + summary.count("BEGIN:VEVENT")
    assert len(Calendar.from_ical(data).walk("VEVENT")) == 1
    assert read(data)[0][3].strip() == printable.strip()


def test_no_text_makes_a_line_of_its_own() -> None:
    data = calendar("x\r\nX-EVIL:1", [event("due\r\nURL:https://evil.example\nEND:VEVENT\u2028DTSTART:1")])

    lines = data.split(b"\r\n")
    assert [line for line in lines if line.startswith((b"X-EVIL", b"DTSTART:"))] == []
    assert sum(line.startswith(b"URL:") for line in lines) == 1


def test_time_zones_are_written_as_utc() -> None:
    late = event()
    moved = Event(late.uid, late.day, late.summary, late.url, AT + timedelta(0))

    assert calendar("D", [moved]) == calendar("D", [late])
