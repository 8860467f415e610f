"""The queues of kernel/simulate.py as flat arrays: every use of a ledger in one pass of compiled loops.

Nothing here allocates: before a movement changes anything it looks for room, and the caller makes it. Whole
numbers only, and each of them fits 64 bits: amounts and cuts lie below 2^50, totals below 2^53.
"""

from __future__ import annotations

from typing import Final

from tranche.bulk.compiled import compiled
from tranche.bulk.exact import fx_cut
from tranche.bulk.pieces import note
from tranche.bulk.queues import cut_off, drop, new_run, put
from tranche.bulk.state import (
    FRAMES,
    FREE,
    FX,
    NODES,
    NONE,
    PIECES,
    RUNS,
    SOURCE,
    STATUS,
    USE,
    WANTED,
    Book,
    State,
)

DONE: Final = 0
NO_ROOM: Final = 1
NO_MONEY: Final = 2
NO_PAIR: Final = 3


@compiled
def advance(book: Book, state: State, start: int, end: int) -> int:
    """Move movements `start` to `end` (exclusive) and return the first that was not moved.

    Why it stopped short stands in the counter STATUS; nothing of that movement was done.
    """
    for movement in range(start, end):
        status = _move(book, state, movement)
        if status != DONE:
            state.counters[STATUS] = status
            return movement
    state.counters[STATUS] = DONE
    return end


@compiled
def _move(book: Book, state: State, movement: int) -> int:
    src, dst = book.src[movement], book.dst[movement]
    src_role, dst_role = book.roles[src], book.roles[dst]
    leg = book.partner[movement]
    if (src_role == FX or dst_role == FX) and leg < 0:
        return NO_PAIR
    last, count, left = _reach(book, state, movement, src_role)
    if count == 0:
        return NO_MONEY
    if not _has_room(state, last, count):
        return NO_ROOM
    if src_role == SOURCE:
        first = last = new_run(state, book.amount[movement], movement)
    elif src_role == FX:
        first = state.waiting[movement] - 1
        state.waiting[movement] = 0
    else:
        first = cut_off(state, src, last, left)
    if dst_role in (USE, SOURCE) or src_role == USE:
        note(state, first, movement)
    if dst_role == FX:
        _convert(book, state, movement, first)
    elif dst_role == SOURCE:
        drop(state, first, last)
    else:
        put(state, dst, first)
    return DONE


@compiled
def _reach(book: Book, state: State, movement: int, src_role: int) -> tuple[int, int, int]:
    """How far a movement reaches: its last run, how many runs, and where in the last one it ends.

    That is 0 for a run taken whole; there are no runs where the money is not there. A run that has crossed a
    conversion is cut at its end as well: what is worth nothing here may be left of it.
    """
    if src_role == SOURCE:
        return NONE, 1, 0
    amount = book.amount[movement]
    if src_role == FX:
        return _reach_end(state, state.waiting[movement] - 1, amount)
    run, count = state.heads[book.src[movement]], 0
    while run >= 0:
        here = state.runs[run].amount
        count += 1
        if here > amount or (here == amount and state.runs[run].fx >= 0):
            return run, count, amount
        amount -= here
        if amount == 0:
            return run, count, 0
        run = state.runs[run].next
    return NONE, 0, 0


@compiled
def _reach_end(state: State, first: int, amount: int) -> tuple[int, int, int]:
    """The last run of a list that must hold exactly this amount."""
    run, last, count = first, NONE, 0
    while run >= 0:
        amount -= state.runs[run].amount
        count += 1
        last = run
        run = state.runs[run].next
    if amount != 0:
        return NONE, 0, 0
    return last, count, 0


@compiled
def _has_room(state: State, last: int, count: int) -> bool:
    """Tell whether there is a path, a piece and a conversion for each run, and what a split makes."""
    counters, frames = state.counters, count
    if last >= 0:
        frame = state.runs[last].fx
        while frame >= 0:
            frames += 1
            frame = state.frames[frame].next
    counters[WANTED] = frames
    has_room: bool = (
        (counters[FREE] >= 0 or counters[RUNS] < len(state.runs))
        and counters[NODES] + count <= len(state.nodes)
        and counters[FRAMES] + frames <= len(state.frames)
        and counters[PIECES] + count <= len(state.pieces)
    )
    return has_room


@compiled
def _convert(book: Book, state: State, movement: int, first: int) -> None:
    """Cut the other currency where the runs end; a run worth nothing there stays in its place."""
    leg = book.partner[movement]
    amount_out, amount_in = book.amount[movement], book.amount[leg]
    place, kept, kept_first = first, NONE, NONE
    out_at, lo = 0, 0
    while place >= 0:
        run = state.runs[place]
        behind = run.next
        made = state.counters[FRAMES]
        frame = state.frames[made]
        frame.at = lo
        frame.leg = leg
        frame.amount_in = amount_in
        frame.amount_out = amount_out
        frame.shift = (state.frames[run.fx].at if run.fx >= 0 else run.source_lo) - out_at
        frame.next = run.fx
        out_at += run.amount
        hi = fx_cut(out_at, amount_out, amount_in)
        if hi > lo or run.source_amount > 0:
            state.counters[FRAMES] = made + 1
            run.amount = hi - lo
            run.fx = made
            if kept >= 0:
                state.runs[kept].next = place
            else:
                kept_first = place
            kept = place
        else:
            run.next = state.counters[FREE]
            state.counters[FREE] = place
        lo = hi
        place = behind
    if kept >= 0:
        state.runs[kept].next = NONE
    state.waiting[leg] = kept_first + 1
