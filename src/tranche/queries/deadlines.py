"""Open decisions with the day on which they expire: those that ask one person, and those of that person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tranche.kernel.approval import short_code
from tranche.kernel.policy import Actor
from tranche.models import Decision
from tranche.queries.inbox import COUNT_MAX, asking


@dataclass(frozen=True, slots=True)
class Expiring:
    id: str
    short_code: str
    created_at: datetime
    expires_at: datetime


def expiring(actor: Actor, now: datetime) -> tuple[Expiring, ...]:
    """The soonest first; at most COUNT_MAX."""
    asked = Q(pk__in=asking(actor, now)) | Q(proposer_person_id=actor.person)
    rows = Decision.objects.using("read").filter(asked, state="open").order_by("expires_at", "id")
    return tuple(
        Expiring(row.id, short_code(bytes(row.hash)), row.created_at, row.expires_at)
        for row in rows[:COUNT_MAX]
    )
