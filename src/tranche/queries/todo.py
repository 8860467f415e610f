"""What waits for one person beside decisions: steps, calls to payees, holds to look at again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import OuterRef, Q, Subquery

from tranche.kernel.lifecycle import Role
from tranche.kernel.notices import Place
from tranche.kernel.policy import Actor
from tranche.models import Payee, PayeeCallback, Step

ROWS_MAX: Final = 50
CALLERS: Final = frozenset({Role.RECIPIENT_APPROVER, Role.DONOR_APPROVER, Role.PAYER})
YOUNG_NUMBER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class StepRow:
    """An open step that a person may complete; `is_mine` where it was given to this person by name."""

    ref: str
    tranche: str
    title: str
    owner: str
    opened_at: datetime
    due_on: date | None
    days_late: int
    is_mine: bool
    record_id: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """A payee account that waits for a call, or for the second one."""

    ref: str
    party: str
    is_second: bool


def places_of(actor: Actor, now: datetime) -> frozenset[Place]:
    """The roles that a person holds now, each with its party."""
    return frozenset((grant.role, grant.party) for grant in actor.grants if grant.valid(now))


def steps_for(person: str, held: Collection[Place], today: date, language: str) -> tuple[StepRow, ...]:
    """Those given to the person first, then by due date."""
    if not held:
        return ()
    asked = reduce(or_, (Q(owner_role=role.value, owner_party__ref=party) for role, party in sorted(held)))
    rows = (
        Step.objects.using("read")
        .select_related("owner_party", "procedure__tranche")
        .filter(asked, opened_on__isnull=False, removed_on__isnull=True, record__state="todo")
        .order_by("due_on", "ref")[:ROWS_MAX]
    )
    found = [_step(row, person, today, language) for row in rows]
    return tuple(sorted(found, key=lambda row: not row.is_mine))


def _step(row: Step, person: str, today: date, language: str) -> StepRow:
    return StepRow(
        ref=row.ref,
        tranche=row.procedure.tranche.ref,
        title=str(getattr(row, f"title_{language}", "") or row.title),
        owner=row.owner_party.ref,
        opened_at=row.waits_since,
        due_on=row.due_on,
        days_late=max(0, (today - row.due_on).days) if row.due_on else 0,
        is_mine=row.assigned_to_id == person,
        record_id=row.record_id,
    )


def calls_for(person: str, held: Collection[Place]) -> tuple[CallRow, ...]:
    """Accounts that a person may verify: not those that the person proposed or called about already."""
    parties = {party for role, party in held if role in CALLERS}
    if not parties:
        return ()
    rows = Payee.objects.using("read").select_related("party").filter(record__holder_party__ref__in=parties)
    proposed = rows.filter(record__state="proposed").exclude(record__events__person_id=person)
    first = [CallRow(row.ref, row.party.ref, is_second=False) for row in proposed.order_by("ref")[:ROWS_MAX]]
    known = PayeeCallback.objects.using("read")
    last = known.filter(payee=OuterRef("payee")).order_by("-log_seq").values("pk")[:1]
    calls = known.select_related("payee__party").filter(
        pk=Subquery(last),
        payee__record__holder_party__ref__in=parties,
        payee__record__state="verified",
        second_verifier__isnull=True,
    )
    second = [
        CallRow(row.payee.ref, row.payee.party.ref, is_second=True)
        for row in calls.exclude(verifier_id=person).order_by("payee__ref")[:ROWS_MAX]
        if row.requested_on - row.number_recorded_on < YOUNG_NUMBER
    ]
    return (*first, *second)
