"""What time alone brings: steps soon due or late, holds to look at again, decisions about to expire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef

from tranche.actions.notices import of_decision, of_step, turn_of
from tranche.actions.outbox import Notice
from tranche.actions.people import counted
from tranche.actions.scopes import agreements_concerned
from tranche.formats.calendars import closed_days
from tranche.kernel.calendar import local_day, working_days
from tranche.kernel.lifecycle import Role
from tranche.kernel.notices import (
    EXPIRES_SOON,
    NoticeFacts,
    NoticeKind,
    escalation_level,
    reminder_level,
    review_due,
)
from tranche.models import Approval, Decision, DecisionSlot, Hold, Outbox, Step, open_holds
from tranche.models.step_dates import closures_of

DECISIONS_MAX: Final = 200  # the others are told of in the next round
LOOK_AHEAD: Final = timedelta(days=60)  # the first reminder of a step comes at most so long before it is due


def by_time(now: datetime) -> list[Notice]:
    """Every notice that is due by now; those that were given before are among them."""
    return [*_steps_by_time(now), *_holds_to_review(now), *_decisions_expiring(now)]


def _steps_by_time(now: datetime) -> Iterable[Notice]:
    rows = Step.objects.select_related(
        "owner_party", "procedure__tranche__agreement__approving_party"
    ).filter(
        opened_on__isnull=False,
        removed_on__isnull=True,
        record__state="todo",
        due_on__lte=now.date() + LOOK_AHEAD,
    )
    for step in rows.select_related("procedure__tranche__agreement__recipient").order_by("due_on", "ref"):
        yield from _step_by_time(step, now)


def _step_by_time(step: Step, now: datetime) -> Iterable[Notice]:
    """The latest reminder before the due date, or the latest escalation after it; no earlier one."""
    assert step.due_on is not None, "what is open is due, by constraint"
    today = local_day(now, step.owner_party.country)
    closed = closed_days(step.calendar, closures_of(step.procedure))
    if today <= step.due_on:
        level = reminder_level(working_days(today, step.due_on, closed), step.remind_before)
        if level is not None:
            facts = NoticeFacts(asked=turn_of(step))
            yield of_step(NoticeKind.REMINDER, step, facts, f"{level}:{step.due_on}")
        return
    level = escalation_level(working_days(step.due_on, today, closed), step.escalate_after)
    if level is not None:
        agreement = step.procedure.tranche.agreement
        facts = NoticeFacts(
            owner=step.owner_party.ref,
            approving=frozenset({agreement.approving_party.ref}),
            recipients=frozenset({agreement.recipient.ref}),
        )
        yield of_step(NoticeKind.ESCALATION, step, facts, f"{level}:{step.due_on}")


def concerned_by(hold: Hold) -> NoticeFacts:
    """Both sides of what a hold lies over, and whoever placed it."""
    agreements = agreements_concerned(hold.scope_kind, hold.scope_ref)
    return NoticeFacts(
        approving=frozenset(row.approving_party.ref for row in agreements),
        recipients=frozenset(row.recipient.ref for row in agreements),
        named=frozenset({hold.placed_by.counts_as}),
    )


def _holds_to_review(now: datetime) -> Iterable[Notice]:
    today = now.date()
    for hold in open_holds("default"):
        if review_due(hold.review_on, today):
            payload = {"subject": "hold", "ref": hold.ref, "due_on": hold.review_on.isoformat()}
            yield Notice(NoticeKind.HOLD_REVIEW, concerned_by(hold), hold.ref, today.isoformat(), payload)


def _decisions_expiring(now: datetime) -> Iterable[Notice]:
    """Told to its proposer and to those who are still asked; those that were told of before are passed."""
    told = Outbox.objects.filter(subject=OuterRef("pk"), kind="reminder", settled_at__isnull=True)
    rows = Decision.objects.filter(
        ~Exists(told), state="open", expires_at__gt=now, expires_at__lte=now + EXPIRES_SOON
    )
    for decision in rows.order_by("expires_at", "id")[:DECISIONS_MAX]:
        slots = DecisionSlot.objects.filter(decision=decision).values_list("role", "party_ref")
        given = Approval.objects.filter(decision=decision).values_list("person_id", flat=True)
        facts = NoticeFacts(
            asked=frozenset((Role(role), party) for role, party in slots),
            named=counted([decision.proposer_person_id]),
            knows=counted(given),
        )
        yield of_decision(NoticeKind.REMINDER, decision, facts, "expires")
