"""The drawing of the flow: the same bytes for any order of its input, names, colours, links."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.formats.svg.charts import crowd, flow, pool
from tests.formats.svg.graphs import Graph, graphs


def texts(svg: str, class_: str) -> list[str]:
    root = etree.fromstring(svg.encode())
    return [str(node.text) for node in root.iter("{*}text") if node.get("class") == class_]


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(0, 10**6))
def test_shuffled_input_gives_the_same_bytes(drawn: Graph, seed: int) -> None:
    nodes, links = drawn
    shuffled_nodes, shuffled_links = list(nodes), list(links)
    random.Random(seed).shuffle(shuffled_nodes)  # noqa: S311 - an order, not a secret
    random.Random(seed + 1).shuffle(shuffled_links)  # noqa: S311 - an order, not a secret

    assert flow(shuffled_nodes, shuffled_links) == flow(nodes, links)


def test_money_of_one_source_keeps_its_colour_until_it_mixes() -> None:
    root = etree.fromstring(flow(*pool()).encode())

    colour = {
        str(node.get("aria-label")).split(",")[0]: node.find("{*}rect").get("class")  # type: ignore[union-attr]  # each has one
        for node in root.iter("{*}a")
        if str(node.get("class")).startswith("n ")
    }

    assert colour["LT-UA-2024-T1"] == colour["Lithuania"] == colour["Виробництво далекобійних засобів"]
    assert colour["DK-UA-2024-POOL"] == colour["Lot 1"] == "c1"
    assert len({colour["Denmark"], colour["European Union"], colour["Lithuania"], "c1"}) == 4


def test_node_says_name_amount_share_and_what_is_idle() -> None:
    root = etree.fromstring(flow(*pool()).encode())

    labels = [node.get("aria-label") for node in root.iter("{*}a")]

    assert "DK-UA-2024-POOL, 5150 EUR, 98 %, idle 300 EUR" in labels
    assert "Production → C-DK-01: 4800 EUR" in labels


def test_ribbon_is_reached_by_pointer_and_not_by_tab() -> None:
    root = etree.fromstring(flow(*pool()).encode())

    for link in root.iter("{*}a"):
        ribbon = str(link.get("class")).startswith("r ")
        assert link.get("tabindex") == ("-1" if ribbon else None)


def test_other_leads_to_the_table_and_says_how_many() -> None:
    svg = flow(*crowd())

    assert "Other (" in " ".join(texts(svg, "name"))
    assert 'href="#flow-table"' in svg


def test_columns_are_headed() -> None:
    assert texts(flow(*pool()), "column")[:2] == ["Origin", "Donor"]
