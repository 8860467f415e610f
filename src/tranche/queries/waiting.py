"""What holds it up: who must act and since when, over decisions, procedure steps and payments to release."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.money import Money
from tranche.models import PAYMENT, Condition, Decision, DecisionSubject, Payment, Record, RecordEvent, Step
from tranche.queries import decisions, payees
from tranche.queries.scope import within
from tranche.queries.turns import Turn, turn_of
from tranche.queries.viewer import UNFILTERED, Viewer

ROWS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, of the kind decision, release, step, payment, condition or payee.

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
    found += [*_conditions(today, who), *_accounts(language, who)]
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
    proposed = _to_be_released()
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
        if row.ref not in proposed
    ]


def _to_be_released() -> frozenset[str]:
    """The payments that an open decision, over one or over many, waits for."""
    opened = Decision.objects.using("read").filter(state="open", action__startswith="payment.release")
    alone = (
        Record.objects.using("read").filter(pk__in=opened.values("record_id")).values_list("ref", flat=True)
    )
    among = DecisionSubject.objects.using("read").filter(decision__in=opened, subject__startswith=PAYMENT)
    return frozenset(
        {*alone, *(ref.removeprefix(PAYMENT) for ref in among.values_list("subject", flat=True))}
    )


def _conditions(today: date, who: Viewer) -> list[Waiting]:
    """Conditions precedent: the document is wanted of one party, then the verdict of the other."""
    rows = (
        Condition.objects.using("read")
        .select_related("record", "tranche", "filing_party", "judging_party")
        .filter(within(who, "condition"), record__state__in=("open", "filed"))
        .order_by("long_stop_on", "ref")[:ROWS_MAX]
    )
    since, asked = _last_moved([row.ref for row in rows]), _asked_about()
    return [
        Waiting(
            kind="condition",
            subject=row.ref,
            ref=row.tranche.ref,
            action="condition.accept" if row.record.state == "filed" else "condition.file",
            title="",
            amount=None,
            turns=(
                Turn(("DO",), (row.judging_party.ref,), 1)
                if row.record.state == "filed"
                else Turn(("FM",), (row.filing_party.ref,), 1),
            ),
            since=since[row.ref],
            due_on=row.long_stop_on,
            late_days=max(0, (today - row.long_stop_on).days),
        )
        for row in rows
        if row.ref not in asked
    ]


def _accounts(language: str, who: Viewer) -> list[Waiting]:
    """Payee accounts that wait for a call or for being put to use."""
    asked = _asked_about()
    rows = [row for row in payees.payees(language, who) if row.turn is not None and row.ref not in asked]
    since = _last_moved([row.ref for row in rows])
    return [
        Waiting(
            kind="payee",
            subject=row.ref,
            ref=row.ref,
            action=_account_action(row.state, row.turn),
            title="",
            amount=None,
            turns=(row.turn,),
            since=since[row.ref],
            due_on=None,
            late_days=0,
        )
        for row in rows
        if row.turn is not None
    ]


def _account_action(state: str, turn: Turn) -> str:
    if state == "proposed":
        return "payee.verify"
    return "payee.activate" if turn.roles == payees.MANAGERS else "payee.confirm_call"


def _last_moved(refs: Collection[str]) -> dict[str, date]:
    """The day of the last step of each record."""
    rows = RecordEvent.objects.using("read").filter(record__ref__in=refs).order_by("version")
    return {ref: at.date() for ref, at in rows.values_list("record__ref", "at")}


def _asked_about() -> frozenset[str]:
    """The records that a decision waits for: it stands in the list itself."""
    opened = Decision.objects.using("read").filter(state="open", record_id__isnull=False).values("record_id")
    return frozenset(Record.objects.using("read").filter(pk__in=opened).values_list("ref", flat=True))
