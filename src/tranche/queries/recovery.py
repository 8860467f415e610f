"""Recovery: who is named for it, and what is being asked for while everybody is still told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tranche.formats.calendars import closed_days
from tranche.kernel.recovery import CALENDAR, RECOVERS, approved_from
from tranche.models import Decision, recovery_persons


@dataclass(frozen=True, slots=True)
class Running:
    """A recovery that waits: who proposed it, and the first day on which it may be approved."""

    decision_id: str
    proposer: str
    from_on: date


def running() -> tuple[Running, ...]:
    """Every recovery that is open, the oldest first."""
    rows = Decision.objects.using("read").filter(action=RECOVERS, state="open")
    return tuple(
        Running(
            decision_id=row.id,
            proposer=row.proposer_person.name,
            from_on=approved_from(row.created_at.date(), closed_days(CALENDAR)),
        )
        for row in rows.select_related("proposer_person").order_by("log_seq")
    )


def named() -> tuple[tuple[str, str], ...]:
    """The recovery persons as (id, name)."""
    return tuple((person.id, person.name) for person in recovery_persons("read"))
