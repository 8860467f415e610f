"""Conditions precedent for readers: how each stands, what is missing, and what the viewer may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from tranche.kernel.lifecycle import next_actions
from tranche.kernel.policy import Actor
from tranche.kernel.transitions import TABLE
from tranche.queries.conditions import ConditionRow
from tranche.queries.presenters.actions import address, title
from tranche.queries.presenters.links import Link, evidence_links


@dataclass(frozen=True, slots=True)
class StepLink:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ConditionShown:
    ref: str
    text: str
    state: str
    missing: str
    long_stop_on: date
    is_late: bool
    evidence: tuple[Link, ...]
    steps: tuple[StepLink, ...]


@dataclass(frozen=True, slots=True)
class ConditionsShown:
    """The conditions of a tranche, and how many stand in the way of authorising it."""

    rows: tuple[ConditionShown, ...]
    missing: int


def conditions_shown(rows: Sequence[ConditionRow], viewer: Actor, now: datetime) -> ConditionsShown | None:
    """Nothing where a tranche has no conditions."""
    if not rows:
        return None
    shown = tuple(_shown(row, viewer, now) for row in rows)
    return ConditionsShown(shown, sum(1 for row in shown if row.missing))


def _shown(row: ConditionRow, viewer: Actor, now: datetime) -> ConditionShown:
    return ConditionShown(
        ref=row.ref,
        text=row.text,
        state=row.state,
        missing=_missing(row),
        long_stop_on=row.long_stop_on,
        is_late=row.is_late,
        evidence=evidence_links(row.evidence),
        steps=_steps(row, viewer, now),
    )


def _missing(row: ConditionRow) -> str:
    if row.state == "open":
        return _("%(party)s files the proof.") % {"party": row.filing_party}
    if row.state == "filed":
        return _("%(party)s judges the proof.") % {"party": row.judging_party}
    return ""


def _steps(row: ConditionRow, viewer: Actor, now: datetime) -> tuple[StepLink, ...]:
    """What the viewer's roles allow: the filing party files, the judging party accepts or waives."""
    found = []
    for step in next_actions(TABLE, "condition", row.state):
        party = row.filing_ref if step.action == "condition.file" else row.judging_ref
        held = (grant for grant in viewer.grants if grant.valid(now) and grant.party == party)
        if any(grant.role in step.roles for grant in held):
            found.append(StepLink(title(step.action), address(step.action, row.ref)))
    return tuple(found)
