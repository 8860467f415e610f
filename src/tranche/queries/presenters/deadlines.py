"""Deadlines as events of a calendar: references and short codes, no amounts, names or account numbers."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.formats.ics import Event
from tranche.models import Hold
from tranche.queries.deadlines import Expiring
from tranche.queries.todo import StepRow


def events(
    steps: Sequence[StepRow], holds: Sequence[Hold], decisions: Sequence[Expiring], origin: str
) -> list[Event]:
    """One whole day each; the identifier is that of the thing itself."""
    return [
        *(_step(row, origin) for row in steps if row.due_on is not None),
        *(_hold(row, origin) for row in holds),
        *(_decision(row, origin) for row in decisions),
    ]


def _step(row: StepRow, origin: str) -> Event:
    assert row.due_on is not None, "only what is due stands in a calendar"
    return Event(
        uid=f"step-{row.record_id}@tranche",
        day=row.due_on,
        summary=_("Step %(ref)s is due") % {"ref": row.ref},
        url=origin + reverse("tranche_procedure", args=[row.tranche]),
        stamped_at=row.opened_at,
    )


def _hold(row: Hold, origin: str) -> Event:
    return Event(
        uid=f"hold-{row.id}@tranche",
        day=row.review_on,
        summary=_("%(hold)s is looked at again") % {"hold": row.ref},
        url=origin + reverse("holds"),
        stamped_at=row.placed_at,
    )


def _decision(row: Expiring, origin: str) -> Event:
    return Event(
        uid=f"decision-{row.id}@tranche",
        day=row.expires_at.date(),
        summary=_("Decision %(code)s expires") % {"code": row.short_code},
        url=origin + reverse("decision", args=[row.id]),
        stamped_at=row.created_at,
    )
