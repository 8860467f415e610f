"""Planned against actual: what is late is hatched and said, what is to come is outlined."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree
from tests.formats.svg.charts import TIMES, TODAY, tranche_in_time

from tranche.formats.svg.timeline import ROWS_MAX, TimelineStep, TimelineTooLongError, draw


def one_step(step: TimelineStep) -> etree._Element:
    return etree.fromstring(draw([], [step], TIMES, today=TODAY, key="t").encode())


def classes(root: etree._Element) -> list[str | None]:
    return [node.get("class") for node in root.iter("{*}rect", "{*}path")]


def test_running_step_past_its_day_is_hatched_and_counts_to_today() -> None:
    step = TimelineStep("a", "A", "LT", date(2025, 3, 1), date(2025, 3, 20), started_on=date(2025, 3, 1))

    root = one_step(step)

    assert "overdue" in classes(root)
    assert "11 days late" in "".join(str(text) for text in root.itertext())


def test_step_done_in_time_has_no_hatch() -> None:
    step = TimelineStep(
        "a",
        "A",
        "LT",
        date(2025, 3, 1),
        date(2025, 3, 20),
        date(2025, 3, 1),
        date(2025, 3, 20),
        evidence=True,
    )

    assert "overdue" not in classes(one_step(step))
    assert "mark-solid" in classes(one_step(step))


def test_step_to_come_is_an_outline_only() -> None:
    found = classes(one_step(TimelineStep("a", "A", "LT", date(2025, 4, 1), date(2025, 5, 1))))

    assert "planned" in found
    assert "actual" not in found


def test_step_never_begun_and_past_its_day_is_late() -> None:
    assert TimelineStep("a", "A", "LT", None, date(2025, 3, 30)).days_late(TODAY) == 1


def test_dependency_is_drawn() -> None:
    assert tranche_in_time().count(" M ") >= 2


def test_more_rows_than_a_page_are_refused() -> None:
    steps = [TimelineStep(str(i), "A", "LT") for i in range(ROWS_MAX + 1)]

    with pytest.raises(TimelineTooLongError) as refused:
        draw([], steps, TIMES, today=TODAY, key="t")

    assert refused.value.count == ROWS_MAX + 1
