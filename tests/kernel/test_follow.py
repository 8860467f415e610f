"""Forward tells of every source what backward tells of every use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from tests.kernel.books import Book, books, many_currencies

from tranche.kernel.chart import SOURCES, USES, Kind
from tranche.kernel.follow import Fate, Landing, follow, forward
from tranche.kernel.ledger_errors import LineBroken
from tranche.kernel.simulate import simulate
from tranche.kernel.trace import Mv, MvId, Window, is_undo, is_use

Row = tuple[MvId | None, int, int, int]


@given(many_currencies)
@settings(max_examples=200, deadline=None)
def test_backward_and_forward_are_dual(book: Book) -> None:
    back: dict[MvId, list[Row]] = defaultdict(list)
    simulated = simulate(book.movements)
    for mv in book.movements:
        if (is_use(mv) or is_undo(mv)) and mv.src_kind not in SOURCES:
            for piece in simulated[mv.id]:
                back[piece.source].append((mv.id, piece.source_lo, piece.source_amount, piece.amount))

    for source in book.movements:
        if source.src_kind in SOURCES:
            landings = forward(book, source, 0, source.amount)
            there = [(one.mv, *one[:2], one.amount) for one in landings if one.fate is not Fate.RESTS]
            assert keyed(there) == keyed(back[source.id])


def keyed(rows: Iterable[Row]) -> dict[MvId | None, tuple[list[int], int]]:
    """For each use the units of the source, and how much they make there."""
    found: dict[MvId | None, tuple[list[int], int]] = {}
    for use, lo, source_amount, amount in rows:
        units, count = found.get(use, ([], 0))
        found[use] = (sorted([*units, *range(lo, lo + source_amount)]), count + amount)
    return found


@given(many_currencies)
@settings(max_examples=100, deadline=None)
def test_every_unit_of_a_source_rests_once(book: Book) -> None:
    for source in book.movements:
        if source.src_kind in SOURCES and source.dst_kind not in SOURCES:
            landings = forward(book, source, 0, source.amount)

            ends = [one for one in landings if one.fate is Fate.RESTS or book.kinds[one.account] in SOURCES]
            assert sum(one.source_amount for one in ends) == source.amount


@given(books)
@settings(max_examples=60, deadline=None)
def test_net_uses_are_what_rests_in_the_uses(book: Book) -> None:
    for source in book.movements:
        if source.src_kind in SOURCES:
            net: dict[int, int] = defaultdict(int)
            rests: dict[int, int] = defaultdict(int)
            for landing in forward(book, source, 0, source.amount):
                if book.kinds[landing.account] not in USES:
                    continue
                if landing.fate is Fate.RESTS:
                    rests[landing.account] += landing.amount
                else:
                    net[landing.account] += landing.amount if landing.fate is Fate.USED else -landing.amount
            assert {account: amount for account, amount in net.items() if amount} == rests


def test_an_undone_use_is_followed_to_its_next_use() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.PREPAID, 3: Kind.LOT, 4: Kind.LOT})
    receipt = book.move(1, 2, 5)
    first = book.move(2, 3, 5)
    undo = book.move(3, 2, 2)
    second = book.move(2, 4, 2)

    assert forward(book, receipt, 0, 5) == [
        Landing(0, 5, Fate.USED, 5, first.id, 0, 3, (2,)),
        Landing(0, 2, Fate.UNDONE, 2, undo.id, 0, 3, (2, 3)),
        Landing(0, 2, Fate.USED, 2, second.id, 0, 4, (2, 3, 2)),
        Landing(0, 2, Fate.RESTS, 2, None, 0, 4, (2, 3, 2, 4)),
        Landing(2, 3, Fate.RESTS, 3, None, 2, 3, (2, 3)),
    ]


def test_a_receipt_straight_into_a_use_is_used_and_rests_there() -> None:
    book = Book({1: Kind.ROUNDING, 2: Kind.FEE})
    mv = book.move(1, 2, 3)

    assert forward(book, mv, 1, 3) == [
        Landing(0, 2, Fate.USED, 2, mv.id, 1, 2, ()),
        Landing(0, 2, Fate.RESTS, 2, None, 1, 2, (2,)),
    ]


def test_money_given_back_to_its_origin_is_followed_no_further() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.TRANCHE})
    receipt = book.move(1, 2, 5)
    back = book.move(2, 1, 5)
    book.move(1, 2, 9)

    assert forward(book, receipt, 0, 5) == [Landing(0, 5, Fate.USED, 5, back.id, 0, 1, (2,))]
    assert forward(book, back, 0, 5) == [Landing(0, 5, Fate.USED, 5, back.id, 0, 1, ())]
    assert forward(book, receipt, 3, 3) == []


def converted() -> tuple[Book, Mv, Mv]:
    book = Book({1: Kind.ORIGIN, 2: Kind.TRANSIT, 3: Kind.RETURNED})
    book.currencies = {1: "UAH", 2: "UAH", 3: "EUR"}
    receipt = book.move(1, 2, 90)
    _, into = book.convert(2, 3, 90, 2)
    return book, receipt, into


def test_a_conversion_into_a_use_is_a_use() -> None:
    book, receipt, into = converted()

    assert forward(book, receipt, 0, 90) == [
        Landing(0, 90, Fate.USED, 2, into.id, 0, 3, (2,)),
        Landing(0, 90, Fate.RESTS, 2, None, 0, 3, (2, 3)),
    ]


def test_what_is_worth_nothing_lands_with_the_next_unit() -> None:
    book, receipt, into = converted()

    assert forward(book, receipt, 45, 55) == [
        Landing(0, 10, Fate.USED, 0, into.id, 1, 3, (2,)),
        Landing(0, 10, Fate.RESTS, 0, None, 1, 3, (2, 3)),
    ]


def test_a_hole_in_an_out_line_stops_the_trace() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.POOL, 3: Kind.LOT})
    receipt = book.move(1, 2, 20)
    book.move(2, 3, 10)
    book.move(2, 3, 10)
    del book.movements[1]

    with pytest.raises(LineBroken):
        forward(book, receipt, 0, 20)


def test_units_that_go_into_a_conversion_are_followed_through_it() -> None:
    book, receipt, into = converted()
    out = book.movements[1]

    assert forward(book, out, 45, 90) == [
        Landing(0, 45, Fate.USED, 1, into.id, 1, 3, ()),
        Landing(0, 45, Fate.RESTS, 1, None, 1, 3, (3,)),
    ]
    assert forward(book, out, 5, 5) == []
    book.movements[1] = out._replace(pair=None)
    with pytest.raises(LineBroken):
        forward(book, receipt, 0, 90)


def test_windows_are_followed_together_as_they_are_alone() -> None:
    book, receipt, _ = converted()
    windows = [Window(2, 0, 30), Window(2, 30, 90), Window(3, 0, 2)]

    assert follow(book, windows) == [follow(book, [window])[0] for window in windows]
    assert forward(book, receipt, 30, 90) == follow(book, [Window(2, 30, 90)])[0]
