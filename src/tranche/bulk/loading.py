"""The ledger out of the database as columns: one snapshot, read in steps, up to the last sealed entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tranche.bulk.columns import KINDS, Columns
from tranche.bulk.errors import BookBroken
from tranche.bulk.state import NONE, Int32, Int64
from tranche.kernel.chart import Kind
from tranche.ledger.rows import Execute
from tranche.ledger.snapshot import snapshot

ROWS_EACH: Final = 50_000
TYPES: Final = (np.int64, np.int32, np.int32, np.int32, np.int64)
HEAD: Final = """
SELECT coalesce((SELECT max(id) FROM journal_entry), 0), (SELECT next_seq - 1 FROM log_head WHERE id = 1)
"""
ACCOUNTS: Final = "SELECT id, kind, code, currency FROM account ORDER BY id"
MOVEMENTS: Final = """
SELECT entry_id, line, src, dst, amount FROM movement
WHERE (entry_id, line) > (%s, %s) AND entry_id <= %s ORDER BY entry_id, line LIMIT %s
"""
PAIRS: Final = """
SELECT entry_id, out_line, in_line FROM fx_pair
WHERE (entry_id, out_line) > (%s, %s) AND entry_id <= %s ORDER BY entry_id, out_line LIMIT %s
"""
NO_ACCOUNT_WHY: Final = "an account of the movement does not exist"
NO_LINE_WHY: Final = "a conversion names a line that does not exist"


def load(progress: Callable[[int, int], None] | None = None, using: str = "read") -> Columns:
    """Read the whole ledger; `progress` is told how many entries of how many are read. Raises BookBroken."""
    with snapshot(using) as execute:
        [(entries, log_seq)] = execute(HEAD)
        accounts = execute(ACCOUNTS)
        ids = np.array([row[0] for row in accounts], np.int64)
        steps = []
        for rows in _steps(execute, MOVEMENTS, entries):
            steps.append(_dense(rows, ids))
            if progress is not None:
                progress(int(rows[-1, 0]), entries)
        pairs = list(_steps(execute, PAIRS, entries))
    entry, line, src, dst, amount = (_joined(steps, n) for n in range(5))
    return Columns(
        entry=entry,
        line=line,
        src=src,
        dst=dst,
        amount=amount,
        partner=_partners(entry, line, pairs),
        kinds=np.array([KINDS.index(Kind(row[1])) for row in accounts], np.uint8),
        codes=tuple(row[2] for row in accounts),
        currencies=tuple(row[3] for row in accounts),
        entries=entries,
        log_seq=log_seq,
    )


def _steps(execute: Execute, sql: str, entries: int) -> Iterator[Int64]:
    """The rows of a statement in the order of its first two columns, some at a time."""
    after = (0, 0)
    while rows := execute(sql, [*after, entries, ROWS_EACH]):
        width = len(rows[0])
        numbers = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * width).reshape(-1, width)
        yield numbers
        after = (int(numbers[-1, 0]), int(numbers[-1, 1]))


def _dense(rows: Int64, ids: Int64) -> list[NDArray[Any]]:
    """The columns of some movements, their accounts by their place among all."""
    ends = rows[:, 2:4]
    places = np.searchsorted(ids, ends)
    is_known = ids[np.minimum(places, len(ids) - 1)] == ends if len(ids) else np.zeros_like(ends, bool)
    if not is_known.all():
        row = rows[int(np.argmin(is_known.all(axis=1)))]
        raise BookBroken(int(row[0]), int(row[1]), NO_ACCOUNT_WHY)
    columns = (rows[:, 0], rows[:, 1], places[:, 0], places[:, 1], rows[:, 4])
    return [column.astype(kind) for column, kind in zip(columns, TYPES, strict=True)]


def _joined(steps: list[list[NDArray[Any]]], column: int) -> NDArray[Any]:
    return np.concatenate([np.empty(0, TYPES[column]), *(step[column] for step in steps)])


def _partners(entry: Int64, line: Int32, pairs: list[Int64]) -> Int32:
    """Where the other leg of each movement stands; NONE where it converts nothing."""
    partner = np.full(len(entry), NONE, np.int32)
    for rows in pairs:
        out, into = (_place(entry, line, rows[:, 0], rows[:, column]) for column in (1, 2))
        partner[out], partner[into] = into, out
    return partner


def _place(entry: Int64, line: Int32, entries: Int64, lines: Int64) -> NDArray[np.intp]:
    """Where these lines stand: those of an entry follow one another from 1."""
    places: NDArray[np.intp] = np.searchsorted(entry, entries) + lines - 1
    inside = np.clip(places, 0, len(entry) - 1)
    is_there = (entry[inside] == entries) & (line[inside] == lines)
    if not is_there.all():
        missing = int(np.argmin(is_there))
        raise BookBroken(int(entries[missing]), int(lines[missing]), NO_LINE_WHY)
    return inside
