"""Books of the kernel's tests as columns, the table as pieces, and books that convert again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from hypothesis import strategies as st
from tests.kernel.books import CURRENCIES, Book

from tranche.bulk.columns import KINDS, Columns
from tranche.bulk.state import NONE, Records
from tranche.bulk.table import Table
from tranche.kernel.chart import HOLDINGS, Kind
from tranche.kernel.trace import FxStep, Mv, MvId, Piece


def columns_of(book: Book) -> Columns:
    """The same book as columns; its account numbers, in order, become places from 0 and codes."""
    accounts = sorted(book.kinds)
    place = {account: n for n, account in enumerate(accounts)}
    where = {mv.id: n for n, mv in enumerate(book.movements)}
    rows = [(*mv.id, place[mv.src], place[mv.dst], mv.amount, _partner(mv, where)) for mv in book.movements]
    columns = np.array(rows, np.int64).reshape(-1, 6)
    entry, line, src, dst, amount, partner = (columns[:, n] for n in range(6))
    return Columns(
        entry=entry.copy(),
        line=line.astype(np.int32),
        src=src.astype(np.int32),
        dst=dst.astype(np.int32),
        amount=amount.copy(),
        partner=partner.astype(np.int32),
        kinds=np.array([KINDS.index(book.kinds[account]) for account in accounts], np.uint8),
        codes=tuple(map(str, accounts)),
        currencies=tuple(book.currencies.get(account, "EUR") for account in accounts),
        entries=book.entries,
        log_seq=book.entries - 1,
    )


def _partner(mv: Mv, where: Mapping[MvId, int]) -> int:
    return NONE if mv.pair is None else where[MvId(mv.id.entry, mv.pair.line)]


def uses_of(table: Table, number: Callable[[str], int] = int) -> dict[MvId, list[Piece]]:
    """The uses of a table as the kernel has them, accounts by the number of their code."""
    columns = table.columns
    found: dict[MvId, list[Piece]] = {}
    for owner, piece in _pieces(table, table.uses, number):
        found.setdefault(MvId(int(columns.entry[owner]), int(columns.line[owner])), []).append(piece)
    return found


def rests_of(table: Table) -> dict[int, list[Piece]]:
    """What lies in each account of a table."""
    found: dict[int, list[Piece]] = {}
    for owner, piece in _pieces(table, table.rests, int):
        found.setdefault(int(table.columns.codes[owner]), []).append(piece)
    return found


def _pieces(table: Table, records: Records, number: Callable[[str], int]) -> Iterable[tuple[int, Piece]]:
    columns = table.columns
    for row in records.tolist():
        lo, amount, source_lo, source_amount, owner, source, node, frame = row
        path: list[int] = []
        while node > 0:
            node, account, *_ = table.nodes[node].tolist()
            path.insert(0, number(columns.codes[account]))
        crossed: list[FxStep] = []
        while frame >= 0:
            at, _, _, _, leg, frame = table.frames[frame].tolist()
            crossed.append(FxStep(int(columns.entry[leg]), int(columns.line[leg]), at))
        origin = MvId(int(columns.entry[source]), int(columns.line[source]))
        yield owner, Piece(lo, amount, origin, source_lo, source_amount, tuple(path), tuple(crossed))


AMOUNT_MAX = 10**15
KINDS_EACH = (Kind.ORIGIN, Kind.ADVANCE, Kind.POOL, Kind.PROGRAMME, Kind.LOT)
Step = tuple[int, int, int, int]
amounts = st.one_of(st.integers(0, 2_000), st.integers(AMOUNT_MAX // 2, AMOUNT_MAX))
steps = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 999), amounts, st.integers(0, 99)),
    min_size=5,
    max_size=60,
)


def converting_book(chosen: Iterable[Step], amount_max: int) -> Book:
    """A few accounts in three currencies between which the same money is converted over and over."""
    kinds: dict[int, Kind] = {}
    book = Book(kinds)
    for currency in CURRENCIES:
        for kind in KINDS_EACH:
            number = len(kinds) + 1
            kinds[number], book.currencies[number] = kind, currency
    for which, where, amount, how in chosen:
        held = [a for a in kinds if kinds[a] in {*HOLDINGS, Kind.LOT} and book.balance(a) > 0]
        if not held or how < 15:
            sources = [a for a in kinds if kinds[a] in (Kind.ORIGIN, Kind.ADVANCE)]
            src = sources[which % len(sources)]
            amount = amount % amount_max + 1
        else:
            src = held[which % len(held)]
            there = min(book.balance(src), AMOUNT_MAX)
            amount = there if how < 40 else amount % there + 1
        if kinds[src] in HOLDINGS and how >= 55:
            _convert(book, src, where, amount, how)
            continue
        targets = [
            account
            for account, kind in kinds.items()
            if account != src and kind is not Kind.FX and book.currencies[account] == book.currencies[src]
        ]
        book.move(src, targets[where % len(targets)], amount)
    return book


def _convert(book: Book, src: int, where: int, amount: int, how: int) -> None:
    targets = [
        account
        for account, kind in list(book.kinds.items())
        if kind in {*HOLDINGS, Kind.LOT} and book.currencies[account] != book.currencies[src]
    ]
    over, under = where % 13 + 1, how % 17 + 1
    book.convert(src, targets[where % len(targets)], amount, min(max(1, amount * over // under), AMOUNT_MAX))


converting_books = st.builds(converting_book, steps, st.sampled_from((3, 20, 2_000, AMOUNT_MAX)))
"""Books whose money crosses up to a dozen conversions, some worth nothing there and some very large."""
