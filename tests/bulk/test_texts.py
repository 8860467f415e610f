"""Rows are numbered and named as they are stored, wherever the table is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.bulk.books import columns_of, converting_books, uses_of
from tests.kernel.books import Book

from tranche.bulk.check import stored_form
from tranche.bulk.trace import trace_all
from tranche.ledger.fragments import PATH_JOIN, fx_text


@given(converting_books, st.data())
def test_a_table_cut_anywhere_is_the_table(book: Book, data: st.DataObject) -> None:
    table = trace_all(columns_of(book))
    end = len(table.uses)
    cut = data.draw(st.integers(0, end))

    assert stored_form(table, 0, cut) + stored_form(table, cut, end) == stored_form(table, 0, end)


@given(converting_books)
def test_texts_are_those_that_posting_writes(book: Book) -> None:
    table = trace_all(columns_of(book))

    expected = [
        (
            *(*use, n, piece.pos, piece.amount),
            *(*piece.source, piece.source_lo, piece.source_amount),
            PATH_JOIN.join(map(str, piece.path)),
            fx_text(piece.fx_path),
        )
        for use, pieces in uses_of(table).items()
        for n, piece in enumerate(pieces, start=1)
    ]
    assert stored_form(table, 0, len(table.uses)) == expected
