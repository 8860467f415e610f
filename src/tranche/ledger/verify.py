"""The proof that the book follows from its own lines, in one linear pass over one snapshot."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tranche.kernel.differences import Difference, Differences
from tranche.ledger.binding import check_log, check_register
from tranche.ledger.closed import check_closes
from tranche.ledger.replay import Replay
from tranche.ledger.snapshot import snapshot

__all__ = ["Difference", "Report", "verify"]

ENTRIES_EACH: Final = 2000
LAST: Final = """
SELECT coalesce((SELECT max(id) FROM journal_entry), 0), coalesce((SELECT max(entry_id) FROM movement), 0),
    coalesce((SELECT max(entry_id) FROM use_fragment), 0), coalesce((SELECT max(entry_id) FROM fx_pair), 0)
"""


@dataclass(frozen=True, slots=True)
class Report:
    """How much was checked and what differs; no difference means that the book verifies."""

    accounts: int
    movements: int
    entries: int
    fragments: int
    differences: tuple[Difference, ...]


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of small tuples and not one cycle: looking for some would cost a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def verify(progress: Callable[[int, int], None] | None = None, using: str = "read") -> Report:
    """Recompute the whole book; `progress` is told how many entries of how many are done."""
    with snapshot(using) as execute:
        differences = Differences()
        with _no_collecting():
            replay = Replay(execute, differences)
            last = max(execute(LAST, [])[0])
            for first in range(1, last + 1, ENTRIES_EACH):
                end = min(first + ENTRIES_EACH, last + 1)
                replay.run(first, end)
                if progress is not None:
                    progress(end - 1, last)
            replay.finish()
            check_closes(execute, differences)
        try:
            log = check_log(replay.hashes, execute, differences)
            check_register(log, execute, differences, using)
        except ValueError as error:  # what was found before it is told all the same
            differences.note("unreadable", "values that can be read", error)
    return Report(
        accounts=replay.accounts,
        movements=replay.movements,
        entries=len(replay.hashes),
        fragments=replay.fragments,
        differences=tuple(differences.found),
    )
