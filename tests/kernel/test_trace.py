"""Backward, forward and the queue simulation tell one story of every cent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.books import Book, random_book

from tranche.kernel.chart import SOURCES, USES, Kind
from tranche.kernel.ledger_errors import LineBroken
from tranche.kernel.trace import (
    Fate,
    FxStep,
    Landing,
    Mv,
    MvId,
    Piece,
    Window,
    backward,
    backward_all,
    forward,
    is_undo,
    is_use,
    merged,
    simulate,
)

choices = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 60)), min_size=5, max_size=80
)
books = choices.map(random_book)


def traced(book: Book, mv: Mv) -> list[Piece]:
    return backward(book, mv.src, mv.src_off, mv.src_off + mv.amount)


@given(books)
@settings(max_examples=150, deadline=None)
def test_backward_equals_the_queue_simulation(book: Book) -> None:
    simulated = simulate(book.movements)

    for mv in book.movements:
        if mv.src_kind not in SOURCES:
            assert traced(book, mv) == simulated[mv.id]


@given(books)
@settings(max_examples=60, deadline=None)
def test_pieces_of_a_use_tile_it_and_sum_to_it(book: Book) -> None:
    for mv in book.movements:
        if is_use(mv) and mv.src_kind not in SOURCES:
            at = 0
            for piece in traced(book, mv):
                assert piece.pos == at
                assert piece.amount == piece.source_amount > 0
                at += piece.amount
            assert at == mv.amount


@given(books)
@settings(max_examples=60, deadline=None)
def test_money_is_conserved_for_every_source(book: Book) -> None:
    for source in book.movements:
        if source.src_kind in SOURCES and source.dst_kind not in SOURCES:
            landings = forward(book, source, 0, source.amount)

            rests = sum(landing.amount for landing in landings if landing.fate is Fate.RESTS)
            back = sum(one.amount for one in landings if book.kinds[one.account] in SOURCES)
            assert rests + back == source.amount


@given(books)
@settings(max_examples=60, deadline=None)
def test_net_uses_are_what_rests_in_the_uses(book: Book) -> None:
    for source in book.movements:
        if source.src_kind in SOURCES:
            net: dict[int, int] = {}
            for landing in forward(book, source, 0, source.amount):
                if landing.fate is Fate.RESTS or book.kinds[landing.account] not in USES:
                    continue
                sign = 1 if landing.fate is Fate.USED else -1
                net[landing.account] = net.get(landing.account, 0) + sign * landing.amount
            rests: dict[int, int] = {}
            for landing in forward(book, source, 0, source.amount):
                if landing.fate is Fate.RESTS and book.kinds[landing.account] in USES:
                    rests[landing.account] = rests.get(landing.account, 0) + landing.amount
            assert {account: amount for account, amount in net.items() if amount} == rests


@given(books)
@settings(max_examples=60, deadline=None)
def test_backward_and_forward_are_dual(book: Book) -> None:
    seen_back = {
        (piece.source, piece.source_lo + at, mv.id, piece.pos + at)
        for mv in book.movements
        if (is_use(mv) or is_undo(mv)) and mv.src_kind not in SOURCES
        for piece in traced(book, mv)
        for at in range(piece.amount)
    }

    seen_forward = {
        (source.id, landing.pos + at, landing.mv, landing.lo + at)
        for source in book.movements
        if source.src_kind in SOURCES
        for landing in forward(book, source, 0, source.amount)
        if landing.mv is not None and landing.mv != source.id
        for at in range(landing.amount)
    }
    assert seen_back == seen_forward


@given(choices, choices)
@settings(max_examples=60, deadline=None)
def test_later_postings_change_no_earlier_attribution(
    first: list[tuple[int, int, int]], later: list[tuple[int, int, int]]
) -> None:
    before, after = simulate(random_book(first).movements), random_book([*first, *later])

    for mv in after.movements[: len(before)]:
        if mv.src_kind not in SOURCES:
            assert traced(after, mv) == before[mv.id]


@given(books)
@settings(max_examples=60, deadline=None)
def test_a_trace_leads_to_an_earlier_movement(book: Book) -> None:
    for mv in book.movements:
        if mv.src_kind not in SOURCES:
            assert all(piece.source < mv.id for piece in traced(book, mv))


@given(books)
@settings(max_examples=40, deadline=None)
def test_many_windows_at_once_give_what_each_gives_alone(book: Book) -> None:
    windows = [Window(mv.src, mv.src_off, mv.src_off + mv.amount) for mv in book.movements]
    windows = [window for window in windows if book.kinds[window.account] not in SOURCES]

    assert backward_all(book, windows) == [backward(book, *window) for window in windows]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(2, 9))
@settings(max_examples=60, deadline=None)
def test_scaling_all_amounts_scales_the_attribution(amounts: list[int], factor: int) -> None:
    def sources_of_half(scale: int) -> list[tuple[MvId, int]]:
        book = Book({1: Kind.ORIGIN, 2: Kind.TRANCHE, 3: Kind.LOT})
        for amount in amounts:
            book.move(1, 2, amount * scale)
        use = book.move(2, 3, sum(amounts) // 2 * scale) if sum(amounts) > 1 else None
        return [(piece.source, piece.amount) for piece in traced(book, use)] if use else []

    assert sources_of_half(factor) == [(source, factor * amount) for source, amount in sources_of_half(1)]


def fifo_pool() -> Book:
    """A +10, B +10, out 10, C +10, out 10 (Todd)."""
    book = Book({1: Kind.ORIGIN, 2: Kind.POOL, 3: Kind.LOT, 4: Kind.ORIGIN, 5: Kind.ORIGIN})
    book.move(1, 2, 10)
    book.move(4, 2, 10)
    book.move(2, 3, 10)
    book.move(5, 2, 10)
    book.move(2, 3, 10)
    return book


def test_first_in_first_out_names_a_then_b_and_leaves_c() -> None:
    book = fifo_pool()
    a, b, first_out, c, second_out = book.movements

    assert traced(book, first_out) == [Piece(0, 10, a.id, 0, 10, (2,))]
    assert traced(book, second_out) == [Piece(0, 10, b.id, 0, 10, (2,))]
    assert forward(book, c, 0, 10) == [Landing(Fate.RESTS, 0, 10, None, 20, 2, (2,))]


def test_a_released_cent_joins_the_tail_and_its_path_tells() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.TRANCHE, 3: Kind.PROGRAMME, 4: Kind.LOT})
    receipt = book.move(1, 2, 10)
    book.move(2, 3, 6)
    book.move(3, 2, 2)
    use = book.move(2, 4, 6)

    assert traced(book, use) == [
        Piece(0, 4, receipt.id, 6, 4, (2,)),
        Piece(4, 2, receipt.id, 0, 2, (2, 3, 2)),
    ]


def test_an_undone_use_is_followed_to_its_next_use() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.PREPAID, 3: Kind.LOT, 4: Kind.LOT})
    receipt = book.move(1, 2, 5)
    first = book.move(2, 3, 5)
    undo = book.move(3, 2, 2)
    second = book.move(2, 4, 2)

    assert forward(book, receipt, 0, 5) == [
        Landing(Fate.USED, 0, 5, first.id, 0, 3, (2,)),
        Landing(Fate.UNDONE, 0, 2, undo.id, 0, 3, (2, 3)),
        Landing(Fate.USED, 0, 2, second.id, 0, 4, (2, 3, 2)),
        Landing(Fate.RESTS, 0, 2, None, 0, 4, (2, 3, 2, 4)),
        Landing(Fate.RESTS, 2, 3, None, 2, 3, (2, 3)),
    ]


def test_a_receipt_straight_into_a_use_is_used_and_rests_there() -> None:
    book = Book({1: Kind.ROUNDING, 2: Kind.FEE})
    mv = book.move(1, 2, 3)

    assert forward(book, mv, 1, 3) == [
        Landing(Fate.USED, 0, 2, mv.id, 1, 2, ()),
        Landing(Fate.RESTS, 0, 2, None, 1, 2, (2,)),
    ]


def test_money_given_back_to_its_origin_is_followed_no_further() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.TRANCHE})
    receipt = book.move(1, 2, 5)
    back = book.move(2, 1, 5)
    book.move(1, 2, 9)

    assert forward(book, receipt, 0, 5) == [Landing(Fate.USED, 0, 5, back.id, 0, 1, (2,))]
    assert forward(book, back, 0, 5) == [Landing(Fate.USED, 0, 5, back.id, 0, 1, ())]


def test_neighbours_that_crossed_a_conversion_stay_apart() -> None:
    first = Piece(0, 5, MvId(1, 1), 0, 5, (2,), (FxStep(3, 2, 0),))
    second = Piece(5, 5, MvId(1, 1), 5, 5, (2,), (FxStep(3, 2, 5),))
    plain = [piece._replace(fx_path=()) for piece in (first, second)]

    assert merged([first, second]) == [first, second]
    assert merged(plain) == [Piece(0, 10, MvId(1, 1), 0, 10, (2,))]


def test_a_hole_in_an_in_line_stops_the_trace() -> None:
    book = fifo_pool()
    del book.movements[1]

    with pytest.raises(LineBroken):
        backward(book, 2, 0, 20)
    with pytest.raises(LineBroken):
        backward(book, 2, 12, 15)
    with pytest.raises(LineBroken):
        backward(book, 2, 0, 30)


def test_a_window_beyond_the_money_stops_the_trace() -> None:
    with pytest.raises(LineBroken):
        backward(fifo_pool(), 2, 0, 31)


def test_a_hole_in_an_out_line_stops_the_trace() -> None:
    book = fifo_pool()
    receipt = book.movements[0]
    del book.movements[2]

    with pytest.raises(LineBroken):
        forward(book, receipt._replace(amount=15), 0, 15)


def test_the_simulation_refuses_money_that_never_came() -> None:
    book = Book({1: Kind.TRANCHE, 2: Kind.PROGRAMME})
    book.move(1, 2, 5)

    with pytest.raises(LineBroken):
        simulate(book.movements)


def test_a_movement_is_named_by_entry_and_line() -> None:
    assert str(MvId(12, 3)) == "12:3"
