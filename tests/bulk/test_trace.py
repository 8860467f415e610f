"""The compiled queues give what the simulation gives, for every use and every rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bulk.books import columns_of, converting_books, rests_of, uses_of
from tests.kernel.books import Book, books, many_currencies

from tranche.bulk import room, trace
from tranche.bulk.columns import Columns
from tranche.bulk.errors import BookBroken
from tranche.bulk.state import NONE
from tranche.bulk.table import totals
from tranche.bulk.trace import trace_all
from tranche.kernel.chart import HOLDINGS, Kind
from tranche.kernel.simulate import simulate
from tranche.kernel.trace import MvId, Piece, backward, is_undo, is_use

any_book = st.one_of(books, many_currencies, converting_books)


def simulated(book: Book) -> dict[MvId, list[Piece]]:
    found = simulate(book.movements)
    return {mv.id: found[mv.id] for mv in book.movements if is_use(mv) or is_undo(mv)}


def unspent(book: Book) -> dict[int, list[Piece]]:
    return {
        account: backward(book, account, book.went[account], book.came[account])
        for account, kind in book.kinds.items()
        if kind in HOLDINGS and book.balance(account)
    }


@given(any_book)
def test_every_use_is_what_the_simulation_says(book: Book) -> None:
    table = trace_all(columns_of(book))

    assert uses_of(table) == simulated(book)


@given(any_book)
def test_what_is_left_is_what_a_trace_of_each_account_says(book: Book) -> None:
    found = rests_of(trace_all(columns_of(book)))

    assert {account: rests for account, rests in found.items() if book.balance(account)} == unspent(book)


@given(any_book)
def test_sources_are_uses_and_rests_in_every_currency(book: Book) -> None:
    found = {total.currency: total for total in totals(trace_all(columns_of(book)))}

    came: dict[str, int] = {}
    for mv in book.movements:
        if mv.src_kind in (Kind.ORIGIN, Kind.ADVANCE):
            currency = book.currencies[mv.src]
            came[currency] = came.get(currency, 0) + mv.amount
    assert {name: total.source_minor for name, total in found.items()} == came
    assert all(total.source_minor == total.used_minor + total.unspent_minor for total in found.values())


def chain_book() -> Book:
    """One receipt on its way through two holdings and a conversion into a lot, of which half is undone."""
    kinds = {1: Kind.ORIGIN, 2: Kind.POOL, 3: Kind.PROGRAMME, 4: Kind.PROGRAMME, 5: Kind.LOT}
    book = Book(kinds, {1: "EUR", 2: "EUR", 3: "EUR", 4: "UAH", 5: "UAH"})
    book.move(1, 2, 10)
    book.move(2, 3, 8)
    book.convert(3, 4, 6, 250)
    book.move(4, 5, 125)
    book.move(5, 4, 25)
    return book


@pytest.mark.parametrize("movements_each", [1, 2, 100])
def test_progress_ends_with_the_last_movement(movements_each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    book, seen = chain_book(), list[tuple[int, int]]()
    monkeypatch.setattr(trace, "MOVEMENTS_EACH", movements_each)

    table = trace_all(columns_of(book), lambda done, total: seen.append((done, total)))

    assert uses_of(table) == simulated(book)
    assert seen[-1] == (6, 6)
    assert len(seen) == -(-6 // movements_each)


@given(any_book)
def test_room_is_made_wherever_it_is_missing(book: Book) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "ROOM", 1)
        table = trace_all(columns_of(book))

    assert uses_of(table) == simulated(book)
    assert rests_of(table) == rests_of(trace_all(columns_of(book)))


def test_an_empty_book_has_no_uses_and_no_rests() -> None:
    table = trace_all(columns_of(Book({1: Kind.ORIGIN})))

    assert (len(table.uses), len(table.rests), totals(table)) == (0, 0, ())


def stopped_at(columns: Columns) -> BookBroken:
    with pytest.raises(BookBroken) as stopped:
        trace_all(columns)
    return stopped.value


def test_money_that_is_not_there_stops_the_trace_at_its_line() -> None:
    columns = columns_of(chain_book())

    found = stopped_at(replace(columns, amount=columns.amount + np.array([0, 3, 0, 0, 0, 0])))

    assert (found.entry, found.line) == (2, 1)
    assert "less than" in found.why


def test_half_a_conversion_stops_the_trace_at_its_line() -> None:
    columns = columns_of(chain_book())

    found = stopped_at(replace(columns, partner=np.full(6, NONE, np.int32)))

    assert (found.entry, found.line) == (3, 1)
    assert "other half" in found.why


def test_a_conversion_that_gives_another_amount_stops_the_trace() -> None:
    columns = columns_of(chain_book())
    out_of_itself = np.array([NONE, NONE, 2, 2, NONE, NONE], np.int32)

    found = stopped_at(replace(columns, partner=out_of_itself))

    assert (found.entry, found.line) == (3, 2)
