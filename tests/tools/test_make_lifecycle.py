"""The diagrams of the documents are the table by which actions are allowed."""

from __future__ import annotations

import re

from tools.make_lifecycle import PAGE, page

from tranche.kernel.transitions import BACK, END_STATES, TABLE


def test_page_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/make_lifecycle.py and read what changed"


def test_every_row_end_and_way_back_is_drawn_once() -> None:
    text = page()
    moving = [row for row in TABLE if row.source != row.target]

    assert text.count("```mermaid") == len({row.kind for row in TABLE})
    assert len(re.findall(r"^    \S+ --> [a-z_]+: ", text, re.MULTILINE)) == len(moving)
    assert len(re.findall(r"--> \[\*\]$", text, re.MULTILINE)) == len(END_STATES)
    for row in BACK:
        assert f"{row.source} to {row.target} (" in text, row
