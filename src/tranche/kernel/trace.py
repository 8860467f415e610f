"""Whose money is where: FIFO as interval arithmetic over the stamps, both ways, and a slow oracle.

The k-th unit out of an account is the k-th unit in. Windows include `lo` and exclude `hi`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from tranche.kernel.chart import SOURCES, USES
from tranche.kernel.ledger_errors import LineBroken


class MvId(NamedTuple):
    """A movement's name outside the database, `entry:line`."""

    entry: int
    line: int

    def __str__(self) -> str:
        return f"{self.entry}:{self.line}"


class Mv(NamedTuple):
    """A movement with its stamps and the kinds of both ends."""

    id: MvId
    src: int
    dst: int
    amount: int
    src_off: int
    dst_off: int
    src_kind: str
    dst_kind: str


class Window(NamedTuple):
    """Part of the in-line or out-line of an account."""

    account: int
    lo: int
    hi: int


class FxStep(NamedTuple):
    """One conversion that a piece has crossed."""

    entry: int
    in_line: int
    position: int


class Piece(NamedTuple):
    """A run of units at `pos` of the traced window and where it came into the book.

    `path` lists the accounts from the source's first one to the traced one.
    """

    pos: int
    amount: int
    source: MvId
    source_lo: int
    source_amount: int
    path: tuple[int, ...]
    fx_path: tuple[FxStep, ...] = ()


class Fate(StrEnum):
    """What became of a run of units followed forward."""

    USED = "used"
    UNDONE = "undone"
    RESTS = "rests"


class Landing(NamedTuple):
    """A run of units at `pos` of the followed window: used or undone by `mv`, or resting in `account`.

    `lo` is the position inside `mv`, or on the in-line of `account` for a rest; `path` ends before the
    use as a fragment's does, and with the account for a rest.
    """

    fate: Fate
    pos: int
    amount: int
    mv: MvId | None
    lo: int
    account: int
    path: tuple[int, ...]


class RangeReader(Protocol):
    """Answers many windows at once, so that a trace costs one reading a level, not one a hop."""

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        """Return for each window the movements that overlap it on the in-line, in order."""

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        """Return for each window the movements that overlap it on the out-line, in order."""


class _Reach(NamedTuple):
    number: int
    pos: int
    window: Window
    path: tuple[int, ...]


def is_use(mv: Mv) -> bool:
    """Tell whether money is spent by this movement, returned, or leaves the book."""
    return mv.dst_kind in USES or mv.dst_kind in SOURCES


def is_undo(mv: Mv) -> bool:
    """Tell whether this movement takes money out of a use; its pieces count negative."""
    return mv.src_kind in USES


def backward(book: RangeReader, account: int, lo: int, hi: int) -> list[Piece]:
    """Return the sources of one window of an account's in-line."""
    return backward_all(book, [Window(account, lo, hi)])[0]


def backward_all(book: RangeReader, windows: Sequence[Window]) -> list[list[Piece]]:
    """Return the sources of each window, its pieces in order of position and without a gap."""
    found: list[list[Piece]] = [[] for _ in windows]
    reaches = [
        _Reach(n, 0, window, (window.account,)) for n, window in enumerate(windows) if window.lo < window.hi
    ]
    while reaches:
        answers = book.into([reach.window for reach in reaches])
        further: list[_Reach] = []
        for reach, movements in zip(reaches, answers, strict=True):
            _climb(reach, movements, found[reach.number], further)
        reaches = further
    return [merged(sorted(pieces)) for pieces in found]


