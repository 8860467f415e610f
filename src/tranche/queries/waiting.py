"""What holds it up: who must act and since when, over decisions, procedure steps and payments to release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.approval import Slot
from tranche.kernel.money import Money
from tranche.models import Decision, Payment, RecordEvent, Step
from tranche.queries import decisions
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer

ROWS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Turn:
    """So many persons holding one of the roles for one of the parties."""

    roles: tuple[str, ...]
    parties: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: `kind` is decision, release, step or payment; `subject` names what to open.

    `subject` is a decision's id for decisions and releases, else a reference; late counts calendar days.
    """

    kind: str
    subject: str
    ref: str
    action: str
    title: str
    amount: Money | None
    turns: tuple[Turn, ...]
    since: date
    due_on: date | None
    late_days: int


def waiting(today: date, language: str = "en", who: Viewer = UNFILTERED) -> tuple[Waiting, ...]:
    """Everything that waits for somebody: the latest first, then by how long it has waited."""
    found = [*_open_decisions(today, who), *_open_steps(today, language, who), *_drafted_payments(who)]
    return tuple(sorted(found, key=lambda row: (-row.late_days, row.since, row.subject)))[:ROWS_MAX]


def _open_decisions(today: date, who: Viewer) -> list[Waiting]:
    found = []
    for row in decisions.open_rows(who):
        ready = not row.missing and row.executor is not None
        turns = tuple(turn_of(slot) for slot in row.missing)
        if ready and row.executor is not None:
            turns = (Turn((row.executor.value,), (row.executor_party,), 1),)
        late = max(0, (today - row.expires_at.date()).days)
        found.append(
            Waiting(
                kind="release" if ready else "decision",
                subject=row.id,
                ref=row.ref,
                action=row.action,
                title="",
                amount=row.amount,
                turns=turns,
                since=row.created_at.date(),
                due_on=row.expires_at.date(),
                late_days=late,
            )
        )
    return found


def turn_of(slot: Slot) -> Turn:
    """A slot of a quorum with its roles and parties in order."""
    return Turn(tuple(sorted(role.value for role in slot.roles)), tuple(sorted(slot.parties)), slot.wanted)


def _open_steps(today: date, language: str, who: Viewer) -> list[Waiting]:
    rows = (
        Step.objects.using("read")
        .select_related("owner_party", "procedure__tranche")
        .filter(within(who, "step"), opened_on__isnull=False, removed_on__isnull=True, record__state="todo")
        .order_by("due_on", "ref")[:ROWS_MAX]
    )
    return [
        Waiting(
            kind="step",
            subject=row.ref,
            ref=row.procedure.tranche.ref,
            action="step.complete",
            title=str(getattr(row, f"title_{language}", "") or row.title),
            amount=None,
            turns=(Turn((row.owner_role,), (row.owner_party.ref,), 1),),
            since=row.opened_on,
            due_on=row.due_on,
            late_days=max(0, (today - row.due_on).days) if row.due_on else 0,
        )
        for row in rows
        if row.opened_on is not None
    ]


def _drafted_payments(who: Viewer) -> list[Waiting]:
    """Payments that nobody has proposed to release yet."""
    rows = (
        Payment.objects.using("read")
        .select_related("record__holder_party", "milestone")
        .filter(within(who, "payment"), record__state="drafted")
        .order_by("milestone__due_on", "ref")[:ROWS_MAX]
    )
    events = RecordEvent.objects.using("read").filter(
        version=1, record_id__in=[row.record_id for row in rows]
    )
    drafted = dict(events.values_list("record_id", "at"))
    proposed = set(
        Decision.objects.using("read")
        .filter(state="open", action="payment.release")
        .values_list("record_id", flat=True)
    )
    return [
        Waiting(
            kind="payment",
            subject=row.ref,
            ref=row.ref,
            action="payment.release",
            title=row.title,
            amount=Money(row.amount_minor, row.currency),
            turns=(Turn(("FM",), (row.record.holder_party.ref,), 1),),
            since=drafted[row.record_id].date(),
            due_on=row.milestone.due_on if row.milestone else None,
            late_days=0,
        )
        for row in rows
        if row.record_id not in proposed
    ]
