"""Bars begin at nought and their parts add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.formats.svg.charts import COVERED, SPENT

from tranche.formats.svg.bars import WIDTH, CoverageRow, MoneyPart, Part, coverage, money_bar


def tenths(text: str | None) -> int:
    whole, _, rest = str(text).partition(".")
    return 10 * int(whole) + int(rest or 0)


def rects(svg: str, class_: str) -> list[etree._Element]:
    return [node for node in etree.fromstring(svg.encode()).iter("{*}rect") if node.get("class") == class_]


@given(st.lists(st.integers(1, 10**15), min_size=len(Part), max_size=len(Part)))
def test_parts_follow_one_another_to_the_end_of_the_bar(amounts: list[int]) -> None:
    parts = [MoneyPart(part, part.value, amount) for part, amount in zip(Part, amounts, strict=True)]

    svg = money_bar(parts, SPENT, key="m")

    lefts = [tenths(rects(svg, f"b-{part.value}")[0].get("x")) for part in Part]
    assert lefts[0] == 0
    assert lefts == sorted(lefts)
    assert lefts[-1] <= WIDTH


def test_part_of_nothing_is_not_drawn() -> None:
    svg = money_bar([MoneyPart(Part.PAID, "Paid", 1), MoneyPart(Part.IDLE, "Idle", 0)], SPENT, key="m")

    assert rects(svg, "b-idle") == []
    assert len(rects(svg, "b-paid")) == 1


def test_covered_more_than_needed_fills_the_bar_and_has_no_gap() -> None:
    row = CoverageRow("1", "Need", 100, 250, 10)

    svg = coverage([row], COVERED, key="c")

    assert row.gap_minor == 0
    assert tenths(rects(svg, "b-allocated")[0].get("width")) == tenths(rects(svg, "gap")[0].get("width"))
    assert "250 % covered" in svg
    assert "gap 0" not in svg


def test_lengths_are_shares_of_the_need() -> None:
    svg = coverage([CoverageRow("1", "Need", 400, 200, 100)], COVERED, key="c")

    whole, allocated, accepted = (
        tenths(rects(svg, class_)[0].get("width")) for class_ in ("gap", "b-allocated", "b-accepted")
    )
    assert (allocated, accepted) == (whole // 2, whole // 4)
