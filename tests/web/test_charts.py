"""A chart's table holds what its drawing shows, to the cent, and both speak the reader's language."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given, settings
from lxml import etree
from tests.formats.svg.charts import COLUMNS, pool
from tests.formats.svg.graphs import Graph, graphs

from tranche.formats.svg.bars import CoverageRow, MoneyPart, Part
from tranche.formats.svg.sankey_graph import UnbalancedError, reduce
from tranche.formats.svg.timeline import TimelineStage, TimelineStep
from tranche.web.charts import Chart, coverage_chart, money_bar_chart, sankey_chart, timeline_chart

TODAY = date(2025, 3, 31)


def flow(nodes_and_links: Graph) -> Chart:
    nodes, links = nodes_and_links
    return sankey_chart(nodes, links, currency="EUR", columns=COLUMNS, title="Flow")


def said_by(chart: Chart) -> str:
    return "\n".join(str(node.get("aria-label")) for node in etree.fromstring(chart.svg.encode()).iter())


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_flow_table_has_a_row_for_each_ribbon_and_each_idle_place(drawn: Graph) -> None:
    graph = reduce(*drawn)

    chart = flow(drawn)

    idle = [node for node in graph.nodes if node.idle_minor]
    assert len(chart.table.rows) == len(graph.links) + len(idle)


def test_flow_table_says_what_the_drawing_says() -> None:
    with translation.override("en"):
        chart = flow(pool())

    said = said_by(chart)
    for source, target, amount in chart.table.rows:
        if target.text != "Not yet used":
            assert f"{source.text} → {target.text}: {amount.text}" in said or not amount.href


def test_flow_sums_up_what_came_in_and_what_is_idle() -> None:
    with translation.override("en"):
        chart = flow(pool())

    assert (
        chart.summary.replace("\N{NO-BREAK SPACE}", " ")
        == "52.50 EUR came in; 10.20 EUR of it is not yet used."
    )


def test_flow_without_money_says_so() -> None:
    with translation.override("en"):
        chart = sankey_chart([], [], currency="EUR", columns=COLUMNS, title="Flow")

    assert chart.summary == "No money has moved yet."
    assert chart.table.rows == ()


def test_flow_that_loses_a_cent_is_refused() -> None:
    nodes, links = pool()

    with pytest.raises(UnbalancedError):
        flow((nodes, links[:-1]))


def test_timeline_counts_only_open_steps_as_overdue() -> None:
    steps = [
        TimelineStep("a", "A", "LT", date(2025, 1, 1), date(2025, 1, 9), date(2025, 1, 1), date(2025, 1, 12)),
        TimelineStep("b", "B", "LT", date(2025, 3, 1), date(2025, 3, 20), date(2025, 3, 1)),
    ]

    with translation.override("en"):
        chart = timeline_chart([], steps, today=TODAY, title="Timeline")

    assert chart.summary == "1 step is overdue."
    assert [row[4].text for row in chart.table.rows] == ["3 days late", "11 days late"]


def test_timeline_table_has_stages_and_steps() -> None:
    stage = TimelineStage("agreed", "Agreed", date(2024, 11, 22), date(2024, 11, 23), "/x/")

    with translation.override("lt"):
        chart = timeline_chart([stage], [TimelineStep("a", "A", "LT")], today=TODAY, title="Laikas")

    assert [[cell.text for cell in row] for row in chart.table.rows] == [
        ["Agreed", "", "2024-11-22", "2024-11-23", ""],
        ["A", "LT", "", "", ""],
    ]


def test_coverage_table_has_the_gap_and_the_share() -> None:
    with translation.override("en"):
        chart = coverage_chart([CoverageRow("1", "Need", 10000, 6250, 0)], currency="EUR", title="Coverage")

    row = [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in chart.table.rows[0]]
    assert row == ["Need", "100.00 EUR", "62.50 EUR", "0.00 EUR", "37.50 EUR", "62.5%"]


def test_money_bar_keeps_parts_of_nothing_in_its_table() -> None:
    parts = [MoneyPart(Part.PAID, "Paid", 300), MoneyPart(Part.IDLE, "Idle", 0)]

    with translation.override("uk"):
        chart = money_bar_chart(parts, currency="EUR", title="Гроші")

    assert [row[1].text for row in chart.table.rows] == [
        "3,00\N{NO-BREAK SPACE}EUR",
        "0,00\N{NO-BREAK SPACE}EUR",
    ]
    assert "Idle" not in chart.svg
