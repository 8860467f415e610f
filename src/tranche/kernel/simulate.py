"""Every account as a queue of marked units: slow, and right by inspection; the oracle of the trace."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.ledger_errors import LineBroken
from tranche.kernel.trace import FxStep, Mv, MvId, Piece, fx_cut, half_cut, merged


class Crossed(NamedTuple):
    """One conversion behind a run: where its first unit lies in what came out, and the bank's integers.

    `shift` leads from a place on the side that went in to the place that the run had before.
    """

    entry: int
    in_line: int
    at: int
    amount_in: int
    amount_out: int
    shift: int


Run: TypeAlias = tuple[int, MvId, int, int, tuple[int, ...], tuple[Crossed, ...]]
"""Units of one source that came one way: amount here, source, place and amount there, path, crossed.

Plain tuples: a proof of the book moves millions of them.
"""


class Simulation:
    """The queues, moved by one movement after another."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[Run]] = {}
        self._converted: dict[MvId, list[Run]] = {}

    def apply(self, mv: Mv) -> list[Piece]:
        """Move the oldest units of the source and return whose they were."""
        if mv.src_kind == Kind.FX:
            runs = self._converted.pop(mv.id)
        elif mv.src_kind in SOURCES:
            runs = [(mv.amount, mv.id, 0, mv.amount, (), ())]
        else:
            runs = self.take(mv.src, mv.amount)
        if mv.dst_kind == Kind.FX:
            self._convert(mv, runs)
        elif mv.dst_kind not in SOURCES:
            self.put(mv.dst, runs)
        return pieces_of(runs)

    def take(self, account: int, amount: int) -> list[Run]:
        """Take the oldest units out of an account; raises LineBroken where they are not there."""
        queue = self._queues.get(account)
        taken: list[Run] = []
        while amount:
            if not queue:
                raise LineBroken(account, amount)
            run = queue.popleft()
            here = run[0]
            if here > amount or (here == amount and run[5]):
                run, rest = _split(run, amount)
                if rest[0] or rest[3]:
                    queue.appendleft(rest)
                here = amount
            taken.append(run)
            amount -= here
        return taken

    def put(self, account: int, runs: Iterable[Run]) -> None:
        """Put units at the end of an account's queue."""
        queue = self._queues.get(account)
        if queue is None:
            queue = self._queues[account] = deque()
        for amount, source, lo, source_amount, path, crossed in runs:
            queue.append((amount, source, lo, source_amount, (*path, account), crossed))

    def _convert(self, mv: Mv, runs: Sequence[Run]) -> None:
        """Cut the other currency where the runs end; a run worth nothing there stays in its place."""
        leg = mv.pair
        if leg is None:
            raise LineBroken(mv.dst, mv.dst_off)
        converted: list[Run] = []
        out_at = 0
        for amount, source, source_lo, source_amount, path, crossed in runs:
            lo, hi = (fx_cut(cut, mv.amount, leg.amount) for cut in (out_at, out_at + amount))
            before = crossed[0].at if crossed else source_lo
            step = Crossed(mv.id.entry, leg.line, lo, leg.amount, mv.amount, before - out_at)
            if hi - lo or source_amount:
                converted.append((hi - lo, source, source_lo, source_amount, path, (step, *crossed)))
            out_at += amount
        self._converted[MvId(mv.id.entry, leg.line)] = converted


def _split(run: Run, amount: int) -> tuple[Run, Run]:
    """The first units of a run and the others; a source's unit that is cut through counts with the others."""
    here, source, lo, source_amount, path, crossed = run
    if not crossed:
        rest = (here - amount, source, lo + amount, source_amount - amount, path, crossed)
        return (amount, source, lo, amount, path, crossed), rest
    cut2 = 2 * (crossed[0].at + amount)
    later: list[Crossed] = []
    for step in crossed:
        later.append(step._replace(at=cut2 // 2))
        cut2 = half_cut(cut2, step.amount_in, step.amount_out) + 2 * step.shift
    cut = max(cut2 // 2, lo)
    rest = (here - amount, source, cut, lo + source_amount - cut, path, tuple(later))
    return (amount, source, lo, cut - lo, path, crossed), rest


def pieces_of(runs: Iterable[Run]) -> list[Piece]:
    """The pieces of a movement that these runs make."""
    pieces: list[Piece] = []
    pos = 0
    for amount, source, lo, source_amount, path, crossed in runs:
        steps = tuple(FxStep(step.entry, step.in_line, step.at) for step in crossed)
        pieces.append(Piece(pos, amount, source, lo, source_amount, path, steps))
        pos += amount
    return merged(pieces)


def simulate(movements: Iterable[Mv]) -> dict[MvId, list[Piece]]:
    """Return the sources of every movement by moving marked units through queues."""
    simulation = Simulation()
    return {mv.id: simulation.apply(mv) for mv in movements}
