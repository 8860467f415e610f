"""Room for the queues: made when a book is begun, and again whenever a movement finds too little."""

from __future__ import annotations

from typing import Final

import numpy as np

from tranche.bulk.paths import file_again
from tranche.bulk.state import (
    COUNTERS,
    FRAME,
    FRAMES,
    FREE,
    NODE,
    NODES,
    NONE,
    PIECE,
    PIECES,
    ROOT,
    RUN,
    RUNS,
    WANTED,
    Int32,
    Records,
    State,
)

ROOM: Final = 1024  # even for the smallest book


def begin(movements: int, accounts: int) -> State:
    """Return empty queues with room for a usual book; what is never used costs no memory."""
    counters = np.zeros(COUNTERS, np.int64)
    counters[FREE] = NONE
    counters[NODES] = ROOT + 1
    nodes = np.empty(movements // 16 + ROOM, NODE)
    nodes[ROOT] = (NONE, NONE, NONE, NONE)
    return State(
        counters=counters,
        runs=np.empty(movements // 2 + ROOM, RUN),
        heads=np.full(accounts, NONE, np.int32),
        tails=np.full(accounts, NONE, np.int32),
        waiting=np.zeros(movements, np.int32),
        nodes=nodes,
        slots=_slots(len(nodes)),
        frames=np.empty(movements // 8 + ROOM, FRAME),
        pieces=np.empty(movements // 2 + ROOM, PIECE),
    )


def with_room(state: State) -> State:
    """Return the same queues with room for what the last step wanted, and half as much again."""
    counters, wanted = state.counters, int(state.counters[WANTED])
    nodes = _grown(state.nodes, int(counters[NODES]), wanted)
    slots = state.slots
    if nodes is not state.nodes:
        slots = _slots(len(nodes))
        file_again(nodes, slots, int(counters[NODES]))
    return state._replace(
        runs=_grown(state.runs, int(counters[RUNS]), wanted),
        nodes=nodes,
        slots=slots,
        frames=_grown(state.frames, int(counters[FRAMES]), wanted),
        pieces=_grown(state.pieces, int(counters[PIECES]), wanted),
    )


def _grown(records: Records, used: int, wanted: int) -> Records:
    if used + wanted <= len(records):
        return records
    grown = np.empty((used + wanted) * 3 // 2, records.dtype)
    grown[:used] = records[:used]
    return grown


def _slots(nodes: int) -> Int32:
    """A table at most half full."""
    return np.zeros(1 << (2 * nodes - 1).bit_length(), np.int32)
