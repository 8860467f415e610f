"""Nodes of a column never overlap, ribbons fill each side exactly, and all is inside the drawing."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from tests.formats.svg.graphs import Graph, graphs

from tranche.formats.svg.sankey_graph import BAR_LENGTH, NODE_HEIGHT_MIN, reduce
from tranche.formats.svg.sankey_layout import NODE_WIDTH, Box, Layout, Span, arrange


def columns(layout: Layout) -> list[list[Box]]:
    found = defaultdict[int, list[Box]](list)
    for box in layout.boxes:
        found[box.column].append(box)
    return list(found.values())


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_nodes_do_not_overlap_and_stay_inside(drawn: Graph) -> None:
    layout = arrange(reduce(*drawn))

    for column in columns(layout):
        edge = 0
        for box in column:
            assert box.top >= edge
            edge = box.top + box.height
        assert edge <= layout.height
        assert all(0 <= box.left <= layout.width - NODE_WIDTH for box in column)


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_ribbons_fill_both_sides_without_a_gap(drawn: Graph) -> None:
    layout = arrange(reduce(*drawn))

    outward, inward = defaultdict[int, list[Span]](list), defaultdict[int, list[Span]](list)
    for ribbon in layout.ribbons:
        outward[ribbon.source_slot].append(ribbon.spans[0])
        inward[ribbon.target_slot].append(ribbon.spans[-1])
    for box in layout.boxes:
        for spans, filled in (
            (outward[box.slot], box.height - box.idle_height),
            (inward[box.slot], box.height),
        ):
            edge = box.top
            for span in sorted(spans, key=lambda span: (span.top, span.top + span.height)):
                assert span.top == edge
                edge += span.height
            assert not spans or edge == box.top + filled


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_heights_are_in_proportion(drawn: Graph) -> None:
    graph = reduce(*drawn)

    layout = arrange(graph)

    for box in layout.boxes:
        exact = box.value_minor * BAR_LENGTH
        assert (
            box.height == NODE_HEIGHT_MIN
            or abs(2 * (box.height * graph.largest_layer - exact)) <= graph.largest_layer
        )


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_slots_run_from_nought_in_reading_order(drawn: Graph) -> None:
    layout = arrange(reduce(*drawn))

    assert [box.slot for box in layout.boxes] == list(range(len(layout.boxes)))
    assert [box.slot for column in columns(layout) for box in sorted(column, key=lambda b: b.top)] == list(
        range(len(layout.boxes))
    )


def test_nothing_is_arranged_for_nothing() -> None:
    assert arrange(reduce([], [])).boxes == ()
