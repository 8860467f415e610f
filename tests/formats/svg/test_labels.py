"""Labels never overlap, stay in bounds, and stand in the least-squares places."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracle.label_places import least_squares

from tranche.formats.svg.labels import LabelBox, place, spread, text_width, wrap

BOXES = st.lists(st.tuples(st.integers(-500, 1500), st.integers(1, 200), st.integers(0, 99)), max_size=8)


def boxes(drawn: list[tuple[int, int, int]]) -> list[LabelBox]:
    return [LabelBox(str(i), centre, height, weight) for i, (centre, height, weight) in enumerate(drawn)]


@given(BOXES)
def test_labels_do_not_overlap_and_stay_in_bounds_and_order(drawn: list[tuple[int, int, int]]) -> None:
    items = {item.key: item for item in boxes(drawn)}

    placed = place(list(items.values()), 0, 1000)

    edge = 0
    for label in placed:
        top = label.centre - items[label.key].height // 2
        assert top >= edge
        edge = top + items[label.key].height
    assert edge <= 1000
    assert [label.key for label in placed] == sorted((label.key for label in placed), key=int)


@given(BOXES)
def test_only_the_lightest_are_dropped_and_only_for_want_of_room(drawn: list[tuple[int, int, int]]) -> None:
    items = boxes(drawn)

    kept = {label.key for label in place(items, 0, 600)}

    dropped = [item for item in items if item.key not in kept]
    assert bool(dropped) == (sum(item.height for item in items) > 600)
    assert all(
        (item.weight, item.key) < (other.weight, other.key)
        for item in dropped
        for other in items
        if other.key in kept
    )


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 60)), min_size=1, max_size=7))
def test_places_are_the_nearest_in_least_squares(drawn: list[tuple[int, int]]) -> None:
    wanted, heights = [w for w, _ in drawn], [2 * h for _, h in drawn]

    found = spread(wanted, heights, 0, 1000)

    best = least_squares(wanted, heights, 0, 1000)
    assert all(abs(Fraction(place) - ideal) <= 1 for place, ideal in zip(found, best, strict=True))


def test_label_with_room_stands_where_it_wants() -> None:
    placed = place([LabelBox("a", 100, 30, 1), LabelBox("b", 300, 30, 1)], 0, 400)

    assert [(label.centre, label.moved) for label in placed] == [(100, 0), (300, 0)]


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60), st.integers(400, 4000))
def test_lines_fit_their_width(content: str, width: int) -> None:
    lines = wrap(content, width, 120)

    assert len(lines) <= 2
    assert all(text_width(line, 120) <= width for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert wrap("Виробництво далекобійних засобів ураження", 1200, 120, 1) == ("Виробництво дал…",)


@pytest.mark.parametrize(("narrow", "wide"), [("ill", "mmm"), ("iii", "жжж"), ("11", "WW")])
def test_wide_letters_take_more_room(narrow: str, wide: str) -> None:
    assert text_width(narrow, 120) < text_width(wide, 120)
