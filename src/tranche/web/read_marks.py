"""What the viewer has read, and how much there is that is not."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tranche.kernel.policy import Actor
from tranche.models import ReadMark
from tranche.queries import notices
from tranche.queries.notices import Read

MARKS_MAX: Final = 500  # more than that are cleared by reading all


def read_by(person: str) -> Read:
    rows = list(ReadMark.objects.filter(person_id=person).order_by("-upto", "-notice_id")[:MARKS_MAX])
    upto = max((row.notice_id for row in rows if row.upto), default=0)
    return Read(upto, frozenset(row.notice_id for row in rows if row.notice_id > upto))


def unread_by(found: Actor, now: datetime) -> int:
    """How many notices the viewer has not read, for the navigation."""
    return notices.unread_count(found.person, read_by(found.person), now)
