"""Whose money is where: FIFO as interval arithmetic over the stamps, backward, forward and what if.

The k-th unit out of an account is the k-th unit in. Windows include `lo` and exclude `hi`. A conversion has
the bank's two integers; a unit of the larger side belongs to one unit of the smaller one (`fx_cut`), so what
is known of either side is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from tranche.kernel.chart import SOURCES, USES, Kind
from tranche.kernel.ledger_errors import CircularFunding, LineBroken

CROSSINGS_MAX: Final = 64  # conversions and advances, one behind the other
HOPS_MAX: Final = 1000  # accounts of one path; money goes round for ever only in a book that lacks its source


class MvId(NamedTuple):
    """A movement's name outside the database, `entry:line`."""

    entry: int
    line: int

    def __str__(self) -> str:
        return f"{self.entry}:{self.line}"


class Leg(NamedTuple):
    """The other side of a conversion: its line, its account that is not fx, its stamp there, its amount."""

    line: int
    account: int
    off: int
    amount: int
    kind: str


class Mv(NamedTuple):
    """A movement with its stamps, the kinds of both ends, and the other leg where it is half a conversion."""

    id: MvId
    src: int
    dst: int
    amount: int
    src_off: int
    dst_off: int
    src_kind: str
    dst_kind: str
    pair: Leg | None = None


class Window(NamedTuple):
    """Part of the in-line or out-line of an account."""

    account: int
    lo: int
    hi: int


class FxStep(NamedTuple):
    """One conversion that a piece has crossed, and where its first unit lies in what came out of it."""

    entry: int
    in_line: int
    position: int


class Piece(NamedTuple):
    """A run of units at `pos` of the traced window and where it came into the book.

    `amount` is in the currency of the window, `source_amount` in that of the source. `path` lists the
    accounts from the source's first one to the traced one, `fx_path` the conversions, the nearest to the
    window first.
    """

    pos: int
    amount: int
    source: MvId
    source_lo: int
    source_amount: int
    path: tuple[int, ...]
    fx_path: tuple[FxStep, ...] = ()


class RangeReader(Protocol):
    """Answers many windows at once, so that a trace costs one reading a level, not one a hop."""

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        """Return for each window the movements that overlap it on the in-line, in order."""

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        """Return for each window the movements that overlap it on the out-line, in order."""


