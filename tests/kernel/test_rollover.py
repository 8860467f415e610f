"""A roll-over moves every unspent unit once, in its order, to the account that its source is meant for."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from tests.kernel.books import Book, books

from tranche.kernel.chart import HOLDINGS, Kind
from tranche.kernel.rollover import rollover_runs
from tranche.kernel.trace import MvId, backward


def test_one_donors_money_leaves_a_pool_and_the_rest_keeps_its_order() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.POOL, 3: Kind.LOT, 4: Kind.ORIGIN})
    for origin, amount in ((1, 10), (4, 4), (1, 3), (1, 2), (4, 6)):
        book.move(origin, 2, amount)
    book.move(2, 3, 8)
    of_first = {mv.id for mv in book.movements if mv.src == 1}

    def target(piece: object) -> str:
        return "his" if getattr(piece, "source", MvId(0, 0)) in of_first else "rest"

    assert rollover_runs(book, 2, (25, 8), target) == [("his", 2), ("rest", 4), ("his", 5), ("rest", 6)]


@given(books)
@settings(max_examples=80, deadline=None)
def test_rolled_over_units_are_traced_as_before(book: Book) -> None:
    for account, kind in list(book.kinds.items()):
        came, went = book.came[account], book.went[account]
        if kind not in HOLDINGS or came == went:
            continue
        before = backward(book, account, went, came)

        runs = rollover_runs(book, account, (came, went), lambda piece: piece.source.entry % 2)

        assert sum(amount for _, amount in runs) == came - went
        assert all(first[0] != second[0] for first, second in pairwise(runs))
        at = went
        for to, amount in runs:
            pieces = backward(book, account, at, at + amount)
            assert {piece.source.entry % 2 for piece in pieces} == {to}
            at += amount
        assert [piece.amount for piece in before] == [
            piece.amount for piece in backward(book, account, went, came)
        ]


def test_an_empty_account_has_nothing_to_roll_over() -> None:
    book = Book({1: Kind.ORIGIN, 2: Kind.POOL})

    assert rollover_runs(book, 2, (0, 0), lambda _: "x") == []
