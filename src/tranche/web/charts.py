"""Charts for pages: the drawing, its title, a sentence that sums it up, and the table of the same data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tranche.formats.svg import ageing, bars, sankey, timeline
from tranche.formats.svg.ageing import AgeRow
from tranche.formats.svg.bars import CoverageRow, MoneyPart
from tranche.formats.svg.sankey_graph import Graph, SankeyLink, SankeyNode, reduce
from tranche.formats.svg.timeline import TimelineStage, TimelineStep
from tranche.kernel.money import Money
from tranche.web.wording import amount_text, day_text, month_text, share_text

RANGE: Final = " – "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `kind` is text, ref, date, money, share or number and says how it is set."""

    title: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ChartTable:
    """What parts/table.html prints; the first cell of a row is its heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What parts/chart.html prints; `svg` is our own drawing, its texts already escaped by the writer."""

    key: str
    svg: SafeString
    title: str
    summary: str
    table: ChartTable
    illustrative: bool = False


def sankey_chart(
    nodes: Sequence[SankeyNode],
    links: Sequence[SankeyLink],
    *,
    currency: str,
    columns: Sequence[str],
    title: str,
    key: str = "flow",
    summary: str = "",
    illustrative: bool = False,
) -> Chart:
    """The flow of one currency; `columns` names the layers by their number."""
    graph = reduce(nodes, links)

    def money(amount_minor: int) -> str:
        return amount_text(Money(amount_minor, currency))

    words = sankey.SankeyWords(
        title=title,
        summary=summary or _sankey_summary(graph, currency),
        columns=tuple(columns),
        other=_("Other ({count})"),
        idle=_("idle {amount}"),
        money=money,
        share=share_text,
    )
    svg = sankey.draw(graph, words, key=key, other_href=f"#{key}-table")
    table = _sankey_table(graph, words)
    return Chart(key, SafeString(svg), title, words.summary, table, illustrative)


def _sankey_summary(graph: Graph, currency: str) -> str:
    fed = {link.target for link in graph.links}
    begun = sum(graph.values[node.key] for node in graph.nodes if node.key not in fed)
    idle = sum(node.idle_minor for node in graph.nodes)
    if not graph.nodes:
        return _("No money has moved yet.")
    return _("%(begun)s came in; %(idle)s of it is not yet used.") % {
        "begun": amount_text(Money(begun, currency)),
        "idle": amount_text(Money(idle, currency)),
    }


def _sankey_table(graph: Graph, words: sankey.SankeyWords) -> ChartTable:
    """Each ribbon, and after the ribbons of a node what is still there."""
    labels = {node.key: words.name(graph, node.key, node.label) for node in graph.nodes}
    hrefs = {node.key: node.href for node in graph.nodes}
    rows: list[tuple[Cell, ...]] = []
    for node in graph.nodes:
        own = Cell(labels[node.key], hrefs[node.key])
        for link in graph.links:
            if link.source == node.key:
                amount = Cell(words.money(link.amount_minor), link.href)
                rows.append((own, Cell(labels[link.target], hrefs[link.target]), amount))
        if node.idle_minor:
            rows.append((own, Cell(_("Not yet used")), Cell(words.money(node.idle_minor), node.href)))
    columns = (Column(_("From")), Column(_("To")), Column(_("Amount"), "money"))
    return ChartTable(words.title, columns, tuple(rows))


def timeline_chart(
    stages: Sequence[TimelineStage],
    steps: Sequence[TimelineStep],
    *,
    today: date,
    title: str,
    key: str = "timeline",
    illustrative: bool = False,
) -> Chart:
    """Stages and procedure steps of a tranche, planned against actual."""
    late = [step for step in steps if not step.done_on and step.days_late(today)]
    summary = (
        ngettext("%(count)s step is overdue.", "%(count)s steps are overdue.", len(late))
        % {"count": len(late)}
        if late
        else _("No step is overdue.")
    )
    words = timeline.TimelineWords(
        title=title,
        summary=summary,
        stages=_("Stages"),
        steps=_("Procedure"),
        today=_("Today, {day}"),
        planned=_("planned {day}"),
        late=late_text,
        day=day_text,
        month=month_text,
    )
    svg = timeline.draw(stages, steps, words, today=today, key=key)
    table = _timeline_table(title, stages, steps, today)
    return Chart(key, SafeString(svg), title, summary, table, illustrative)


