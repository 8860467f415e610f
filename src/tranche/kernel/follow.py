"""The trace forward: what became of units that entered an account, through conversions, to uses and rests."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from tranche.kernel.chart import SOURCES, USES, Kind
from tranche.kernel.ledger_errors import CircularFunding, LineBroken
from tranche.kernel.trace import (
    CROSSINGS_MAX,
    HOPS_MAX,
    Leg,
    Mv,
    MvId,
    RangeReader,
    Window,
    fx_cut,
    half_cut,
    is_undo,
    is_use,
)


class Fate(StrEnum):
    """What became of a run of units followed forward."""

    USED = "used"
    UNDONE = "undone"
    RESTS = "rests"


class Landing(NamedTuple):
    """A run of units at `pos` of the followed window: used or undone by `mv`, or resting in `account`.

    `amount` is in the currency of where it landed, `source_amount` in that of the window. `lo` is the
    position inside `mv`, or on the in-line of `account` for a rest; `path` ends before the use as a
    fragment's does, and with the account for a rest.
    """

    pos: int
    source_amount: int
    fate: Fate
    amount: int
    mv: MvId | None
    lo: int
    account: int
    path: tuple[int, ...]


class _Land(NamedTuple):
    """A landing whose place in the followed window is in half units, as in the trace backward."""

    lo2: int
    hi2: int
    fate: Fate
    amount: int
    mv: MvId | None
    lo: int
    account: int
    path: tuple[int, ...]


class _Reach(NamedTuple):
    number: int
    pos: int
    window: Window
    path: tuple[int, ...]


class _Part(NamedTuple):
    """Units [lo, hi) of a movement into fx; where lo = hi, what is worth nothing and goes with unit lo."""

    number: int
    pos: int
    lo: int
    hi: int
    mv: Mv
    path: tuple[int, ...]


class _Side(NamedTuple):
    """Units [lo, hi) that came out of a conversion for half units [lo2, hi2) of what went in."""

    part: _Part
    leg: Leg
    lo2: int
    hi2: int
    lo: int
    hi: int


def forward(book: RangeReader, mv: Mv, lo: int, hi: int) -> list[Landing]:
    """Return every use and undoing that units [lo, hi) of a movement go through, and where they rest."""
    if mv.dst_kind == Kind.FX:
        return _through(book, mv, lo, hi)
    used = [Landing(0, hi - lo, Fate.USED, hi - lo, mv.id, lo, mv.dst, ())] if is_use(mv) else []
    if mv.dst_kind in SOURCES or lo >= hi:
        return used
    return used + follow(book, [Window(mv.dst, mv.dst_off + lo, mv.dst_off + hi)])[0]


def _through(book: RangeReader, mv: Mv, lo: int, hi: int) -> list[Landing]:
    """The same for a movement that goes into a conversion: its units are followed on the other side."""
    found: list[list[_Land]] = [[]]
    if lo < hi:
        _cross_all(book, [_Part(0, 0, lo, hi, mv, ())], found, CROSSINGS_MAX - 1)
    return _landings(found[0])


def follow(book: RangeReader, windows: Sequence[Window]) -> list[list[Landing]]:
    """Return the landings of each window of an account's line, in order of position, then of time."""
    return [_landings(lands) for lands in _follow(book, windows, CROSSINGS_MAX)]


