"""The trace of a whole ledger: whose money every use was, and whose money lies where, in one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tranche.bulk.columns import Columns
from tranche.bulk.errors import BookBroken
from tranche.bulk.kernel import DONE, NO_PAIR, NO_ROOM, advance
from tranche.bulk.pieces import note_rests
from tranche.bulk.room import begin, with_room
from tranche.bulk.state import FRAMES, NODES, PIECES, STATUS, State, UInt8
from tranche.bulk.table import Table

Progress = Callable[[int, int], None]

MOVEMENTS_EACH: Final = 1 << 17  # a step takes some tenth of a second: progress shows, and Ctrl-C is heard
NO_MONEY_WHY: Final = "the account holds less than the movement takes"
NO_PAIR_WHY: Final = "half of a conversion has no other half"


def trace_all(columns: Columns, progress: Progress | None = None) -> Table:
    """Trace every use; `progress` is told how many movements of how many are done. Raises BookBroken."""
    book, total = columns.book, len(columns)
    state, done = begin(total, len(columns.codes)), 0
    while done < total:
        reached = advance(book, state, done, min(done + MOVEMENTS_EACH, total))
        status = int(state.counters[STATUS])
        if status == NO_ROOM:
            state = with_room(state)
        elif status != DONE:
            why = NO_PAIR_WHY if status == NO_PAIR else NO_MONEY_WHY
            raise BookBroken(int(columns.entry[reached]), int(columns.line[reached]), why)
        elif progress is not None:
            progress(reached, total)
        done = reached
    uses = int(state.counters[PIECES])
    state = _with_rests(columns.roles, state)
    ends = state.counters.tolist()
    return Table(
        columns=columns,
        uses=state.pieces[:uses],
        rests=state.pieces[uses : ends[PIECES]],
        nodes=state.nodes[: ends[NODES]],
        frames=state.frames[: ends[FRAMES]],
    )


def _with_rests(roles: UInt8, state: State) -> State:
    account = 0
    while (account := note_rests(roles, state, account)) < len(roles):
        state = with_room(state)
    return state
