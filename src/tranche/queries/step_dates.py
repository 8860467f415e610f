"""Steps whose stored days are not those that their events and the calendar give."""

from __future__ import annotations

from typing import NamedTuple

from tranche.models import Procedure, Step
from tranche.models.step_dates import StepDates, dates_of


class WrongDates(NamedTuple):
    """One step with its stored days and the days that were computed again."""

    ref: str
    stored: StepDates
    wanted: StepDates


def wrong_step_dates(*, using: str = "default") -> tuple[WrongDates, ...]:
    """Of a finished step only the day on which it opened: closures that came later do not move its term."""
    found = []
    for procedure in Procedure.objects.using(using).order_by("tranche__ref"):
        wanted = dates_of(procedure, using=using)
        rows = Step.objects.using(using).filter(procedure=procedure, ref__in=list(wanted))
        for step in rows.select_related("record").order_by("position"):
            stored, again = StepDates(step.opened_on, step.due_on), wanted[step.ref]
            differs = stored != again if step.record.state == "todo" else stored[0] != again[0]
            if differs:
                found.append(WrongDates(step.ref, stored, again))
    return tuple(found)
