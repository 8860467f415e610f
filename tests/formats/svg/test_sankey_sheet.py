"""The highlight sheet that pages link is the one this module writes."""

from __future__ import annotations

from pathlib import Path

from tranche.formats.svg.sankey_graph import NODES_MAX
from tranche.formats.svg.sankey_sheet import highlight_sheet

SHEET = Path(__file__).resolve().parents[3] / "src/tranche/static/sankey.css"


def test_sheet_on_disk_is_the_generated_one() -> None:
    assert SHEET.read_text(encoding="ascii") == highlight_sheet()


def test_every_slot_has_its_rule() -> None:
    assert highlight_sheet().count(".sankey:has(") == NODES_MAX
    assert ".n59:is(:hover,:focus-visible)) .r:not(.s59,.t59)" in highlight_sheet()
