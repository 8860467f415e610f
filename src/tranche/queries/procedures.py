"""Procedures: the steps of each tranche with who must act, and the days that they take or would take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tranche.formats.calendars import closed_days
from tranche.kernel.procedure_plan import Days, plan
from tranche.models import Procedure, Step, Tranche
from tranche.models.step_dates import closures_of
from tranche.queries.records import EvidenceRow, NotFound, evidence_of_many, in_language
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer

PROCEDURES_MAX = 60  # the newest; older ones are opened from their tranches


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One step; planned days are those of the record once it is open, else what the plan expects.

    `layer` counts how many steps stand before it at most; steps of one layer may run side by side.
    """

    ref: str
    key: str
    layer: int
    title: str
    state: str
    owner_ref: str
    owner: str
    owner_role: str
    assigned_to: str
    after: tuple[str, ...]
    join: str
    planned_from: date
    planned_until: date
    opened_on: date | None
    due_on: date | None
    done_on: date | None
    late_days: int
    documents: tuple[str, ...]
    sealed: bool
    evidence: tuple[EvidenceRow, ...]


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    """The procedure of one tranche; `template` is its key, `closures` are days added to its calendar."""

    tranche_ref: str
    title: str
    donor: str
    state: str
    template: str
    version: int
    started_on: date
    closures: tuple[tuple[str, date], ...]
    tasks: tuple[TaskRow, ...]
    removed: tuple[str, ...]

    @property
    def running(self) -> bool:
        return any(task.state in ("todo", "waiting") for task in self.tasks)


def procedures(today: date, language: str = "en", who: Viewer = UNFILTERED) -> tuple[ProcedureRow, ...]:
    """Every procedure, the running ones first, then the newest."""
    found = (
        _procedures()
        .filter(tranche__in=Tranche.objects.using("read").filter(within(who, "tranche")))
        .order_by("-started_on", "tranche__ref")[:PROCEDURES_MAX]
    )
    rows = _rows(list(found), today, language)
    return tuple(sorted(rows, key=lambda row: not row.running))


def procedure(tranche: str, today: date, language: str = "en") -> ProcedureRow:
    """The procedure of a tranche; raises NotFound where none was started."""
    found = list(_procedures().filter(tranche__ref=tranche))
    if not found:
        raise NotFound(tranche)
    return _rows(found, today, language)[0]


def _procedures() -> QuerySet[Procedure]:
    return Procedure.objects.using("read").select_related("tranche__record", "tranche__donor")


def _rows(found: list[Procedure], today: date, language: str) -> list[ProcedureRow]:
    """Steps and documents of all procedures in two statements."""
    steps: dict[str, list[Step]] = defaultdict(list)
    rows = Step.objects.using("read").filter(procedure__in=found)
    for step in rows.select_related("record", "owner_party", "assigned_to").order_by("position"):
        steps[step.procedure_id].append(step)
    filed = evidence_of_many([step.record_id for some in steps.values() for step in some])
    return [_row(one, steps[one.pk], filed, today, language) for one in found]


Filed = Mapping[str, tuple[EvidenceRow, ...]]


def _row(procedure: Procedure, every: list[Step], filed: Filed, today: date, language: str) -> ProcedureRow:
    steps = [step for step in every if step.removed_on is None]
    tranche = procedure.tranche
    closures = closures_of(procedure)
    days = plan(steps, procedure.started_on, lambda term: closed_days(term, closures), _known(steps, today))
    titles = {step.key: in_language(step, "title", language) for step in steps}
    layers = _layers(steps)
    return ProcedureRow(
        tranche_ref=tranche.ref,
        title=in_language(tranche, "title", language),
        donor=in_language(tranche.donor, "name", language),
        state=tranche.record.state,
        template=procedure.template,
        version=procedure.version,
        started_on=procedure.started_on,
        closures=closures,
        tasks=tuple(
            _task(step, titles, layers[step.key], days[step.key], filed, today, language) for step in steps
        ),
        removed=tuple(in_language(step, "title", language) for step in every if step.removed_on),
    )


def _task(
    step: Step,
    titles: Mapping[str, str],
    layer: int,
    days: Days,
    filed: Filed,
    today: date,
    language: str,
) -> TaskRow:
    return TaskRow(
        ref=step.ref,
        key=step.key,
        layer=layer,
        title=titles[step.key],
        state="waiting" if _waits(step) else step.record.state,
        owner_ref=step.owner_party.ref,
        owner=in_language(step.owner_party, "name", language),
        owner_role=step.owner_role,
        assigned_to=step.assigned_to.name if step.assigned_to else "",
        after=tuple(titles[key] for key in step.after if key in titles),
        join=step.join,
        planned_from=step.opened_on or days.opens_on,
        planned_until=step.due_on or days.due_on,
        opened_on=step.opened_on,
        due_on=step.due_on,
        done_on=step.done_on,
        late_days=max(0, ((step.done_on or today) - step.due_on).days) if step.due_on else 0,
        documents=tuple(step.evidence_kinds),
        sealed=step.sealed,
        evidence=filed.get(step.record_id, ()),
    )


def _waits(step: Step) -> bool:
    return step.record.state == "todo" and step.opened_on is None


def _known(steps: list[Step], today: date) -> Mapping[str, Days]:
    """Steps that opened, with the day on which followers may count: done, or due and not before today."""
    return {
        step.key: Days(step.opened_on, step.done_on or max(step.due_on, today))
        for step in steps
        if step.opened_on and step.due_on
    }


def _layers(steps: list[Step]) -> dict[str, int]:
    found: dict[str, int] = {}
    keys = {step.key for step in steps}
    while len(found) < len(steps):
        for step in steps:
            before = [key for key in step.after if key in keys]
            if step.key not in found and all(key in found for key in before):
                found[step.key] = max((found[key] + 1 for key in before), default=0)
    return found
