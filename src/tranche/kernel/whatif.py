"""What would be, had some movements never been: an overlay on the reading of a book, which stays as it is.

Leaving out a movement of q units from a to b closes the gap on a's out-line and on b's in-line. What b has
spent beyond what then came in has no source: it is unfunded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from tranche.kernel.chart import Kind
from tranche.kernel.trace import Leg, Mv, MvId, RangeReader, Window

UNFUNDED: Final = MvId(0, 0)
"""The source of units that would have none."""


class Ends(NamedTuple):
    """Where the two lines of an account end."""

    in_total: int
    out_total: int


class _Gaps:
    """The stretches of one line that are left out, in order."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(stretches)
        self._starts = [start for start, _ in ordered]
        self._lengths = [0, *accumulate(length for _, length in ordered)]
        self._closed = [start - gone for start, gone in zip(self._starts, self._lengths, strict=False)]

    @property
    def length(self) -> int:
        return self._lengths[-1]

    def closed(self, off: int) -> int:
        """A place of the line when the gaps before it are closed."""
        return off - self._lengths[bisect_left(self._starts, off)]

    def opened(self, lo: int, hi: int) -> list[tuple[int, int]]:
        """The stretches of the line as it is that make [lo, hi) of the line without gaps."""
        stretches = []
        at = lo
        for n in range(bisect_right(self._closed, lo), len(self._closed) + 1):
            upto = hi if n == len(self._closed) else min(hi, self._closed[n])
            if at < upto:
                stretches.append((at + self._lengths[n], upto + self._lengths[n]))
            at = max(at, upto)
        return stretches


_NONE: Final = _Gaps(())


class Without:
    """A range reader over a book from which movements are left out; conversions go with both their lines."""

    def __init__(self, book: RangeReader, removed: Sequence[Mv], advances: Collection[int] = ()) -> None:
        self._book = book
        self._advances = frozenset(advances)
        self._removed = {mv.id for mv in removed}
        self._into = _gaps((mv.dst, mv.dst_off, mv.amount) for mv in removed)
        self._out_of = _gaps((mv.src, mv.src_off, mv.amount) for mv in removed)

    @property
    def accounts(self) -> frozenset[int]:
        """The accounts that would have received less."""
        return frozenset(self._into)

    def ends(self, account: int, ends: Ends) -> Ends:
        """Where the lines of an account would end."""
        came = ends.in_total - self._into.get(account, _NONE).length
        return Ends(came, ends.out_total - self._out_of.get(account, _NONE).length)

    def unfunded(self, account: int, ends: Ends) -> Window:
        """What an account has spent beyond what would have come in, on its out-line; empty if nothing."""
        came, went = self.ends(account, ends)
        return Window(account, came, max(came, went))

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        """Return the movements of each window, the last one made up where money would be missing."""
        answers = []
        for window, movements in zip(windows, self._read(self._into, windows, into=True), strict=True):
            end = movements[-1].dst_off + movements[-1].amount if movements else window.lo
            if end < window.hi and window.account not in self._advances:
                missing = window.hi - end
                movements.append(Mv(UNFUNDED, 0, window.account, missing, 0, end, Kind.ORIGIN, ""))
            answers.append(movements)
        return answers

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read(self._out_of, windows, into=False)

    def moved(self, mv: Mv) -> Mv:
        """A movement that stays, stamped as it would have been."""
        src_off = self._out_of.get(mv.src, _NONE).closed(mv.src_off)
        dst_off = self._into.get(mv.dst, _NONE).closed(mv.dst_off)
        pair = self._leg(mv.pair, came=mv.dst_kind == Kind.FX) if mv.pair else None
        return mv._replace(src_off=src_off, dst_off=dst_off, pair=pair)

    def _read(self, gaps: Mapping[int, _Gaps], windows: Sequence[Window], *, into: bool) -> list[list[Mv]]:
        asked: list[Window] = []
        whose: list[int] = []
        for n, (account, lo, hi) in enumerate(windows):
            stretches = gaps[account].opened(lo, hi) if account in gaps else [(lo, hi)]
            asked += [Window(account, *stretch) for stretch in stretches]
            whose += [n] * len(stretches)
        answers: list[list[Mv]] = [[] for _ in windows]
        read = self._book.into(asked) if into else self._book.out_of(asked)
        for n, movements in zip(whose, read, strict=True):
            answers[n] += [self.moved(mv) for mv in movements if mv.id not in self._removed]
        return answers

    def _leg(self, leg: Leg, *, came: bool) -> Leg:
        lines = self._into if came else self._out_of
        return leg._replace(off=lines.get(leg.account, _NONE).closed(leg.off))


def _gaps(stretches: Iterable[tuple[int, int, int]]) -> dict[int, _Gaps]:
    by_account: dict[int, list[tuple[int, int]]] = {}
    for account, off, amount in stretches:
        by_account.setdefault(account, []).append((off, amount))
    return {account: _Gaps(each) for account, each in by_account.items()}


def without(book: RangeReader, removed: Sequence[Mv], advances: Collection[int] = ()) -> Without:
    """The book without these movements, and without the other line of each conversion among them.

    `removed` holds whole entries, or both lines of each conversion; floors are not asked. `advances` are the
    accounts that pay before they are repaid: what is missing there is not repaid yet, and not unfunded.
    """
    return Without(book, removed, advances)
