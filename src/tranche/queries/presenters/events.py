"""The life of a record in words: what happened, who did it in which role, and the entries that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tranche.queries.presenters.action_words import TITLES
from tranche.queries.presenters.links import Link, log_link
from tranche.queries.presenters.money import entry_link
from tranche.queries.presenters.words import role_of, word
from tranche.queries.records import EventRow

MADE = {
    "claim.record": _("Read the claim from the text"),
    "step.plan": _("Plan the step"),
    "agreement.step_back": _("Take back the last step"),
}


@dataclass(frozen=True, slots=True)
class EventShown:
    """One step of a record for a reader."""

    at: datetime
    on: date
    what: str
    from_state: str
    to_state: str
    person: str
    role: str
    reason: str
    decision: Link
    log: Link
    entries: tuple[Link, ...]


def events_shown(rows: tuple[EventRow, ...]) -> tuple[EventShown, ...]:
    """The newest first."""
    return tuple(_event(row) for row in reversed(rows))


def action_word(action: str) -> str:
    """Any action in words, also those that no form offers."""
    if action.endswith(".step_back"):
        return word(MADE, "agreement.step_back")
    return word({**TITLES, **MADE}, action)


def _event(row: EventRow) -> EventShown:
    return EventShown(
        at=row.at,
        on=row.at.date(),
        what=action_word(row.action),
        from_state=row.from_state,
        to_state=row.to_state,
        person=row.person,
        role=role_of(row.role, row.party) if row.role else "",
        reason=row.reason or "",
        decision=Link(row.decision_id[:8], reverse("decision", args=[row.decision_id])),
        log=log_link(row.log_seq),
        entries=tuple(entry_link(number, kind) for number, kind in row.entries),
    )
