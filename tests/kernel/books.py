"""A small book in memory: random but legal movements, and a reader that answers windows from lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tranche.kernel.chart import EDGES, HOLDINGS, USES, Kind
from tranche.kernel.trace import Mv, MvId, Window


@dataclass
class Book:
    """Accounts by number and kind, movements stamped as they come; a range reader over itself."""

    kinds: dict[int, Kind]
    movements: list[Mv] = field(default_factory=list)
    came: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    went: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def move(self, src: int, dst: int, amount: int) -> Mv:
        mv = Mv(
            MvId(len(self.movements) + 1, 1),
            src,
            dst,
            amount,
            self.went[src],
            self.came[dst],
            self.kinds[src],
            self.kinds[dst],
        )
        self.went[src] += amount
        self.came[dst] += amount
        self.movements.append(mv)
        return mv

    def balance(self, account: int) -> int:
        return self.came[account] - self.went[account]

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return [
            [mv for mv in self.movements if mv.dst == account and _overlaps(mv.dst_off, mv.amount, lo, hi)]
            for account, lo, hi in windows
        ]

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return [
            [mv for mv in self.movements if mv.src == account and _overlaps(mv.src_off, mv.amount, lo, hi)]
            for account, lo, hi in windows
        ]


def _overlaps(start: int, amount: int, lo: int, hi: int) -> bool:
    return start < hi and start + amount > lo


def random_book(choices: Iterable[tuple[int, int, int]]) -> Book:
    """Return a book of one origin, every holding twice and every use, grown by these choices."""
    kinds = dict(enumerate([Kind.ORIGIN, *sorted(HOLDINGS), *sorted(HOLDINGS), *sorted(USES)]))
    book = Book(kinds)
    edges = {(source, target) for source, target, _ in EDGES}
    for which, where, amount in choices:
        held = [account for account in kinds if book.balance(account) > 0]
        src = 0 if which % 4 == 0 or not held else held[which // 4 % len(held)]
        targets = [dst for dst in kinds if dst != src and (kinds[src], kinds[dst]) in edges]
        book.move(src, targets[where % len(targets)], amount if src == 0 else min(amount, book.balance(src)))
    return book
