"""A graph is refused unless its money adds up, and is folded to its limits without losing a cent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.formats.svg.charts import crowd, pool
from tests.formats.svg.graphs import Graph, graphs

from tranche.formats.svg.sankey_graph import (
    LAYERS_MAX,
    LINKS_MAX,
    NODES_MAX,
    LinkError,
    NodeError,
    SankeyLink,
    SankeyNode,
    UnbalancedError,
    other_key,
    reduce,
)


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_in_is_out_plus_idle_at_each_node(drawn: Graph) -> None:
    graph = reduce(*drawn)

    taken, given_on = Counter[str](), Counter[str]()
    for link in graph.links:
        given_on[link.source] += link.amount_minor
        taken[link.target] += link.amount_minor
    last = max((node.layer for node in graph.nodes), default=0)
    for node in graph.nodes:
        assert graph.values[node.key] == max(taken[node.key], given_on[node.key] + node.idle_minor)
        if taken[node.key] and node.layer != last:
            assert taken[node.key] == given_on[node.key] + node.idle_minor


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_folding_keeps_the_money_between_layers_and_the_idle_of_each(drawn: Graph) -> None:
    nodes, links = drawn
    layer = {node.key: node.layer for node in nodes}

    graph = reduce(nodes, links)

    before, after = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for link in links:
        before[layer[link.source], layer[link.target]] += link.amount_minor
    kept = {node.key: node.layer for node in graph.nodes}
    for link in graph.links:
        after[kept[link.source], kept[link.target]] += link.amount_minor
    assert after == before
    for number in range(LAYERS_MAX):
        idle = sum(node.idle_minor for node in nodes if node.layer == number)
        assert sum(node.idle_minor for node in graph.nodes if node.layer == number) == idle


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_limits_hold(drawn: Graph) -> None:
    graph = reduce(*drawn)

    assert len(graph.nodes) <= NODES_MAX
    assert len(graph.links) <= LINKS_MAX


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_what_is_folded_is_counted(drawn: Graph) -> None:
    nodes, _ = drawn

    graph = reduce(*drawn)

    named = {node.key for node in graph.nodes} - graph.folded.keys()
    assert len(named) + sum(graph.folded.values()) <= len(nodes)
    assert set(graph.folded) == {node.key for node in graph.nodes} - {node.key for node in nodes}
    assert all(count > 1 for count in graph.folded.values())


def test_small_donors_become_one_other_and_the_large_keep_their_names() -> None:
    graph = reduce(*crowd())

    donors = [node.key for node in graph.nodes if node.layer == 0]
    assert graph.folded == {other_key(0): 40 - len(donors) + 1}
    assert {"d39", "d38"} <= set(donors)


def test_one_thin_place_alone_keeps_its_name() -> None:
    nodes = [SankeyNode("large", "", 0), SankeyNode("thin", "", 0), SankeyNode("pool", "", 1)]

    graph = reduce(nodes, [SankeyLink("large", "pool", 10**9), SankeyLink("thin", "pool", 1)])

    assert {node.key for node in graph.nodes} == {"large", "thin", "pool"}


def test_two_hundred_links_is_the_most() -> None:
    wide = range(30)
    nodes = [SankeyNode(f"{side}{i}", "", layer) for layer, side in enumerate("ab") for i in wide]
    links = [SankeyLink(f"a{i}", f"b{j}", 100 + i) for i in wide for j in wide]

    graph = reduce(nodes, links)

    assert len(graph.links) <= LINKS_MAX
    assert sum(link.amount_minor for link in graph.links) == sum(link.amount_minor for link in links)


def test_a_cent_that_vanishes_is_refused() -> None:
    nodes, links = pool()
    short = [
        replace(link, amount_minor=link.amount_minor - 1) if link.target == "T1" else link for link in links
    ]

    with pytest.raises(UnbalancedError) as refused:
        reduce(nodes, short)

    assert (refused.value.key, refused.value.in_minor, refused.value.out_minor) in {
        ("LT", 100, 99),
        ("T1", 99, 100),
    }


@pytest.mark.parametrize(
    "link",
    [SankeyLink("b", "a", 1), SankeyLink("a", "a", 1), SankeyLink("a", "b", 0), SankeyLink("a", "b", -1)],
)
def test_link_that_carries_nothing_forward_is_refused(link: SankeyLink) -> None:
    with pytest.raises(LinkError):
        reduce([SankeyNode("a", "", 0), SankeyNode("b", "", 1)], [link])


@pytest.mark.parametrize(
    "nodes",
    [
        [SankeyNode("a", "", 0)],
        [SankeyNode("a", "", 0), SankeyNode("b", "", 1), SankeyNode("b", "", 1)],
        [SankeyNode("a", "", 0), SankeyNode("b", "", LAYERS_MAX)],
        [SankeyNode("a", "", 0), SankeyNode("b", "", 1, idle_minor=-1)],
    ],
)
def test_node_that_is_not_described_once_in_a_layer_is_refused(nodes: list[SankeyNode]) -> None:
    with pytest.raises(NodeError):
        reduce(nodes, [SankeyLink("a", "b", 1)])


def test_links_of_one_pair_are_one_ribbon() -> None:
    nodes = [SankeyNode("a", "", 0), SankeyNode("b", "", 1)]

    graph = reduce(nodes, [SankeyLink("a", "b", 1, "/x"), SankeyLink("a", "b", 2, "/y")])

    assert graph.links == (SankeyLink("a", "b", 3, ""),)
