"""The table against the fragments that were stored when the uses were posted, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from tranche.bulk.table import Table
from tranche.bulk.texts import part
from tranche.ledger.fragments import COLUMNS
from tranche.ledger.rows import reading

ENTRIES_EACH: Final = 10_000
STORED: Final = """
SELECT :columns FROM use_fragment
WHERE entry_id > %s AND entry_id <= %s ORDER BY entry_id, line, piece
""".replace(":columns", COLUMNS)

KEY: Final = 3  # entry, line, piece
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first use whose stored fragments are not those that follow from the movements."""

    entry: int
    line: int
    expected: Row | None
    found: Row | None


def first_difference(
    table: Table, progress: Callable[[int, int], None] | None = None, using: str = "read"
) -> Difference | None:
    """Compare every use; `progress` is told how many entries of how many are compared.

    Sealed entries never change, so what is stored of them now is what was stored when they were read.
    """
    execute, entries = reading(using), table.columns.entries
    of_use = table.columns.entry[table.uses["owner"]]
    for after in range(0, entries, ENTRIES_EACH):
        upto = min(after + ENTRIES_EACH, entries)
        start, end = np.searchsorted(of_use, (after, upto), side="right").tolist()
        expected, found = stored_form(table, start, end), execute(STORED, [after, upto])
        if expected != found:
            return _first(expected, found)
        if progress is not None:
            progress(upto, entries)
    return None


def stored_form(table: Table, start: int, end: int) -> list[Row]:
    """Return rows of the table as `use_fragment` has them."""
    if start == end:
        return []
    made = part(table, start, end)
    rows = made.rows
    columns = (
        *(made.entry, made.line, made.piece, rows["lo"], rows["amount"]),
        *(made.source_entry, made.source_line, rows["source_lo"], rows["source_amount"]),
    )
    paths = [made.paths[number] for number in made.path.tolist()]
    crossings = [made.crossings[number] for number in made.crossing.tolist()]
    return list(zip(*(column.tolist() for column in columns), paths, crossings, strict=True))


def _first(expected: list[Row], found: list[Row]) -> Difference:
    """The first row that differs; where only one list has it, the other has nothing in its place."""
    for right, stored in zip_longest(expected, found):
        if right == stored:
            continue
        if right is None or (stored is not None and stored[:KEY] < right[:KEY]):
            return Difference(stored[0], stored[1], None, stored)
        is_missing = stored is None or right[:KEY] < stored[:KEY]
        return Difference(right[0], right[1], right, None if is_missing else stored)
    raise AssertionError("two lists that differ have a row that differs")
