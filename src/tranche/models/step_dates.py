"""When each step of a procedure opened and is due: a function of events, closures and the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from tranche.formats.calendars import closed_days
from tranche.kernel.calendar import due_day, local_day, opened_at
from tranche.kernel.holds import Scope, days_held
from tranche.kernel.procedures import ANY
from tranche.models.holding import Lifted, lifted_holds, scopes_around, scopes_of_step
from tranche.models.procedure import Procedure, Step
from tranche.models.record import RecordEvent

FINISHED = ("done", "skipped")


class StepDates(NamedTuple):
    opened_on: date | None
    due_on: date | None


def dates_of(procedure: Procedure, *, using: str = "default") -> dict[str, StepDates]:
    """By the reference of the step; the days of holds that were lifted do not count."""
    steps = procedure_steps(procedure, using)
    lifted = lifted_holds(using)
    around = scopes_around(procedure, using) if lifted else frozenset()
    finished = finished_at(procedure, using)
    closures = closures_of(procedure)
    found = {}
    for step in steps:
        opened = opening(step, finished)
        if opened is None:
            found[step.ref] = StepDates(None, None)
            continue
        opened_on = local_day(opened, step.owner_party.country)
        closed = closed_days(step.calendar, closures)
        held = _held(step, lifted, around)
        found[step.ref] = StepDates(opened_on, due_day(opened_on, step.due_working_days, closed, held))
    return found


def _held(step: Step, lifted: Sequence[Lifted], around: frozenset[Scope]) -> frozenset[date]:
    """The days of the step's owner that lay under a hold over it."""
    country = step.owner_party.country
    own = around | scopes_of_step(step)
    return days_held(
        (local_day(hold.placed_at, country), local_day(hold.lifted_at, country))
        for hold in lifted
        if hold.scope in own
    )


def opening(step: Step, finished: Mapping[str, datetime]) -> datetime | None:
    return opened_at(step.waits_since, step.after, finished, one_is_enough=step.join == ANY)


def finished_at(procedure: Procedure, using: str = "default") -> dict[str, datetime]:
    """When each step was finished, by its key; a removed one counts where no other has its key."""
    rows = Step.objects.using(using).filter(procedure=procedure).select_related("record")
    steps = sorted(rows, key=lambda step: step.removed_on is None)
    by_key = {step.key: step for step in steps}
    keys = {step.record_id: key for key, step in by_key.items() if step.record.state in FINISHED}
    events = RecordEvent.objects.using(using).filter(record_id__in=list(keys), to_state__in=FINISHED)
    return {keys[event.record_id]: event.at for event in events.order_by("version")}


def procedure_steps(procedure: Procedure, using: str = "default") -> list[Step]:
    """The steps in their order, without those that an amendment removed."""
    rows = Step.objects.using(using).filter(procedure=procedure, removed_on__isnull=True)
    return list(rows.select_related("record", "owner_party").order_by("position"))


def closures_of(procedure: Procedure) -> tuple[tuple[str, date], ...]:
    return tuple((country, date.fromisoformat(day)) for country, day in procedure.closures)
