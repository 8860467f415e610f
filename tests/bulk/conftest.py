"""The loops are compiled before the first test, so that no test is timed with it."""

from __future__ import annotations

import pytest
from tests.bulk.books import columns_of
from tests.kernel.books import Book

from tranche.bulk.exact import fx_cut, half_cut
from tranche.bulk.room import begin, with_room
from tranche.bulk.state import WANTED
from tranche.bulk.trace import trace_all
from tranche.kernel.chart import Kind


@pytest.fixture(scope="session", autouse=True)
def compiled_loops() -> None:
    """Load what was kept, or compile it."""
    book = Book({1: Kind.ORIGIN, 2: Kind.POOL})
    book.move(1, 2, 5)
    trace_all(columns_of(book))
    state = begin(1, 1)
    state.counters[WANTED] = 2 * len(state.nodes)
    with_room(state)
    fx_cut(1, 2, 3)
    half_cut(1, 2, 3)
