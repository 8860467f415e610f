"""The list of what always holds names, for each rule, tests that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "invariants.md"
RULES = [*(f"L{number}" for number in range(1, 14)), *(f"T{number}" for number in range(1, 11))]
ROW = re.compile(r"^\| ([LT][0-9]+) \|.*\| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(\w+)`")


def missing(text: str) -> Iterator[str]:
    """The tests that a text names and that are not there."""
    for path, name in NAMED.findall(text):
        file = ROOT / path
        tree = ast.parse(file.read_text(encoding="utf-8") if file.is_file() else "")
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            yield f"{path}::{name}"


def test_every_rule_has_a_test_and_every_test_exists() -> None:
    text = PAGE.read_text(encoding="utf-8")

    rows = ROW.findall(text)

    assert [rule for rule, _ in rows] == RULES
    assert [rule for rule, tests in rows if not NAMED.search(tests)] == []
    assert list(missing(text)) == []


def test_a_test_that_is_not_there_is_found() -> None:
    here = "tests/test_invariants.py"
    text = f"`{here}::test_gone`, `tests/gone.py::test_a`, `{here}::test_a_test_that_is_not_there_is_found`"

    assert list(missing(text)) == [f"{here}::test_gone", "tests/gone.py::test_a"]
