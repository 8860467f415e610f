"""The queues of the accounts: lists of runs, taken from at the front and added to at the end."""

from __future__ import annotations

from tranche.bulk.compiled import compiled
from tranche.bulk.exact import half_cut
from tranche.bulk.paths import longer
from tranche.bulk.state import FRAMES, FREE, NONE, ROOT, RUNS, State


@compiled
def new_run(state: State, amount: int, movement: int) -> int:
    """Make the run with which money enters the book."""
    place = _place(state)
    run = state.runs[place]
    run.amount = amount
    run.source = movement
    run.source_lo = 0
    run.source_amount = amount
    run.path = ROOT
    run.fx = NONE
    run.next = NONE
    return place


@compiled
def cut_off(state: State, account: int, last: int, left: int) -> int:
    """Take the runs up to `last` out of a queue, of the last one the first `left` units; return the first."""
    first: int = state.heads[account]
    rest = _split(state, last, left) if left > 0 else NONE
    behind = state.runs[last].next
    if rest >= 0:
        state.runs[rest].next = behind
        if behind < 0:
            state.tails[account] = rest
        behind = rest
    state.heads[account] = behind
    if behind < 0:
        state.tails[account] = NONE
    state.runs[last].next = NONE
    return first


@compiled
def put(state: State, account: int, first: int) -> None:
    """Put runs at the end of a queue, one account further on their paths; join what was one."""
    last, place, before, path = state.tails[account], first, NONE, NONE
    while place >= 0:
        run = state.runs[place]
        behind = run.next
        if run.path != before:
            before = run.path
            path = longer(state, before, account)
        run.path = path
        if last >= 0 and _joined(state, last, place):
            run.next = state.counters[FREE]
            state.counters[FREE] = place
        else:
            if last >= 0:
                state.runs[last].next = place
            else:
                state.heads[account] = place
            last = place
        place = behind
    state.runs[last].next = NONE
    state.tails[account] = last


@compiled
def drop(state: State, first: int, last: int) -> None:
    """Let runs go that leave the book."""
    state.runs[last].next = state.counters[FREE]
    state.counters[FREE] = first


@compiled
def _split(state: State, place: int, amount: int) -> int:
    """Leave the first units in a run and return the others as a run of their own, or NONE.

    A source's unit that is cut through counts with the others.
    """
    run = state.runs[place]
    here, lo, there = run.amount, run.source_lo, run.source_amount
    fx, cut = NONE, lo + amount
    if run.fx >= 0:
        made = state.counters[FRAMES]
        cut = max(_split_frames(state, run.fx, amount), lo)
        if here == amount and lo + there == cut:
            state.counters[FRAMES] = made
            return NONE
        fx = made
    run.amount = amount
    run.source_amount = cut - lo
    rest_place = _place(state)
    rest = state.runs[rest_place]
    rest.amount = here - amount
    rest.source = run.source
    rest.source_lo = cut
    rest.source_amount = lo + there - cut
    rest.path = run.path
    rest.fx = fx
    return rest_place


@compiled
def _split_frames(state: State, frame: int, amount: int) -> int:
    """Note the conversions behind the later part of a run; return where it begins in the source."""
    cut2 = 2 * (state.frames[frame].at + amount)
    while frame >= 0:
        old = state.frames[frame]
        made = state.counters[FRAMES]
        new = state.frames[made]
        new.at = cut2 >> 1
        new.amount_in = old.amount_in
        new.amount_out = old.amount_out
        new.shift = old.shift
        new.leg = old.leg
        new.next = made + 1 if old.next >= 0 else NONE
        state.counters[FRAMES] = made + 1
        cut2 = half_cut(cut2, old.amount_in, old.amount_out) + 2 * old.shift
        frame = old.next
    return int(cut2 >> 1)


@compiled
def _joined(state: State, last: int, place: int) -> bool:
    """Join a run to the one that it continues, unless it has crossed a conversion.

    `simulate` leaves them apart, and its pieces are the same. A conversion that would have cut between the
    two maps that cut back to the same whole unit of the source, so nothing can be lost or moved by it.
    """
    one, other = state.runs[last], state.runs[place]
    if (
        one.fx >= 0
        or other.fx >= 0
        or one.source != other.source
        or one.path != other.path
        or one.source_lo + one.source_amount != other.source_lo
    ):
        return False
    one.amount += other.amount
    one.source_amount += other.source_amount
    return True


@compiled
def _place(state: State) -> int:
    """A place for one run more."""
    place: int = state.counters[FREE]
    if place >= 0:
        state.counters[FREE] = state.runs[place].next
    else:
        place = state.counters[RUNS]
        state.counters[RUNS] = place + 1
    return place