def late_text(days: int) -> str:
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def _timeline_table(
    title: str, stages: Sequence[TimelineStage], steps: Sequence[TimelineStep], today: date
) -> ChartTable:
    columns = (
        Column(_("Stage or step")),
        Column(_("Owner"), "ref"),
        Column(_("Planned"), "date"),
        Column(_("Actual"), "date"),
        Column(_("Late")),
    )
    rows = [
        (
            Cell(stage.label, stage.href),
            Cell(""),
            Cell(span_text(stage.planned_on)),
            Cell(span_text(stage.actual_on)),
            Cell(""),
        )
        for stage in stages
    ]
    for step in steps:
        late = step.days_late(today)
        rows.append(
            (
                Cell(step.label, step.href),
                Cell(step.owner),
                Cell(span_text(step.planned_from, step.due_on)),
                Cell(span_text(step.started_on, step.done_on)),
                Cell(late_text(late) if late else ""),
            )
        )
    return ChartTable(title, columns, tuple(rows))


def span_text(*days: date | None) -> str:
    """One day, or from and to; a side that is not known is three dots."""
    if not any(days):
        return ""
    return RANGE.join(day_text(day) if day else "…" for day in days)


def coverage_chart(
    rows: Sequence[CoverageRow],
    *,
    currency: str,
    title: str,
    key: str = "coverage",
    illustrative: bool = False,
) -> Chart:
    """What each priority needs, what is allocated to it and what was accepted; one currency."""

    def money(amount_minor: int) -> str:
        return amount_text(Money(amount_minor, currency))

    words = bars.CoverageWords(
        title=title,
        summary=_("%(gap)s of %(need)s is not covered.")
        % {
            "gap": money(sum(row.gap_minor for row in rows)),
            "need": money(sum(row.need_minor for row in rows)),
        },
        allocated=_("allocated"),
        accepted=_("accepted"),
        uncovered=_("not covered"),
        covered=_("{share} covered"),
        gap=_("gap {amount}"),
        money=money,
        share=share_text,
    )
    columns = (
        Column(_("Priority")),
        Column(_("Need"), "money"),
        Column(_("Allocated"), "money"),
        Column(_("Accepted"), "money"),
        Column(_("Gap"), "money"),
        Column(_("Covered"), "share"),
    )
    cells = tuple(
        (
            Cell(row.label, row.href),
            *(
                Cell(money(amount))
                for amount in (row.need_minor, row.allocated_minor, row.accepted_minor, row.gap_minor)
            ),
            Cell(share_text(row.allocated_minor, row.need_minor)),
        )
        for row in rows
    )
    svg = SafeString(bars.coverage(rows, words, key=key))
    return Chart(key, svg, title, words.summary, ChartTable(title, columns, cells), illustrative)


def money_bar_chart(
    parts: Sequence[MoneyPart], *, currency: str, title: str, key: str = "money", illustrative: bool = False
) -> Chart:
    """One amount and what became of it; the parts add up to the whole."""

    def money(amount_minor: int) -> str:
        return amount_text(Money(amount_minor, currency))

    whole = sum(part.amount_minor for part in parts)
    summary = _("%(whole)s in all.") % {"whole": money(whole)}
    words = bars.MoneyWords(title=title, summary=summary, money=money, share=share_text)
    columns = (Column(_("What became of it")), Column(_("Amount"), "money"), Column(_("Share"), "share"))
    cells = tuple(
        (
            Cell(part.label, part.href),
            Cell(money(part.amount_minor), part.href),
            Cell(share_text(part.amount_minor, whole)),
        )
        for part in parts
    )
    svg = SafeString(bars.money_bar(parts, words, key=key))
    return Chart(key, svg, title, summary, ChartTable(title, columns, cells), illustrative)


def ageing_chart(
    rows: Sequence[AgeRow],
    *,
    kinds: Sequence[str],
    currency: str,
    title: str,
    key: str,
    illustrative: bool = False,
) -> Chart:
    """What lies how long, by class of age and kind of money; one currency."""

    def money(amount_minor: int) -> str:
        return amount_text(Money(amount_minor, currency))

    sums = [sum(row.amounts[n] for row in rows) for n in range(len(kinds))]
    summary = "; ".join(f"{kind}: {money(total)}" for kind, total in zip(kinds, sums, strict=True))
    words = ageing.AgeingWords(title=title, summary=summary, kinds=tuple(kinds), money=money)
    columns = (Column(_("Age")), *(Column(kind, "money") for kind in kinds))
    cells = tuple(
        (
            Cell(row.label),
            *(Cell(money(amount), href) for amount, href in zip(row.amounts, row.hrefs, strict=True)),
        )
        for row in rows
    )
    svg = SafeString(ageing.ageing(rows, words, key=key))
    return Chart(key, svg, title, summary, ChartTable(title, columns, cells), illustrative)
