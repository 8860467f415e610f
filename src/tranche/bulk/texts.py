"""Rows of the table as they are stored: numbered pieces, ways and conversions as texts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tranche.bulk.state import NONE, ROOT, Int32, Int64, Records
from tranche.bulk.table import Table
from tranche.ledger.fragments import PATH_JOIN

Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring rows of the uses; a row's texts by their numbers in `paths` and `crossings`."""

    rows: Records
    entry: Int64
    line: Int32
    piece: Numbers
    source_entry: Int64
    source_line: Int32
    path: Numbers
    paths: list[str]
    crossing: Numbers
    crossings: list[str]


def part(table: Table, start: int, end: int) -> Part:
    """Return rows `start` to `end` (exclusive), at least one."""
    columns, rows = table.columns, table.uses[start:end]
    owner, source = rows["owner"], rows["source"]
    first = np.searchsorted(owner, owner)
    first[first == 0] -= start - bisect_left(table.uses["owner"], owner[0])
    nodes, path = np.unique(rows["path"], return_inverse=True)
    frames, crossing = np.unique(rows["fx"], return_inverse=True)
    return Part(
        rows=rows,
        entry=columns.entry[owner],
        line=columns.line[owner],
        piece=np.arange(1, len(rows) + 1) - first,
        source_entry=columns.entry[source],
        source_line=columns.line[source],
        path=path,
        paths=path_texts(table, nodes),
        crossing=crossing,
        crossings=crossing_texts(table, frames),
    )


def path_texts(table: Table, nodes: Int32) -> list[str]:
    """Return these ways as `use_fragment.path` has them: codes from the source's first account on."""
    codes, found = table.columns.codes, [list[str]() for _ in nodes]
    for rows, at in _levels(nodes, table.nodes["parent"], end=ROOT):
        for row, account in zip(rows.tolist(), table.nodes["account"][at].tolist(), strict=True):
            found[row].append(codes[account])
    return [PATH_JOIN.join(reversed(steps)) for steps in found]


def crossing_texts(table: Table, frames: Int32) -> list[str]:
    """Return these conversions as `use_fragment.fx_path` has them, the nearest to the use first."""
    columns, found = table.columns, [list[str]() for _ in frames]
    for rows, at in _levels(frames, table.frames["next"], end=NONE):
        steps = table.frames[at]
        entries, lines = columns.entry[steps["leg"]].tolist(), columns.line[steps["leg"]].tolist()
        for row, entry, line, place in zip(rows.tolist(), entries, lines, steps["at"].tolist(), strict=True):
            found[row].append(f"{entry}:{line}:{place}")
    return [PATH_JOIN.join(steps) for steps in found]


def _levels(heads: Int32, behind: Int32, *, end: int) -> Iterator[tuple[Numbers, Int32]]:
    """Walk many chains at once: which of them have a step more, and where it is."""
    rows, at = np.arange(len(heads)), heads
    while True:
        goes_on = at != end
        rows, at = rows[goes_on], at[goes_on]
        if not len(rows):
            return
        yield rows, at
        at = behind[at]
