"""Backward, and the queue and token simulations, tell one story of every cent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.books import Book, books, many_currencies
from tests.oracle.tokens import Held, follow_tokens

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.ledger_errors import CircularFunding, LineBroken
from tranche.kernel.simulate import simulate
from tranche.kernel.trace import (
    FxStep,
    Mv,
    MvId,
    Piece,
    Window,
    backward,
    backward_all,
    fx_cut,
    half_cut,
    is_use,
    merged,
    sources_of,
)


def traced(book: Book, mv: Mv) -> list[Piece]:
    return backward(book, mv.src, mv.src_off, mv.src_off + mv.amount)


def summed(pieces: list[Piece]) -> Held:
    found: Held = {}
    for piece in pieces:
        count, units = found.get(piece.source, (0, []))
        units = [*units, *range(piece.source_lo, piece.source_lo + piece.source_amount)]
        found[piece.source] = (count + piece.amount, units)
    return {source: (count, sorted(units)) for source, (count, units) in found.items()}


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_a_cut_of_the_smaller_side_comes_back_to_itself(a: int, b: int, data: st.DataObject) -> None:
    small, large = sorted((a, b))
    cut = data.draw(st.integers(0, small))

    there = fx_cut(cut, small, large)

    assert fx_cut(there, large, small) == cut
    assert there == 0 or fx_cut(there - 1, large, small) < cut
    assert (fx_cut(0, small, large), fx_cut(small, small, large)) == (0, large)


@given(st.integers(1, 200), st.integers(1, 200))
def test_half_cuts_keep_their_order_and_their_ends(q_from: int, q_to: int) -> None:
    cuts = [half_cut(cut, q_from, q_to) for cut in range(2 * q_from + 1)]

    assert cuts == sorted(cuts)
    assert (cuts[0], cuts[-1]) == (0, 2 * q_to)


@given(many_currencies)
@settings(max_examples=300, deadline=None)
def test_backward_equals_the_queues_across_conversions(book: Book) -> None:
    simulated = simulate(book.movements)

    for mv, pieces in zip(book.movements, sources_of(book, book.movements), strict=True):
        assert pieces == simulated[mv.id]


@given(many_currencies)
@settings(max_examples=150, deadline=None)
def test_the_queues_equal_the_tokens(book: Book) -> None:
    tokens = follow_tokens(book.movements)

    for name, pieces in simulate(book.movements).items():
        assert summed(pieces) == tokens[name]


@given(many_currencies)
@settings(max_examples=100, deadline=None)
def test_conversions_are_exact_in_both_currencies(book: Book) -> None:
    for mv, pieces in zip(book.movements, sources_of(book, book.movements), strict=True):
        at = 0
        for piece in pieces:
            assert piece.pos == at
            assert piece.amount + piece.source_amount > 0
            at += piece.amount
        assert at == mv.amount
        if mv.pair is not None and mv.src_kind == Kind.FX:
            [other] = sources_of(book, [out for out in book.movements if out.id == (mv.id.entry, 1)])
            assert sum(p.source_amount for p in pieces) == sum(p.source_amount for p in other)


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
    assert backward(book, 2, 20, 30) == [Piece(0, 10, c.id, 0, 10, (2,))]


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


def test_the_simulation_refuses_money_that_never_came() -> None:
    book = Book({1: Kind.TRANCHE, 2: Kind.PROGRAMME})
    book.move(1, 2, 5)

    with pytest.raises(LineBroken):
        simulate(book.movements)


def test_a_movement_is_named_by_entry_and_line() -> None:
    assert str(MvId(12, 3)) == "12:3"


def test_neighbours_are_joined_through_one_conversion_and_not_through_two() -> None:
    first = Piece(0, 5, MvId(1, 1), 0, 5, (2,), (FxStep(3, 2, 0),))
    second = Piece(5, 5, MvId(1, 1), 5, 5, (2,), (FxStep(3, 2, 5),))
    elsewhere = second._replace(fx_path=(FxStep(4, 2, 0),))
    plain = [piece._replace(fx_path=()) for piece in (first, second)]

    assert merged([first, second]) == [Piece(0, 10, MvId(1, 1), 0, 10, (2,), (FxStep(3, 2, 0),))]
    assert merged([first, elsewhere]) == [first, elsewhere]
    assert merged(plain) == [Piece(0, 10, MvId(1, 1), 0, 10, (2,))]


ABROAD = {1: Kind.ORIGIN, 2: Kind.TRANSIT, 3: Kind.PREPAID, 4: Kind.LOT, 5: Kind.ORIGIN}
MONEY = {1: "EUR", 2: "EUR", 3: "UAH", 4: "UAH", 5: "EUR"}


def test_two_cents_become_ninety_kopecks_and_every_kopeck_has_its_cent() -> None:
    book = Book(dict(ABROAD), dict(MONEY))
    first, second = book.move(1, 2, 1), book.move(5, 2, 1)
    _, into = book.convert(2, 3, 2, 90)
    early, late = book.move(3, 4, 50), book.move(3, 4, 40)

    def step(at: int) -> tuple[FxStep, ...]:
        return (FxStep(into.id.entry, 2, at),)

    assert traced(book, early) == [
        Piece(0, 45, first.id, 0, 1, (2, 3), step(0)),
        Piece(45, 5, second.id, 0, 0, (2, 3), step(45)),
    ]
    assert traced(book, late) == [Piece(0, 40, second.id, 0, 1, (2, 3), step(50))]


def test_what_is_worth_nothing_in_the_other_currency_is_kept() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.PREPAID, 3: Kind.CONTRACT, 4: Kind.FEE, 5: Kind.ORIGIN})
    book.currencies = {1: "UAH", 2: "UAH", 3: "EUR", 4: "EUR", 5: "UAH"}
    small, large = book.move(1, 2, 10), book.move(5, 2, 80)
    _, into = book.convert(2, 3, 90, 2)
    use = book.move(3, 4, 1)

    assert traced(book, use) == [
        Piece(0, 0, small.id, 0, 10, (2, 3), (FxStep(into.id.entry, 2, 0),)),
        Piece(0, 1, large.id, 0, 35, (2, 3), (FxStep(into.id.entry, 2, 0),)),
    ]


ADVANCED = {1: Kind.ADVANCE, 2: Kind.CONTRACT, 3: Kind.LOT, 4: Kind.ORIGIN, 5: Kind.TRANCHE}


def test_an_advance_is_named_until_a_donor_has_repaid_it() -> None:
    book = Book(dict(ADVANCED), {1: "UAH", 2: "UAH", 3: "UAH", 4: "EUR", 5: "EUR"})
    drawn = book.move(1, 2, 90)
    use = book.move(2, 3, 90)
    receipt = book.move(4, 5, 2)

    [before] = sources_of(book, [use], refined=True)
    _, into = book.convert(5, 1, 1, 45)
    [after] = sources_of(book, [use], refined=True)

    assert before == [Piece(0, 90, drawn.id, 0, 90, (2,))] == sources_of(book, [use])[0]
    assert after == [
        Piece(0, 45, receipt.id, 0, 1, (5, 1, 2), (FxStep(into.id.entry, 2, 0),)),
        Piece(45, 45, drawn.id, 45, 45, (2,)),
    ]


def test_money_of_a_reversed_repayment_abroad_comes_from_the_advance() -> None:
    book = Book(dict(ADVANCED), {1: "UAH", 2: "UAH", 3: "UAH", 4: "EUR", 5: "EUR"})
    book.kinds[6], book.currencies[6] = Kind.FEE, "EUR"
    book.move(4, 5, 2)
    book.convert(5, 1, 2, 90)
    out, into = book.convert(1, 5, 90, 2)
    use = book.move(5, 6, 1)

    [plain] = sources_of(book, [use])
    [refined] = sources_of(book, [use], refined=True)

    step = (FxStep(into.id.entry, 2, 0),)
    assert plain == [Piece(0, 1, out.id, 0, 45, (5,), step)]
    assert [(piece.source.entry, piece.source_amount) for piece in refined] == [(1, 1)]


def test_an_advance_that_repays_itself_is_followed_no_further_than_sense() -> None:
    book = Book({1: Kind.ADVANCE, 2: Kind.CONTRACT, 3: Kind.LOT})
    for _ in range(2):
        book.move(1, 2, 10)
        book.move(2, 1, 10)
    use = Mv(MvId(99, 1), 2, 3, 10, 0, 0, Kind.CONTRACT, Kind.LOT)

    with pytest.raises(CircularFunding):
        sources_of(book, [use], refined=True)


def test_a_conversion_without_its_other_line_stops_the_trace() -> None:
    book = Book(dict(ABROAD), dict(MONEY))
    book.move(1, 2, 2)
    book.convert(2, 3, 2, 90)
    use = book.move(3, 4, 50)
    book.movements[-2] = book.movements[-2]._replace(pair=None)

    with pytest.raises(LineBroken):
        traced(book, use)
