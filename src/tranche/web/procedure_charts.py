"""Charts of procedures: planned against actual over tranches, and the steps of a template as a graph."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tranche.formats.svg import graph, timeline
from tranche.formats.svg.timeline import TimelineGroup
from tranche.queries.presenters.templates import TemplateShown
from tranche.web.charts import Cell, Chart, ChartTable, Column, late_text, span_text
from tranche.web.wording import day_text, month_text


def gantt_chart(
    groups: Sequence[TimelineGroup], *, today: date, illustrative: bool, title: str = ""
) -> Chart:
    """Every step of the procedures: what was planned as an outline, what happened as a bar."""
    name = title or _("Planned and actual, all tranches")
    steps = [step for group in groups for step in group.steps]
    late = sum(1 for step in steps if step.started_on and not step.done_on and step.days_late(today))
    open_steps = sum(1 for step in steps if step.started_on and not step.done_on)
    summary = " ".join(
        (
            ngettext("%(count)s step is open.", "%(count)s steps are open.", open_steps)
            % {"count": open_steps},
            ngettext("%(count)s step is overdue.", "%(count)s steps are overdue.", late) % {"count": late},
            _("Outline: planned. Bar: actual, with a point while it runs. Hatched: overdue."),
        )
    )
    words = timeline.TimelineWords(
        title=name,
        summary=summary,
        stages=_("Stages"),
        steps=_("Procedure"),
        today=_("Today, {day}"),
        planned=_("planned {day}"),
        late=late_text,
        day=day_text,
        month=month_text,
    )
    svg = SafeString(timeline.draw_groups(groups, words, today=today, key="gantt"))
    return Chart("gantt", svg, name, summary, _gantt_table(name, groups, today), illustrative)


def _gantt_table(name: str, groups: Sequence[TimelineGroup], today: date) -> ChartTable:
    columns = (
        Column(_("Step")),
        Column(_("Tranche")),
        Column(_("Owner"), "ref"),
        Column(_("Planned"), "date"),
        Column(_("Actual"), "date"),
        Column(_("Late")),
    )
    rows = tuple(
        (
            Cell(step.label, step.href),
            Cell(group.label),
            Cell(step.owner),
            Cell(span_text(step.planned_from, step.due_on)),
            Cell(span_text(step.started_on, step.done_on)),
            Cell(late_text(days) if (days := step.days_late(today)) and step.started_on else ""),
        )
        for group in groups
        for step in group.steps
    )
    return ChartTable(name, columns, rows)


def graph_chart(shown: TemplateShown, *, illustrative: bool) -> Chart:
    """The boxes of a template; its table has the dates of the example."""
    title = _("Steps of the procedure")
    summary = _(
        "Steps in one row may run side by side. Started on %(start)s, all would be done by %(end)s."
    ) % {"start": day_text(shown.start), "end": day_text(shown.ends_on)}
    words = graph.GraphWords(title=title, summary=summary, any_of=_("after any one"))
    columns = (
        Column(_("Step")),
        Column(_("Owner")),
        Column(_("After")),
        Column(_("Term")),
        Column(_("Calendar"), "ref"),
        Column(_("Documents")),
        Column(_("Would open"), "date"),
        Column(_("Would be due"), "date"),
    )
    rows = tuple(
        (
            Cell(step.title),
            Cell(f"{step.owner}, {step.role}"),
            Cell(step.after),
            Cell(step.days),
            Cell(step.calendar),
            Cell(f"{step.documents} ({_('sealed')})" if step.sealed else step.documents),
            Cell(day_text(step.opens_on)),
            Cell(day_text(step.due_on)),
        )
        for step in shown.steps
    )
    svg = SafeString(graph.draw(shown.boxes, words, key="graph"))
    return Chart("graph", svg, title, summary, ChartTable(title, columns, rows), illustrative)
