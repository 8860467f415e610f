"""A calendar as RFC 5545 writes it: all-day events, short lines, the same bytes for the same events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

PRODUCT: Final = "-//Tranche//Deadlines//EN"
LINE_OCTETS_MAX: Final = 75  # section 3.1, without the line break
ESCAPED: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


@dataclass(frozen=True, slots=True)
class Event:
    """One whole day; the identifier stays the same for as long as it is the same thing."""

    uid: str
    day: date
    summary: str
    url: str
    stamped_at: datetime


def calendar(name: str, events: Sequence[Event]) -> bytes:
    """The file, in the order of days and identifiers."""
    ordered = sorted(events, key=lambda event: (event.day, event.uid))
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"),
        f"X-WR-CALNAME:{_text(name)}",
        *(line for event in ordered for line in _event(event)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(event: Event) -> Iterable[str]:
    """The end of a whole day is the next one, which is no part of it (section 3.6.1)."""
    stamp = event.stamped_at.astimezone(UTC)
    return (
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(event.summary)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _text(value: str) -> str:
    """Text with its marks escaped (section 3.3.11); a line break of any kind is one."""
    found = "\n".join(value.splitlines())
    for plain, escaped in ESCAPED:
        found = found.replace(plain, escaped)
    return "".join(character for character in found if character.isprintable())


def _folded(line: str) -> bytes:
    return b"\r\n ".join(_pieces(line)) + b"\r\n"


def _pieces(line: str) -> Iterator[bytes]:
    """Parts of whole characters; every part but the first begins with a space, which counts."""
    room, part = LINE_OCTETS_MAX, b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > room:
            yield part
            room, part = LINE_OCTETS_MAX - 1, b""
        part += octets
    yield part
