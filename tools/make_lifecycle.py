"""Write docs/lifecycle.md: the states of every kind of record as diagrams, from the table of the kernel.

Run by hand after a change of the table; a test compares the page with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tranche.kernel.lifecycle import Transition
from tranche.kernel.transitions import BACK, END_STATES, TABLE

PAGE = Path(__file__).parent.parent / "docs/lifecycle.md"
HEAD = (
    "# The states of every record\n\n"
    "Made by `tools/make_lifecycle.py` from `kernel/transitions.py`, the table by which every action is "
    "allowed or refused, in this program and in the database. An arrow bears the action, who asks for "
    "it, who approves it (see [who may do what](policy.md)) and its tags: $ moves money, # books a fact "
    "of a bank or of a signed act, + gives authority.\n\n"
    "Nothing gets stuck: the last step of a record is taken back by `step_back`, with a reason and at "
    "the higher price of the step undone and of the step that had led to the state it returns to. Which "
    "steps lead back so stands below each diagram; what a step did in the bank's books or in the rule "
    "of a fund is undone by an action of its own.\n"
)


def page(table: Sequence[Transition] = TABLE) -> str:
    """The whole page; kinds in the order of the table."""
    return HEAD + "".join(
        _section(kind, list(rows)) for kind, rows in groupby(table, key=lambda row: row.kind)
    )


def _section(kind: str, rows: Sequence[Transition]) -> str:
    staying = [row for row in rows if row.source == row.target]
    parts = [f"\n## {kind.capitalize()}\n\n```mermaid\nstateDiagram-v2\n", *_arrows(kind, rows), "```\n"]
    if staying:
        listed = sorted({f"`{_name(row)}` in {row.source} ({_price(row)})" for row in staying})
        parts.append(f"\nIn the same state: {'; '.join(listed)}.\n")
    back = [f"{row.source} to {row.target} ({_price(row)})" for row in BACK if row.kind == kind]
    if back:
        parts.append(f"\nBack by `step_back`: {'; '.join(dict.fromkeys(back))}.\n")
    return "".join(parts)


def _arrows(kind: str, rows: Sequence[Transition]) -> Iterator[str]:
    for row in rows:
        if row.source != row.target:
            yield f"    {row.source or '[*]'} --> {row.target}: {_name(row)} ({_price(row)})\n"
    for state in sorted(state for of, state in END_STATES if of == kind):
        yield f"    {state} --> [*]\n"


def _name(row: Transition) -> str:
    return row.action.partition(".")[2]


def _price(row: Transition) -> str:
    who = " ".join(sorted(row.roles)) + (f" then {row.executor}" if row.executor else "")
    return " ".join([who, row.quorum, *sorted(row.tags)])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
