"""A book without some movements answers as the book that never had them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.kernel.books import Book, Choice, choices, random_book

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.follow import Fate, follow, forward
from tranche.kernel.ledger_errors import CircularFunding
from tranche.kernel.simulate import simulate
from tranche.kernel.trace import Mv, Piece, backward, sources_of
from tranche.kernel.whatif import UNFUNDED, Ends, without

CURRENCIES = ("EUR", "UAH")


def rebuilt(book: Book, removed: set[int]) -> Book | None:
    """The same movements in their order without these entries; nothing where the money would not reach."""
    again = Book(dict(book.kinds), dict(book.currencies))
    for mv in book.movements:
        again.entries = mv.id.entry - 1
        if mv.id.entry in removed or mv.id.line == 2:
            continue
        if mv.src_kind not in SOURCES and again.balance(mv.src) < mv.amount:
            return None
        if mv.pair is not None:
            again.convert(mv.src, mv.pair.account, mv.amount, mv.pair.amount)
        else:
            again.move(mv.src, mv.dst, mv.amount)
    return again


def entry_of(book: Book, entries: set[int]) -> list[Mv]:
    return [mv for mv in book.movements if mv.id.entry in entries]


@given(choices, st.lists(st.integers(0, 79), min_size=1, max_size=3), st.sampled_from([("EUR",), CURRENCIES]))
@settings(max_examples=300, deadline=None)
def test_the_overlay_traces_like_a_book_that_never_had_the_movements(
    chosen: list[Choice], leaving: list[int], currencies: tuple[str, ...]
) -> None:
    book = random_book(chosen, currencies)
    removed = {1 + n % book.entries for n in leaving}
    other = rebuilt(book, removed)
    assume(other is not None)
    assert other is not None

    overlay = without(book, entry_of(book, removed))

    kept = [mv for mv in book.movements if mv.id.entry not in removed]
    asked = [overlay.moved(mv) for mv in kept]
    simulated = simulate(other.movements)
    for mv, pieces in zip(asked, sources_of(overlay, asked), strict=True):
        assert pieces == simulated[mv.id]
    for mv in asked:
        if mv.src_kind in SOURCES and mv.dst_kind not in SOURCES:
            assert forward(overlay, mv, 0, mv.amount) == forward(other, mv, 0, mv.amount)


@given(choices, st.integers(0, 79))
@settings(max_examples=150, deadline=None)
def test_what_is_missing_is_what_was_spent_beyond_what_came(chosen: list[Choice], leaving: int) -> None:
    book = random_book(chosen)
    receipts = [mv for mv in book.movements if mv.src_kind in SOURCES and mv.dst_kind not in SOURCES]
    removed = receipts[leaving % len(receipts)]
    overlay = without(book, [removed])

    window = overlay.unfunded(removed.dst, Ends(book.came[removed.dst], book.went[removed.dst]))

    assert window.hi - window.lo == max(0, removed.amount - book.balance(removed.dst))
    [landings] = follow(overlay, [window])
    assert sum(one.amount for one in landings if one.fate is Fate.RESTS) <= window.hi - window.lo
    for one in landings:
        if one.fate is Fate.USED and one.mv is not None and book.kinds[one.account] not in SOURCES:
            [use] = [mv for mv in book.movements if mv.id == one.mv]
            try:
                [pieces] = sources_of(overlay, [overlay.moved(use)])
            except CircularFunding:  # other units of it were undone, and go round for ever
                continue
            missing = sum(piece.amount for piece in pieces if piece.source == UNFUNDED)
            assert missing >= one.amount


def pool() -> Book:
    book = Book({1: Kind.ORIGIN, 2: Kind.POOL, 3: Kind.LOT, 4: Kind.ORIGIN})
    book.move(1, 2, 10)
    book.move(4, 2, 10)
    book.move(2, 3, 15)
    return book


def test_a_withdrawn_receipt_leaves_the_last_units_unfunded() -> None:
    book = pool()
    first, second, use = book.movements

    overlay = without(book, [first])

    assert sources_of(overlay, [overlay.moved(use)]) == [
        [Piece(0, 10, second.id, 0, 10, (2,)), Piece(10, 5, UNFUNDED, 0, 5, (2,))]
    ]
    assert overlay.unfunded(2, Ends(20, 15)) == (2, 10, 15)
    assert overlay.unfunded(3, Ends(15, 0)) == (3, 15, 15)
    assert overlay.accounts == {2}


def test_a_movement_that_was_not_needed_takes_nothing_away() -> None:
    book = pool()
    later = book.move(4, 2, 7)

    overlay = without(book, [later])

    assert overlay.unfunded(2, Ends(27, 15)) == (2, 20, 20)
    assert backward(overlay, 2, 0, 20) == backward(book, 2, 0, 20)


def test_the_book_itself_is_as_it_was() -> None:
    book = pool()
    before = list(book.movements)

    overlay = without(book, book.movements[:1])
    backward(overlay, 2, 0, 15)

    assert book.movements == before


def test_money_that_only_came_back_to_itself_is_nowhere_and_ends_the_trace() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.TRANCHE, 3: Kind.PROGRAMME})
    receipt = book.move(1, 2, 10)
    allocated = book.move(2, 3, 8)
    released = book.move(3, 2, 3)

    overlay = without(book, [receipt])

    assert overlay.ends(2, Ends(13, 8)) == (3, 8)
    assert overlay.unfunded(2, Ends(13, 8)) == (2, 3, 8)
    assert backward(overlay, 3, 3, 8) == [Piece(0, 5, UNFUNDED, 0, 5, (2, 3))]
    [[rest]] = follow(overlay, [overlay.unfunded(2, Ends(13, 8))])
    assert (rest.fate, rest.account, rest.amount) == (Fate.RESTS, 3, 5)
    with pytest.raises(CircularFunding):
        sources_of(overlay, [overlay.moved(allocated)])
    with pytest.raises(CircularFunding):
        forward(overlay, overlay.moved(released), 0, 3)


def test_an_advance_that_is_not_repaid_is_not_unfunded() -> None:
    book = Book({1: Kind.ADVANCE, 2: Kind.CONTRACT, 3: Kind.LOT, 4: Kind.ORIGIN, 5: Kind.TRANCHE})
    drawn = book.move(1, 2, 10)
    use = book.move(2, 3, 10)
    receipt = book.move(4, 5, 6)
    book.move(5, 1, 6)

    overlay = without(book, [receipt], advances=[1])

    [pieces] = sources_of(overlay, [overlay.moved(use)], refined=True)
    assert [(piece.source, piece.amount) for piece in pieces] == [(UNFUNDED, 6), (drawn.id, 4)]
