"""Every account as a queue of marked units: slow, and right by inspection; the oracle of the trace."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

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


class Run(NamedTuple):
    """Units of one source that came one way; `amount` is in the currency of the account where they lie."""

    amount: int
    source: MvId
    source_lo: int
    source_amount: int
    path: tuple[int, ...]
    crossed: tuple[Crossed, ...] = ()


class Simulation:
    """The queues, moved by one movement after another."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[Run]] = {}
        self._converted: dict[MvId, list[Run]] = {}

    def apply(self, mv: Mv) -> list[Piece]:
        """Move the oldest units of the source and return whose they were."""
        return pieces_of(self.move(mv))

    def move(self, mv: Mv) -> list[Run]:
        """The same, as the runs that were moved, with the paths that they had come before."""
        if mv.src_kind == Kind.FX:
            runs = self._converted.pop(mv.id)
        elif mv.src_kind in SOURCES:
            runs = [Run(mv.amount, mv.id, 0, mv.amount, ())]
        else:
            runs = self._take(mv.src, mv.amount)
        if mv.dst_kind == Kind.FX:
            self._convert(mv, runs)
        elif mv.dst_kind not in SOURCES:
            queue, dst = self._queues.setdefault(mv.dst, deque()), mv.dst
            for amount, source, lo, source_amount, path, crossed in runs:
                queue.append(Run(amount, source, lo, source_amount, (*path, dst), crossed))
        return runs

    def _take(self, account: int, amount: int) -> list[Run]:
        queue = self._queues.get(account, deque())
        taken: list[Run] = []
        while amount:
            if not queue:
                raise LineBroken(account, amount)
            run = queue.popleft()
            if run.amount > amount or (run.amount == amount and run.crossed):
                run, rest = _split(run, amount)
                if rest.amount or rest.source_amount:
                    queue.appendleft(rest)
            taken.append(run)
            amount -= run.amount
        return taken

    def _convert(self, mv: Mv, runs: Sequence[Run]) -> None:
        """Cut the other currency where the runs end; a run may be worth nothing there, and stays in its place."""
        leg = mv.pair
        if leg is None:
            raise LineBroken(mv.dst, mv.dst_off)
        converted: list[Run] = []
        out_at = 0
        for run in runs:
            lo, hi = (fx_cut(cut, mv.amount, leg.amount) for cut in (out_at, out_at + run.amount))
            before = run.crossed[0].at if run.crossed else run.source_lo
            crossed = Crossed(mv.id.entry, leg.line, lo, leg.amount, mv.amount, before - out_at)
            if hi - lo or run.source_amount:
                converted.append(run._replace(amount=hi - lo, crossed=(crossed, *run.crossed)))
            out_at += run.amount
        self._converted[MvId(mv.id.entry, leg.line)] = converted


def _split(run: Run, amount: int) -> tuple[Run, Run]:
    """The first units of a run and the others; a source's unit that is cut through counts with the others."""
    cut2 = 2 * (run.crossed[0].at + amount) if run.crossed else 2 * (run.source_lo + amount)
    later: list[Crossed] = []
    for crossed in run.crossed:
        later.append(crossed._replace(at=cut2 // 2))
        cut2 = half_cut(cut2, crossed.amount_in, crossed.amount_out) + 2 * crossed.shift
    cut = max(cut2 // 2, run.source_lo)
    left = run.source_lo + run.source_amount - cut
    return (
        Run(amount, run.source, run.source_lo, cut - run.source_lo, run.path, run.crossed),
        Run(run.amount - amount, run.source, cut, left, run.path, tuple(later)),
    )


def pieces_of(runs: Iterable[Run]) -> list[Piece]:
    """The pieces of a movement that these runs make."""
    pieces: list[Piece] = []
    pos = 0
    for run in runs:
        steps = tuple(FxStep(crossed.entry, crossed.in_line, crossed.at) for crossed in run.crossed)
        pieces.append(Piece(pos, run.amount, run.source, run.source_lo, run.source_amount, run.path, steps))
        pos += run.amount
    return merged(pieces)


def simulate(movements: Iterable[Mv]) -> dict[MvId, list[Piece]]:
    """Return the sources of every movement by moving marked units through queues."""
    simulation = Simulation()
    return {mv.id: simulation.apply(mv) for mv in movements}