def _climb(reach: _Reach, movements: Sequence[Mv], found: list[Piece], further: list[_Reach]) -> None:
    account, at, hi = reach.window
    for mv in movements:
        if not mv.dst_off <= at < mv.dst_off + mv.amount:
            raise LineBroken(account, at)
        inside, end = at - mv.dst_off, min(hi, mv.dst_off + mv.amount)
        amount, pos = end - at, reach.pos + at - reach.window.lo
        if mv.src_kind in SOURCES:
            found.append(Piece(pos, amount, mv.id, inside, amount, reach.path))
        else:
            start = mv.src_off + inside
            window = Window(mv.src, start, start + amount)
            further.append(_Reach(reach.number, pos, window, (mv.src, *reach.path)))
        at = end
    if at != hi:
        raise LineBroken(account, at)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Join neighbours that continue one source on one path; no piece that crossed a conversion."""
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if last is not None and _continues(last, piece):
            amount = last.amount + piece.amount
            result[-1] = last._replace(amount=amount, source_amount=amount)
        else:
            result.append(piece)
    return result


def _continues(last: Piece, piece: Piece) -> bool:
    return (
        last.source == piece.source
        and last.pos + last.amount == piece.pos
        and last.source_lo + last.source_amount == piece.source_lo
        and last.path == piece.path
        and not last.fx_path
        and not piece.fx_path
    )


def forward(book: RangeReader, mv: Mv, lo: int, hi: int) -> list[Landing]:
    """Return every use and undoing that units [lo, hi) of a movement go through, and where they rest."""
    found: list[Landing] = []
    if is_use(mv):
        found.append(Landing(Fate.USED, 0, hi - lo, mv.id, lo, mv.dst, ()))
    start = Window(mv.dst, mv.dst_off + lo, mv.dst_off + hi)
    reaches = [] if mv.dst_kind in SOURCES or lo >= hi else [_Reach(0, 0, start, (mv.dst,))]
    while reaches:
        answers = book.out_of([reach.window for reach in reaches])
        further: list[_Reach] = []
        for reach, movements in zip(reaches, answers, strict=True):
            _descend(reach, movements, found, further)
        reaches = further
    return sorted(found, key=lambda landing: (landing.pos, len(landing.path), landing))


def _descend(reach: _Reach, movements: Sequence[Mv], found: list[Landing], further: list[_Reach]) -> None:
    account, at, hi = reach.window
    for mv in movements:
        if not mv.src_off <= at < mv.src_off + mv.amount:
            raise LineBroken(account, at)
        inside, end = at - mv.src_off, min(hi, mv.src_off + mv.amount)
        amount, pos = end - at, reach.pos + at - reach.window.lo
        if is_undo(mv):
            found.append(Landing(Fate.UNDONE, pos, amount, mv.id, inside, account, reach.path))
        if is_use(mv):
            found.append(Landing(Fate.USED, pos, amount, mv.id, inside, mv.dst, reach.path))
        if mv.dst_kind not in SOURCES:
            start = mv.dst_off + inside
            window = Window(mv.dst, start, start + amount)
            further.append(_Reach(0, pos, window, (*reach.path, mv.dst)))
        at = end
    if at < hi:
        pos = reach.pos + at - reach.window.lo
        found.append(Landing(Fate.RESTS, pos, hi - at, None, at, account, reach.path))


class _Run(NamedTuple):
    source: MvId
    source_lo: int
    amount: int
    path: tuple[int, ...]


class Simulation:
    """Every account as a queue of marked units: slow, and right by inspection."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[_Run]] = {}

    def apply(self, mv: Mv) -> list[Piece]:
        """Move the oldest units of the source and return whose they were."""
        born = mv.src_kind in SOURCES
        runs = [_Run(mv.id, 0, mv.amount, ())] if born else self._take(mv.src, mv.amount)
        if mv.dst_kind not in SOURCES:
            queue = self._queues.setdefault(mv.dst, deque())
            queue.extend(run._replace(path=(*run.path, mv.dst)) for run in runs)
        pieces: list[Piece] = []
        pos = 0
        for run in runs:
            pieces.append(Piece(pos, run.amount, run.source, run.source_lo, run.amount, run.path))
            pos += run.amount
        return merged(pieces)

    def _take(self, account: int, amount: int) -> list[_Run]:
        queue = self._queues.get(account, deque())
        taken: list[_Run] = []
        while amount:
            if not queue:
                raise LineBroken(account, amount)
            run = queue.popleft()
            if run.amount > amount:
                queue.appendleft(run._replace(source_lo=run.source_lo + amount, amount=run.amount - amount))
                run = run._replace(amount=amount)
            taken.append(run)
            amount -= run.amount
        return taken


def simulate(movements: Iterable[Mv]) -> dict[MvId, list[Piece]]:
    """Return the sources of every movement by moving marked units through queues."""
    simulation = Simulation()
    return {mv.id: simulation.apply(mv) for mv in movements}
