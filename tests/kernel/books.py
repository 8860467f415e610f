"""A small book in memory: random but legal movements, and a reader that answers windows from lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tranche.kernel.chart import EDGES, HOLDINGS, SOURCES, USES, Kind
from tranche.kernel.trace import Leg, Mv, MvId, Window

CURRENCIES = ("EUR", "USD", "UAH")
CONVERTED = HOLDINGS | {Kind.ADVANCE}
"""What a conversion may leave and enter: an advance is repaid abroad, and that is reversed."""
RATES = ((1, 45), (45, 1), (1, 1), (9, 10), (11, 10), (1, 3), (3, 1))


@dataclass
class Book:
    """Accounts by number and kind, movements stamped as they come; a range reader over itself."""

    kinds: dict[int, Kind]
    currencies: dict[int, str] = field(default_factory=dict)
    movements: list[Mv] = field(default_factory=list)
    came: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    went: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    entries: int = 0

    def move(self, src: int, dst: int, amount: int) -> Mv:
        self.entries += 1
        return self._line(1, src, dst, amount)

    def convert(self, src: int, dst: int, amount_out: int, amount_in: int) -> tuple[Mv, Mv]:
        """One entry of two lines over the fx accounts of both currencies."""
        self.entries += 1
        out = self._line(1, src, self.fx(src), amount_out)
        into = self._line(2, self.fx(dst), dst, amount_in)
        out = out._replace(pair=Leg(2, dst, into.dst_off, amount_in, self.kinds[dst]))
        into = into._replace(pair=Leg(1, src, out.src_off, amount_out, self.kinds[src]))
        self.movements[-2:] = [out, into]
        return out, into

    def fx(self, account: int) -> int:
        """The fx account of an account's currency."""
        currency = self.currencies.get(account, "EUR")
        wanted = (Kind.FX, currency)
        for number, kind in self.kinds.items():
            if (kind, self.currencies.get(number, "EUR")) == wanted:
                return number
        number = max(self.kinds) + 1
        self.kinds[number], self.currencies[number] = Kind.FX, currency
        return number

    def _line(self, line: int, src: int, dst: int, amount: int) -> Mv:
        kinds = (self.kinds[src], self.kinds[dst])
        mv = Mv(MvId(self.entries, line), src, dst, amount, self.went[src], self.came[dst], *kinds)
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


Choice = tuple[int, int, int]
choices = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 60)), min_size=5, max_size=80
)


def random_book(chosen: Iterable[Choice], currencies: Sequence[str] = ("EUR",)) -> Book:
    """Return a book of one origin, some holdings and every use a currency, grown by these choices."""
    kinds: dict[int, Kind] = {}
    book = Book(kinds)
    for currency in currencies:
        holdings = sorted(HOLDINGS) * (2 if len(currencies) == 1 else 1)
        sources = (Kind.ORIGIN, Kind.ADVANCE) if len(currencies) > 1 else (Kind.ORIGIN,)
        for kind in (*sources, *holdings, *sorted(USES)):
            number = len(kinds) + 1
            kinds[number], book.currencies[number] = kind, currency
    edges = {(source, target) for source, target, _ in EDGES}
    for which, where, amount in chosen:
        held = [account for account in kinds if kinds[account] is not Kind.FX and book.balance(account) > 0]
        if which % 4 == 0 or not held:
            origins = [account for account in kinds if kinds[account] in SOURCES]
            src = origins[which // 4 % len(origins)]
        else:
            src = held[which // 4 % len(held)]
            amount = min(amount, book.balance(src))
        if len(currencies) > 1 and kinds[src] in CONVERTED and where % 3 == 0:
            _convert(book, src, where // 3, amount)
            continue
        targets = [dst for dst in kinds if dst != src and _is_edge(book, edges, src, dst)]
        book.move(src, targets[where % len(targets)], amount)
    return book


def _is_edge(book: Book, edges: set[tuple[Kind, Kind]], src: int, dst: int) -> bool:
    is_same = book.currencies[src] == book.currencies[dst]
    return is_same and (book.kinds[src], book.kinds[dst]) in edges


def _convert(book: Book, src: int, where: int, amount: int) -> None:
    targets = [
        dst
        for dst, kind in list(book.kinds.items())
        if (kind in CONVERTED or kind is Kind.RETURNED) and book.currencies[dst] != book.currencies[src]
    ]
    over, under = RATES[where % len(RATES)]
    amount_in = max(1, amount * over // under + where % 2)
    book.convert(src, targets[where // len(RATES) % len(targets)], amount, amount_in)


books = choices.map(random_book)
many_currencies = choices.map(lambda chosen: random_book(chosen, CURRENCIES))