def _landings(lands: Sequence[_Land]) -> list[Landing]:
    return [
        Landing(land.lo2 // 2, land.hi2 // 2 - land.lo2 // 2, *land[2:])
        for land in sorted(lands, key=_order)
        if land.amount or land.hi2 // 2 > land.lo2 // 2
    ]


def _order(land: _Land) -> tuple[int, int, int, int, MvId]:
    return land.lo2, len(land.path), land.hi2, land.lo, land.mv or MvId(0, 0)


def _follow(book: RangeReader, windows: Sequence[Window], depth: int) -> list[list[_Land]]:
    """A window without width is a point: it goes where the unit after it goes."""
    found: list[list[_Land]] = [[] for _ in windows]
    crossings: list[_Part] = []
    reaches = [_Reach(n, 0, window, (window.account,)) for n, window in enumerate(windows)]
    while reaches:
        answers = book.out_of([_wide(reach.window) for reach in reaches])
        further: list[_Reach] = []
        for reach, movements in zip(reaches, answers, strict=True):
            _descend(reach, movements, found[reach.number], further, crossings)
        reaches = further
    if crossings:
        if depth == 0:
            raise CircularFunding(crossings[0].mv.src)
        _cross_all(book, crossings, found, depth - 1)
    return found


def _wide(window: Window) -> Window:
    return window if window.hi > window.lo else window._replace(hi=window.lo + 1)


def _descend(
    reach: _Reach,
    movements: Sequence[Mv],
    found: list[_Land],
    further: list[_Reach],
    crossings: list[_Part],
) -> None:
    number, pos, (account, lo, hi), path = reach
    if len(path) > HOPS_MAX:
        raise CircularFunding(account)
    at = lo
    for mv in movements:
        if not mv.src_off <= at < mv.src_off + mv.amount:
            raise LineBroken(account, at)
        inside, end = at - mv.src_off, max(lo, min(hi, mv.src_off + mv.amount))
        amount, here = end - at, pos + at - lo
        land = _Land(2 * here, 2 * (here + amount), Fate.USED, amount, mv.id, inside, mv.dst, path)
        if is_undo(mv):
            found.append(land._replace(fate=Fate.UNDONE, account=account))
        if is_use(mv):
            found.append(land)
        if mv.dst_kind == Kind.FX:
            crossings.append(_Part(number, here, inside, inside + amount, mv, path))
        elif mv.dst_kind not in SOURCES:
            start = mv.dst_off + inside
            further.append(_Reach(number, here, Window(mv.dst, start, start + amount), (*path, mv.dst)))
        at = end
    if at < hi or (lo == hi and not movements):
        here = pos + at - lo
        found.append(_Land(2 * here, 2 * (pos + hi - lo), Fate.RESTS, hi - at, None, at, account, path))


def _cross_all(book: RangeReader, parts: Sequence[_Part], found: list[list[_Land]], depth: int) -> None:
    """Follow the other side of each conversion; what is worth nothing there goes with the next whole unit."""
    sides = [side for part in parts for side in _sides(part)]
    onward = [side for side in sides if side.leg.kind not in SOURCES]
    windows = [Window(leg.account, leg.off + lo, leg.off + hi) for _, leg, _, _, lo, hi in onward]
    for side in sides:
        if side.leg.kind in USES or side.leg.kind in SOURCES:
            part, leg = side.part, side.leg
            amount, name = side.hi - side.lo, MvId(part.mv.id.entry, leg.line)
            land = _Land(0, 2 * amount, Fate.USED, amount, name, side.lo, leg.account, part.path)
            found[part.number].append(_come_back(side, land))
    for side, lands in zip(onward, _follow(book, windows, depth), strict=True):
        path = side.part.path
        found[side.part.number] += [
            _come_back(side, land._replace(path=(*path, *land.path))) for land in lands
        ]


def _sides(part: _Part) -> list[_Side]:
    """The units that came out of the conversion for a part of what went in, and the point for its odd end."""
    leg, amount = part.mv.pair, part.mv.amount
    if leg is None:
        raise LineBroken(part.mv.src, part.mv.src_off)
    lo, hi = fx_cut(part.lo, amount, leg.amount), fx_cut(part.hi, amount, leg.amount)
    lo2, hi2 = 2 * part.lo, 2 * part.hi
    if part.lo == part.hi:
        return [_Side(part, leg, lo2, hi2, lo, lo)]
    odd2 = min(hi2, max(lo2, half_cut(2 * hi, leg.amount, amount)))
    sides = [_Side(part, leg, lo2, odd2, lo, hi)] if lo < hi else []
    return [*sides, _Side(part, leg, odd2, hi2, hi, hi)] if odd2 < hi2 else sides


def _come_back(side: _Side, land: _Land) -> _Land:
    """A landing behind a conversion in the coordinates before it; a point carries all that goes with it."""
    part, leg = side.part, side.leg
    left, right = side.lo2, side.hi2
    if side.lo < side.hi:
        cuts = (half_cut(2 * side.lo + cut2, leg.amount, part.mv.amount) for cut2 in (land.lo2, land.hi2))
        left, right = (min(side.hi2, max(side.lo2, cut)) for cut in cuts)
    at2 = 2 * (part.pos - part.lo)
    return land._replace(lo2=at2 + left, hi2=at2 + right)
