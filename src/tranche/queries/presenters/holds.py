"""Holds in words: what lies over what, since when, and how it is lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tranche.queries.holds import HoldRow
from tranche.queries.presenters.decisions import record_url
from tranche.queries.presenters.words import CHOICES, word
from tranche.queries.suspended import Suspension


@dataclass(frozen=True, slots=True)
class HoldShown:
    """One hold for readers; `lift_url` is where two persons lift it."""

    ref: str
    scope: str
    subject: str
    subject_url: str
    cause: str
    reason: str
    placed_by: str
    placed_at: datetime
    review_on: date
    late_days: int
    log_seq: int
    decision_url: str
    lift_url: str
    lifted_at: datetime | None
    lifted_url: str


def holds_shown(rows: Sequence[HoldRow]) -> tuple[HoldShown, ...]:
    """The holds in the order given."""
    return tuple(
        HoldShown(
            ref=row.ref,
            scope=word(CHOICES, row.scope_kind),
            subject=row.scope_ref or _("everything"),
            subject_url=record_url(row.scope_kind, row.scope_ref) if row.scope_ref else "",
            cause=word(CHOICES, row.cause),
            reason=row.reason,
            placed_by=row.placed_by,
            placed_at=row.placed_at,
            review_on=row.review_on,
            late_days=row.late_days,
            log_seq=row.log_seq,
            decision_url=reverse("decision", args=[row.decision_id]),
            lift_url=f"{reverse('act', args=[row.release_action])}?{urlencode({'hold': row.ref})}",
            lifted_at=row.lifted_at,
            lifted_url=reverse("decision", args=[row.lifted_by]) if row.lifted_by else "",
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class SuspendedShown:
    """One hold over the record of a page."""

    ref: str
    cause: str
    since: datetime


def suspended_shown(rows: Sequence[Suspension]) -> tuple[SuspendedShown, ...]:
    """The holds over a record, each with its cause in words."""
    return tuple(SuspendedShown(row.ref, word(CHOICES, row.cause), row.since) for row in rows)