def fx_cut(x: int, q_from: int, q_to: int) -> int:
    """Map a cut at x of one side of a conversion to the other side.

    From the smaller integer to the larger one rounded up, back rounded down: a cut comes back to itself.
    """
    return -(-x * q_to // q_from) if q_from < q_to else x * q_to // q_from


def half_cut(cut2: int, q_from: int, q_to: int) -> int:
    """Map a cut in half units of one side of a conversion to the side behind it, in half units.

    An odd cut goes through a unit: what is worth nothing and came before it is on its left, the unit itself,
    as an amount, on its right.
    """
    unit, is_inside = divmod(cut2, 2)
    if q_from < q_to:  # a unit here is several there, the last of which makes it
        return 2 * fx_cut(unit + 1, q_from, q_to) - 1 if is_inside else 2 * fx_cut(unit, q_from, q_to)
    there = fx_cut(unit, q_from, q_to)
    return 2 * there + (is_inside or fx_cut(there, q_to, q_from) != unit)


def is_use(mv: Mv) -> bool:
    """Tell whether money is spent by this movement, returned, or leaves the book."""
    return mv.dst_kind in USES or mv.dst_kind in SOURCES


def is_undo(mv: Mv) -> bool:
    """Tell whether this movement takes money out of a use; its pieces count negative."""
    return mv.src_kind in USES


class _Reach(NamedTuple):
    """Half units [lo2, hi2) of an account's in-line, which belong at `pos2` of traced window `number`."""

    number: int
    pos2: int
    account: int
    lo2: int
    hi2: int
    path: tuple[int, ...]


class _Part(NamedTuple):
    """Half units [lo2, hi2) of one movement."""

    number: int
    pos2: int
    lo2: int
    hi2: int
    mv: Mv
    path: tuple[int, ...]


class _Found(NamedTuple):
    """A piece whose place in the window is in half units: a unit that is cut through still has its owner."""

    lo2: int
    hi2: int
    source: MvId
    source_lo: int
    source_amount: int
    path: tuple[int, ...]
    fx_path: tuple[FxStep, ...] = ()


class _Work(NamedTuple):
    """What is left to do: windows one hop further, conversions to cross, advances perhaps repaid."""

    reaches: list[_Reach]
    crossings: list[_Part]
    advanced: list[_Part]


Traced = list[list[_Found]]


def backward(book: RangeReader, account: int, lo: int, hi: int) -> list[Piece]:
    """Return the sources of one window of an account's in-line."""
    return backward_all(book, [Window(account, lo, hi)])[0]


def backward_all(book: RangeReader, windows: Sequence[Window], *, refined: bool = False) -> list[list[Piece]]:
    """Return the sources of each window, its pieces in order of position and without a gap.

    `refined` goes on through advances that were repaid. Raises LineBroken, CircularFunding.
    """
    work = _Work([], [], [])
    for n, (account, lo, hi) in enumerate(windows):
        if lo < hi:
            work.reaches.append(_Reach(n, 0, account, 2 * lo, 2 * hi, (account,)))
    return _pieces(_traced(book, [[] for _ in windows], work, refined=refined, depth=CROSSINGS_MAX))


def sources_of(book: RangeReader, movements: Sequence[Mv], *, refined: bool = False) -> list[list[Piece]]:
    """Return the sources of the units of each movement; their paths end before the account that it enters."""
    found: Traced = [[] for _ in movements]
    work = _Work([], [], [])
    for n, mv in enumerate(movements):
        _resolve(_Part(n, 0, 0, 2 * mv.amount, mv, ()), found[n], work, refined=refined)
    return _pieces(_traced(book, found, work, refined=refined, depth=CROSSINGS_MAX))


def _pieces(traced: Traced) -> list[list[Piece]]:
    return [
        merged(
            Piece(lo2 // 2, hi2 // 2 - lo2 // 2, source, source_lo, amount, path, fx_path)
            for lo2, hi2, source, source_lo, amount, path, fx_path in found
        )
        for found in traced
    ]


def _traced(book: RangeReader, found: Traced, work: _Work, *, refined: bool, depth: int) -> Traced:
    while work.reaches:
        reaches = work.reaches[:]
        work.reaches.clear()
        windows = [Window(reach.account, reach.lo2 // 2, _end_of(reach)) for reach in reaches]
        for reach, movements in zip(reaches, book.into(windows), strict=True):
            _climb(reach, movements, found[reach.number], work, refined=refined)
    if work.crossings or work.advanced:
        if depth == 0:
            raise CircularFunding((work.crossings or work.advanced)[0].mv.dst)
        _cross_all(book, work.crossings, found, refined=refined, depth=depth - 1)
        _repay_all(book, work.advanced, found, depth=depth - 1)
    return [sorted(pieces, key=_place) for pieces in found]


def _end_of(reach: _Reach) -> int:
    """The end of the last unit touched; a window of no width inside a unit touches it."""
    return max((reach.hi2 + 1) // 2, reach.lo2 // 2 + 1)


def _place(piece: _Found) -> int:
    return piece.lo2


def _climb(
    reach: _Reach, movements: Sequence[Mv], found: list[_Found], work: _Work, *, refined: bool
) -> None:
    number, pos2, account, lo2, hi2, path = reach
    if len(path) > HOPS_MAX:
        raise CircularFunding(account)
    at = lo2
    for mv in movements:
        start, end = 2 * mv.dst_off, 2 * (mv.dst_off + mv.amount)
        if not start <= at < end:
            raise LineBroken(account, at // 2)
        upto = min(hi2, end)
        part = _Part(number, pos2 + at - lo2, at - start, upto - start, mv, path)
        _resolve(part, found, work, refined=refined)
        at = upto
    if at != hi2 or not movements:
        raise LineBroken(account, at // 2)


def _resolve(part: _Part, found: list[_Found], work: _Work, *, refined: bool) -> None:
    """A movement's units came into the book by it, out of a conversion, or from its source account."""
    number, pos2, lo2, hi2, mv, path = part
    if mv.src_kind == Kind.FX:
        work.crossings.append(part)
    elif refined and mv.src_kind == Kind.ADVANCE:
        work.advanced.append(part)
    elif mv.src_kind in SOURCES:
        found.append(_Found(pos2, pos2 + hi2 - lo2, mv.id, lo2 // 2, hi2 // 2 - lo2 // 2, path))
    else:
        start2 = 2 * mv.src_off + lo2
        work.reaches.append(_Reach(number, pos2, mv.src, start2, start2 + hi2 - lo2, (mv.src, *path)))


def _repay_all(book: RangeReader, parts: Sequence[_Part], found: Traced, *, depth: int) -> None:
    """The k-th unit advanced is the k-th unit repaid; what is not repaid yet stays the advance's."""
    wanted = [2 * part.mv.src_off + part.lo2 for part in parts]
    windows = [
        Window(part.mv.src, start2 // 2, (start2 + part.hi2 - part.lo2 + 1) // 2)
        for part, start2 in zip(parts, wanted, strict=True)
    ]
    work, behind = _Work([], [], []), [list[_Found]() for _ in parts]
    for n, (part, start2, movements) in enumerate(zip(parts, wanted, book.into(windows), strict=True)):
        came2 = 2 * (movements[-1].dst_off + movements[-1].amount) if movements else start2
        repaid2 = max(0, min(part.hi2 - part.lo2, came2 - start2))
        if repaid2:
            path = (part.mv.src, *part.path)
            work.reaches.append(_Reach(n, part.pos2, part.mv.src, start2, start2 + repaid2, path))
        rest2 = part.lo2 + repaid2
        if rest2 < part.hi2 or not repaid2:
            left, name = part.hi2 // 2 - rest2 // 2, part.mv.id
            end2 = part.pos2 + part.hi2 - part.lo2
            behind[n].append(_Found(part.pos2 + repaid2, end2, name, rest2 // 2, left, part.path))
    for part, pieces in zip(parts, _traced(book, behind, work, refined=True, depth=depth), strict=True):
        found[part.number] += pieces


def _cross_all(
    book: RangeReader, parts: Sequence[_Part], found: Traced, *, refined: bool, depth: int
) -> None:
    """Trace the other side of each conversion at the pair's own coordinates, and map its cuts back."""
    work, cuts = _Work([], [], []), list[tuple[int, int]]()
    behind: Traced = [[] for _ in parts]
    for n, part in enumerate(parts):
        out = _other_line(part.mv)
        lo2, hi2 = (half_cut(cut, part.mv.amount, out.amount) for cut in (part.lo2, part.hi2))
        cuts.append((lo2, hi2))
        _resolve(_Part(n, lo2, lo2, hi2, out, part.path), behind[n], work, refined=refined)
    behind = _traced(book, behind, work, refined=refined, depth=depth)
    for part, (lo2, hi2), pieces in zip(parts, cuts, behind, strict=True):
        for piece in pieces:
            found[part.number] += _come_back(part, lo2, hi2, piece)


def _come_back(part: _Part, lo2: int, hi2: int, piece: _Found) -> list[_Found]:
    """A piece of the other side on this one; its ends are those of the part, or cuts between whole units."""
    leg, amount = _other_line(part.mv), part.mv.amount
    left = part.lo2 if piece.lo2 == lo2 else 2 * fx_cut(piece.lo2 // 2, leg.amount, amount)
    right = part.hi2 if piece.hi2 == hi2 else 2 * fx_cut(piece.hi2 // 2, leg.amount, amount)
    if left == right and left % 2 == 0 and not piece.source_amount:
        return []
    step = FxStep(part.mv.id.entry, part.mv.id.line, left // 2)
    at = part.pos2 - part.lo2
    return [piece._replace(lo2=at + left, hi2=at + right, fx_path=(step, *piece.fx_path))]


def _other_line(mv: Mv) -> Mv:
    """The line that went into the conversion out of which this one came; it may itself be a source."""
    leg = mv.pair
    if leg is None:
        raise LineBroken(mv.dst, mv.dst_off)
    name = MvId(mv.id.entry, leg.line)
    return Mv(name, leg.account, mv.src, leg.amount, leg.off, 0, leg.kind, Kind.FX)  # any fx account will do


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Join neighbours that continue one source on one path through the same conversions."""
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if last is not None and _continues(last, piece):
            result[-1] = last._replace(
                amount=last.amount + piece.amount, source_amount=last.source_amount + piece.source_amount
            )
        else:
            result.append(piece)
    return result


def _continues(last: Piece, piece: Piece) -> bool:
    return (
        last.source == piece.source
        and last.pos + last.amount == piece.pos
        and last.source_lo + last.source_amount == piece.source_lo
        and last.path == piece.path
        and len(last.fx_path) == len(piece.fx_path)
        and all(a[:2] == b[:2] for a, b in zip(last.fx_path, piece.fx_path, strict=True))
    )
