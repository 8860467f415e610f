"""A procedure template for readers: its steps as rows and boxes, and an example of its dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tranche.formats.calendars import closed_days
from tranche.formats.svg.graph import GraphStep
from tranche.kernel.procedure_plan import plan
from tranche.kernel.procedures import ANY, Template, TemplateStep, layers
from tranche.queries.presenters.words import EVIDENCE, ROLES, word


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step with the days that the example gives it."""

    key: str
    title: str
    owner: str
    role: str
    after: str
    days: str
    calendar: str
    documents: str
    sealed: bool
    opens_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class TemplateShown:
    key: str
    version: int
    title: str
    boxes: tuple[tuple[GraphStep, ...], ...]
    steps: tuple[StepLine, ...]
    start: date
    ends_on: date
    without_holidays: bool


def template_shown(found: Template, start: date, language: str) -> TemplateShown:
    """The template with a worked example that begins on `start`."""
    example = plan(found.steps, start, closed_days)
    titles = {step.key: _in(step.title, language) for step in found.steps}
    return TemplateShown(
        key=found.key,
        version=found.version,
        title=_in(found.title, language),
        boxes=tuple(tuple(_box(step, titles) for step in layer) for layer in layers(found)),
        steps=tuple(
            StepLine(
                key=step.key,
                title=titles[step.key],
                owner=step.owner.replace("_", " "),
                role=word(ROLES, step.role),
                after=(_(" or ") if step.join == ANY else ", ").join(titles[key] for key in step.after),
                days=_days(step.due_working_days),
                calendar=step.calendar,
                documents=", ".join(word(EVIDENCE, kind) for kind in step.evidence),
                sealed=step.sealed,
                opens_on=example[step.key].opens_on,
                due_on=example[step.key].due_on,
            )
            for step in found.steps
        ),
        start=start,
        ends_on=max(days.due_on for days in example.values()),
        without_holidays=any("UA" in step.calendar.split("+") for step in found.steps),
    )


def _in(title: Mapping[str, str], language: str) -> str:
    return title.get(language) or title["en"]


def _days(count: int) -> str:
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}


def _box(step: TemplateStep, titles: Mapping[str, str]) -> GraphStep:
    return GraphStep(
        key=step.key,
        title=titles[step.key],
        owner=f"{step.owner.replace('_', ' ')} · {word(ROLES, step.role)}",
        note=f"{_days(step.due_working_days)} · {step.calendar}",
        after=step.after,
        is_any=step.join == ANY,
    )
