"""What must not depend on how a book was written: its length, its unit, the cut of its postings."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.books import CURRENCIES, Book, Choice, books, choices, random_book

from tranche.kernel.chart import HOLDINGS, SOURCES
from tranche.kernel.money import nested_shares
from tranche.kernel.simulate import simulate
from tranche.kernel.trace import MvId, Piece, backward, is_undo, is_use, merged, sources_of


@pytest.mark.parametrize("currencies", [("EUR",), CURRENCIES])
@given(first=choices, later=choices)
@settings(max_examples=60, deadline=None)
def test_the_attribution_of_a_prefix_never_changes(
    currencies: tuple[str, ...], first: list[Choice], later: list[Choice]
) -> None:
    short, whole = random_book(first, currencies), random_book([*first, *later], currencies)
    before, after = simulate(short.movements), simulate(whole.movements)

    prefix = whole.movements[: len(short.movements)]
    assert prefix == short.movements
    assert {mv.id: after[mv.id] for mv in prefix} == before
    assert sources_of(whole, prefix) == [before[mv.id] for mv in prefix]


def scaled(book: Book, factor: int) -> Book:
    larger = Book(book.kinds)
    for mv in book.movements:
        larger.move(mv.src, mv.dst, mv.amount * factor)
    return larger


@given(books, st.integers(2, 10**6))
@settings(max_examples=60, deadline=None)
def test_money_in_a_smaller_unit_has_the_same_sources(book: Book, factor: int) -> None:
    larger = simulate(scaled(book, factor).movements)

    for name, pieces in simulate(book.movements).items():
        assert larger[name] == [
            piece._replace(
                pos=piece.pos * factor,
                amount=piece.amount * factor,
                source_lo=piece.source_lo * factor,
                source_amount=piece.source_amount * factor,
            )
            for piece in pieces
        ]


@given(books, st.data())
@settings(max_examples=100, deadline=None)
def test_a_posting_in_two_parts_has_the_same_sources(book: Book, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(book.movements) - 1))
    cut = data.draw(st.integers(1, book.movements[at].amount))
    other, was = Book(book.kinds), dict[MvId, tuple[MvId, int]]()
    for number, mv in enumerate(book.movements):
        first = cut if number == at else mv.amount
        was[other.move(mv.src, mv.dst, first).id] = (mv.id, 0)
        if first < mv.amount:
            was[other.move(mv.src, mv.dst, mv.amount - first).id] = (mv.id, first)

    joined: dict[MvId, list[Piece]] = defaultdict(list)
    for name, pieces in simulate(other.movements).items():
        whole, shift = was[name]
        for piece in pieces:
            source, before = was[piece.source]
            moved = piece._replace(pos=piece.pos + shift, source=source, source_lo=piece.source_lo + before)
            joined[whole].append(moved)

    assert {name: merged(pieces) for name, pieces in joined.items()} == {
        name: pieces for name, pieces in simulate(book.movements).items() if pieces
    }


@given(books)
@settings(max_examples=100, deadline=None)
def test_each_source_is_its_net_uses_and_what_is_left_of_it(book: Book) -> None:
    found: dict[MvId, int] = defaultdict(int)
    simulated = simulate(book.movements)
    for mv in book.movements:
        if is_use(mv) and mv.src_kind not in SOURCES:
            for piece in simulated[mv.id]:
                found[piece.source] += piece.amount
        elif is_undo(mv):
            for piece in simulated[mv.id]:
                found[piece.source] -= piece.amount
    for account, kind in book.kinds.items():
        if kind in HOLDINGS:
            for piece in backward(book, account, book.went[account], book.came[account]):
                found[piece.source] += piece.amount

    came = {mv.id: mv.amount for mv in book.movements if mv.src_kind in SOURCES and mv.dst_kind in HOLDINGS}
    assert {name: amount for name, amount in found.items() if name in came} == came


STAGES = 6  # pool, programme, contract, transit, prepaid, lot


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=8).filter(any),
    st.lists(st.tuples(st.integers(0, STAGES - 2), st.integers(1, 100)), min_size=1, max_size=60),
)
@settings(max_examples=100, deadline=None)
def test_every_lot_carries_every_donor_to_within_one_unit(
    pool: list[int], steps: list[tuple[int, int]]
) -> None:
    """Each step moves some hundredths of what a holder has to the next; the end delivers everything."""
    held = [list(pool), *([0] * len(pool) for _ in range(STAGES - 1))]

    for holder, hundredths in [*steps, *((holder, 100) for holder in range(STAGES - 1))]:
        balances, total = held[holder], sum(held[holder])
        amount = total * hundredths // 100
        shares = nested_shares(balances, amount)

        assert sum(shares) == amount
        for share, balance in zip(shares, balances, strict=True):
            assert 0 <= share <= balance
            assert total == 0 or abs(share - Fraction(amount * balance, total)) <= 1
        held[holder] = [balance - share for balance, share in zip(balances, shares, strict=True)]
        held[holder + 1] = [a + b for a, b in zip(held[holder + 1], shares, strict=True)]

    assert held == [*([[0] * len(pool)] * (STAGES - 1)), pool]
