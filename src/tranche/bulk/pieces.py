"""What a list of runs is to a reader: pieces, of which neighbours that continue each other are one."""

from __future__ import annotations

from tranche.bulk.compiled import compiled
from tranche.bulk.state import HOLDING, PIECES, WANTED, State, UInt8


@compiled
def note(state: State, first: int, owner: int) -> None:
    """Note the pieces that a list of runs makes."""
    start = state.counters[PIECES]
    end, place, lo = start, first, 0
    while place >= 0:
        run = state.runs[place]
        if end > start and _continues(state, end - 1, place):
            piece = state.pieces[end - 1]
            piece.amount += run.amount
            piece.source_amount += run.source_amount
        else:
            piece = state.pieces[end]
            piece.lo = lo
            piece.amount = run.amount
            piece.source_lo = run.source_lo
            piece.source_amount = run.source_amount
            piece.owner = owner
            piece.source = run.source
            piece.path = run.path
            piece.fx = run.fx
            end += 1
        lo += run.amount
        place = run.next
    state.counters[PIECES] = end


@compiled
def _continues(state: State, last: int, place: int) -> bool:
    """`merged` of kernel/trace.py: one source, one path, the same conversions, nothing between."""
    piece, run = state.pieces[last], state.runs[place]
    if (
        piece.source != run.source
        or piece.path != run.path
        or piece.source_lo + piece.source_amount != run.source_lo
    ):
        return False
    one, other = piece.fx, run.fx
    while one >= 0 and other >= 0:
        if state.frames[one].leg != state.frames[other].leg:
            return False
        one, other = state.frames[one].next, state.frames[other].next
    return bool(one < 0 and other < 0)


@compiled
def note_rests(roles: UInt8, state: State, start: int) -> int:
    """Note what lies in the holdings from account `start` on; return the first that found no room."""
    for account in range(start, len(roles)):
        if roles[account] == HOLDING:
            place, count = state.heads[account], 0
            while place >= 0:
                count += 1
                place = state.runs[place].next
            if state.counters[PIECES] + count > len(state.pieces):
                state.counters[WANTED] = count
                return account
            note(state, state.heads[account], account)
    return len(roles)
