"""The graph of a procedure: every step has its box, every dependency its line, and texts are escaped."""

from __future__ import annotations

from lxml import etree

from tranche.formats.svg.graph import ACROSS_MAX, GraphStep, GraphWords, draw

WORDS = GraphWords("Steps", "Four of them", "after any one")


def step(key: str, *after: str, is_any: bool = False) -> GraphStep:
    return GraphStep(key, f"Title of {key} <b>", "owner", "5 days", after, is_any)


def test_each_step_is_a_box_and_each_dependency_a_line() -> None:
    svg = draw([[step("a"), step("b")], [step("c", "a", "b", is_any=True)]], WORDS, key="graph")

    root = etree.fromstring(svg)
    names = [one.tag.rpartition("}")[2] for one in root.iter()]
    edges = next(one for one in root.iter() if one.get("class") == "edge")
    assert names.count("rect") == 3
    assert (edges.get("d") or "").count("H") == 2
    assert "after any one" in svg
    assert "<b>" not in svg


def test_wide_layer_goes_on_in_the_next_row_and_nothing_overlaps() -> None:
    svg = draw([[step(f"s{n}") for n in range(ACROSS_MAX * 2 + 1)]], WORDS, key="graph")

    boxes = [one for one in etree.fromstring(svg).iter() if one.tag.endswith("rect")]
    places = {(box.get("x"), box.get("y")) for box in boxes}
    assert len(places) == ACROSS_MAX * 2 + 1
    assert len({y for _, y in places}) == 3


def test_graph_without_steps_is_drawn_empty() -> None:
    assert 'class="edge"' not in draw([], WORDS, key="graph")
