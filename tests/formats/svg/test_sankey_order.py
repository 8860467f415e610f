"""Ribbons cross little: never more than in the first order, and as little as possible on small graphs."""

from __future__ import annotations

from hypothesis import given, settings
from tests.formats.svg.graphs import Graph, graphs
from tests.oracle import sankey_order as oracle

from tranche.formats.svg.sankey_graph import SankeyLink, SankeyNode, reduce
from tranche.formats.svg.sankey_order import crossings, layered, least_crossing


@given(graphs(layers_max=4, width_max=4))
def test_crossings_are_counted_as_the_slow_way_counts_them(drawn: Graph) -> None:
    pieces = layered(reduce(*drawn))

    assert crossings(pieces.edges, pieces.columns) == oracle.crossings(pieces.edges, pieces.columns)


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_order_found_is_not_worse_and_loses_nobody(drawn: Graph) -> None:
    pieces = layered(reduce(*drawn))

    found = least_crossing(pieces)

    assert crossings(pieces.edges, found) <= crossings(pieces.edges, pieces.columns)
    assert [sorted(column) for column in found] == [sorted(column) for column in pieces.columns]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(graphs(layers_max=3, width_max=3, branches_max=3))
def test_small_graph_has_nearly_the_least_crossing(drawn: Graph) -> None:
    pieces = layered(reduce(*drawn))
    if any(len(column) > 5 for column in pieces.columns):
        return

    found = crossings(pieces.edges, least_crossing(pieces))

    assert 100 * found <= 105 * oracle.least(pieces.edges, pieces.columns)


def test_link_over_a_column_stops_in_it() -> None:
    nodes = [SankeyNode(key, key, layer) for layer, key in enumerate("abc")]
    links = [SankeyLink("a", "c", 10), SankeyLink("a", "b", 20), SankeyLink("b", "c", 20)]

    pieces = layered(reduce(nodes, links))

    assert pieces.columns == (("a",), ("b", "a>c@1"), ("c",))
    assert ("a", "a>c@1", "c") in pieces.routes
