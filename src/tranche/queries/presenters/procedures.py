"""Procedures for readers: a task list by stages that may run side by side, and rows of the common chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tranche.formats.svg.timeline import ROWS_MAX, TimelineGroup, TimelineStep
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor, Deed, Deny, Situation, decide
from tranche.kernel.procedures import ANY
from tranche.kernel.transitions import rows_of
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.words import EVIDENCE, role_of, word
from tranche.queries.procedures import ProcedureRow, TaskRow
from tranche.queries.sides import sides_of

STEP_ACTIONS = ("step.complete", "step.assign", "step.skip")


@dataclass(frozen=True, slots=True)
class TaskShown:
    """One step: who must act, by when, which documents, and the buttons of the viewer."""

    ref: str
    title: str
    state: str
    who: str
    assigned_to: str
    waits_for: str
    expected: str
    opened_on: date | None
    due_on: date | None
    done_on: date | None
    days_late: int
    wanted: str
    sealed: bool
    evidence: tuple[Link, ...]
    actions: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that may run side by side."""

    number: int
    tasks: tuple[TaskShown, ...]


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """The whole procedure of a tranche."""

    tranche: Link
    donor: str
    template: Link
    version: int
    started_on: date
    closures: str
    removed: str
    stages: tuple[Stage, ...]
    steps: tuple[TimelineStep, ...]
    done: int
    count: int
    is_shipped: bool
    after_words: bool


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One line of the list of procedures."""

    tranche: Link
    title: str
    donor: str
    state: str
    template: str
    started_on: date
    done: int
    count: int
    now: str
    days_late: int


def procedure_page(row: ProcedureRow, actor: Actor, now: datetime, *, shipped: bool) -> ProcedurePage:
    layers = sorted({task.layer for task in row.tasks})
    around = sides_of(row.tranche_ref).situation
    return ProcedurePage(
        tranche=Link(row.tranche_ref, record_href("tranche", row.tranche_ref)),
        donor=row.donor,
        template=Link(row.template, reverse("template", args=[row.template])),
        version=row.version,
        started_on=row.started_on,
        closures=", ".join(f"{country} {day.isoformat()}" for country, day in row.closures),
        removed=", ".join(row.removed),
        stages=tuple(
            Stage(
                number,
                tuple(_task(task, row, around, actor, now) for task in row.tasks if task.layer == layer),
            )
            for number, layer in enumerate(layers, start=1)
        ),
        steps=tuple(timeline_step(task) for task in row.tasks),
        done=_done(row),
        count=len(row.tasks),
        is_shipped=shipped,
        after_words=row.template == "dk-illustrative",
    )


def procedure_lines(rows: Sequence[ProcedureRow]) -> tuple[ProcedureLine, ...]:
    return tuple(
        ProcedureLine(
            tranche=Link(row.tranche_ref, reverse("tranche_procedure", args=[row.tranche_ref])),
            title=row.title,
            donor=row.donor,
            state=row.state,
            template=f"{row.template} {row.version}",
            started_on=row.started_on,
            done=_done(row),
            count=len(row.tasks),
            now=", ".join(task.title for task in row.tasks if task.state == "todo"),
            days_late=max((task.late_days for task in row.tasks if task.state == "todo"), default=0),
        )
        for row in rows
    )


def groups(rows: Sequence[ProcedureRow]) -> tuple[TimelineGroup, ...]:
    """As many whole procedures as the chart holds, in the order given."""
    found: list[TimelineGroup] = []
    left = ROWS_MAX
    for row in rows:
        if len(row.tasks) > left:
            break
        left -= len(row.tasks)
        steps = tuple(timeline_step(task, row.tranche_ref) for task in row.tasks)
        found.append(TimelineGroup(f"{row.tranche_ref} · {row.title}", steps))
    return tuple(found)


def timeline_step(task: TaskRow, tranche: str = "") -> TimelineStep:
    """A row of a chart; keys of several tranches are kept apart."""
    href = reverse("tranche_procedure", args=[tranche]) if tranche else ""
    return TimelineStep(
        key=f"{tranche}{task.title}",
        label=task.title,
        owner=task.owner_ref,
        planned_from=task.planned_from,
        due_on=task.planned_until,
        started_on=task.opened_on if task.state != "skipped" or task.done_on else None,
        done_on=task.done_on,
        evidence=bool(task.evidence),
        after=tuple(f"{tranche}{before}" for before in task.after),
        href=f"{href}#{task.ref}",
    )


def _done(row: ProcedureRow) -> int:
    return sum(task.state in ("done", "skipped") for task in row.tasks)


def _task(task: TaskRow, row: ProcedureRow, around: Situation, actor: Actor, now: datetime) -> TaskShown:
    is_open = task.state == "todo"
    return TaskShown(
        ref=task.ref,
        title=task.title,
        state=task.state,
        who=role_of(task.owner_role, task.owner),
        assigned_to=task.assigned_to if is_open else "",
        waits_for=_waits_for(task) if task.state == "waiting" else "",
        expected=task.planned_until.isoformat() if task.state == "waiting" else "",
        opened_on=task.opened_on,
        due_on=task.due_on,
        done_on=task.done_on,
        days_late=task.late_days if task.state in ("todo", "done") else 0,
        wanted="" if task.evidence else ", ".join(word(EVIDENCE, kind) for kind in task.documents),
        sealed=task.sealed,
        evidence=evidence_links(task.evidence),
        actions=_actions(task, row.tranche_ref, around, actor, now) if is_open else (),
    )


def _waits_for(task: TaskRow) -> str:
    joined = ", ".join(task.after)
    return (
        _("waits for one of: %(steps)s") % {"steps": joined}
        if task.join == ANY and len(task.after) > 1
        else _("waits for: %(steps)s") % {"steps": joined}
    )


def _actions(task: TaskRow, tranche: str, around: Situation, actor: Actor, now: datetime) -> tuple[Link, ...]:
    """What the viewer's roles allow for this step; the form comes back to this page."""
    back = f"{reverse('tranche_procedure', args=[tranche])}#{task.ref}"
    found = []
    for action in STEP_ACTIONS:
        role = None if action == "step.assign" else Role(task.owner_role)
        own = frozenset({task.owner_ref})
        situation = replace(around, owner=task.owner_ref, named=own, named_role=role)
        allowed = decide(actor, action, rows_of(action)[0].roles, situation, Deed.PROPOSED, now)
        if not isinstance(allowed, Deny):
            query = urlencode({"step": task.ref, "back": back})
            found.append(Link(title(action), f"{reverse('act', args=[action])}?{query}"))
    return tuple(found)
