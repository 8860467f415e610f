"""The totals add up, or the table is refused; a row out of a use counts against it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.bulk.books import columns_of
from tests.kernel.books import Book

from tranche.bulk.table import Total, counts, taken_back, totals
from tranche.bulk.trace import trace_all
from tranche.kernel.chart import Kind
from tranche.kernel.ledger_errors import SumBroken


def book() -> Book:
    """Ten received, eight into a lot, three of them out again, two back to the origin."""
    made = Book({1: Kind.ORIGIN, 2: Kind.PREPAID, 3: Kind.LOT, 4: Kind.RETURNED})
    made.move(1, 2, 10)
    made.move(2, 3, 8)
    made.move(3, 2, 3)
    made.move(2, 1, 2)
    made.move(3, 4, 1)
    return made


def test_a_row_counts_into_a_use_out_of_one_or_from_one_to_another() -> None:
    table = trace_all(columns_of(book()))

    assert counts(table).tolist() == [1, -1, 1, 0]
    assert table.uses["amount"].tolist() == [8, 3, 2, 1]


def test_what_came_in_is_what_was_used_and_what_is_left() -> None:
    assert totals(trace_all(columns_of(book()))) == (Total("EUR", 10, 7, 3),)


def test_what_was_put_back_into_its_origin_is_told_apart() -> None:
    assert taken_back(trace_all(columns_of(book()))) == {"EUR": 2}


def test_money_of_two_currencies_is_never_added() -> None:
    made = Book({1: Kind.ORIGIN, 2: Kind.POOL, 3: Kind.ORIGIN, 4: Kind.POOL}, {1: "EUR", 2: "EUR"})
    made.currencies |= {3: "UAH", 4: "UAH"}
    made.move(1, 2, 10)
    made.move(3, 4, 400)
    made.convert(2, 4, 5, 207)

    assert totals(trace_all(columns_of(made))) == (Total("EUR", 10, 0, 10), Total("UAH", 400, 0, 400))


@pytest.mark.parametrize("name", ["uses", "rests"])
def test_a_cent_too_many_is_refused(name: str) -> None:
    table = trace_all(columns_of(book()))
    rows = getattr(table, name).copy()
    rows["source_amount"][0] += 1

    with pytest.raises(SumBroken):
        totals(replace(table, uses=rows) if name == "uses" else replace(table, rests=rows))


def test_totals_beyond_64_bits_are_exact() -> None:
    made = Book({1: Kind.ORIGIN, 2: Kind.POOL})
    made.move(1, 2, 1)
    table = trace_all(columns_of(made))
    many, large = 20_000, 10**15
    columns = replace(
        table.columns,
        amount=np.full(many, large, np.int64),
        src=np.zeros(many, np.int32),
    )
    rests = np.repeat(table.rests, many)
    rests["source_amount"] = large

    [total] = totals(replace(table, columns=columns, rests=rests))

    assert total == Total("EUR", many * large, 0, many * large)
    assert many * large > 2**63
