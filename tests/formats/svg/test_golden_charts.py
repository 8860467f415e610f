"""Every sample chart is its golden file, is well-formed, and carries nothing that the policy drops."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.formats.svg.charts import GOLDEN, SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_chart_equals_its_golden_file(name: str) -> None:
    assert SAMPLES[name]() + "\n" == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


def test_every_golden_file_has_its_chart() -> None:
    assert {path.stem for path in GOLDEN.glob("*.svg")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_chart_says_its_title_and_summary_first(name: str) -> None:
    root = etree.fromstring(SAMPLES[name]().encode())

    title, summary = root[0], root[1]

    assert root.get("role") == "group"
    assert root.get("aria-labelledby") == f"{title.get('id')} {summary.get('id')}"
    assert title.text
    assert summary.text


@pytest.mark.parametrize("name", SAMPLES)
def test_chart_has_no_style_no_script_and_no_fraction_of_a_tenth(name: str) -> None:
    root = etree.fromstring(SAMPLES[name]().encode())

    attributes = [(str(key), str(value)) for node in root.iter() for key, value in node.attrib.items()]

    assert not [key for key, _ in attributes if key == "style" or key.startswith("on")]
    assert not list(root.iter("{*}style", "{*}script"))
    lengths = [value for key, value in attributes if key in {"x", "y", "width", "height", "d"}]
    numbers = [word for value in lengths for word in value.split() if "." in word]
    assert all(len(number.split(".")[1]) == 1 for number in numbers)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_link_says_where_it_leads(name: str) -> None:
    root = etree.fromstring(SAMPLES[name]().encode())

    links = list(root.iter("{*}a"))

    assert all(link.get("href") and link.get("aria-label") for link in links)
