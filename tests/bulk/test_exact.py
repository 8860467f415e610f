"""Integers of 64 bits give what Python's integers give, over the whole range of amounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.bulk import exact
from tranche.kernel import trace

AMOUNT_MAX = 10**15
amounts = st.one_of(
    st.integers(1, AMOUNT_MAX),
    st.integers(1, 1_000),
    st.integers(0, 50).map(lambda bits: min(2**bits, AMOUNT_MAX)),
    st.integers(0, 1_000).map(lambda less: AMOUNT_MAX - less),
)


@given(amounts, amounts, st.data())
def test_a_product_of_a_hundred_bits_is_divided_exactly(
    divisor: int, factor: int, data: st.DataObject
) -> None:
    x = data.draw(st.one_of(st.integers(0, divisor), st.just(divisor), st.just(divisor - 1)))

    assert exact.mul_div(x, factor, divisor) == divmod(x * factor, divisor)


@pytest.mark.parametrize("x", [2**31 - 1, 2**31, 2**31 + 1])
@pytest.mark.parametrize("factor", [2**31 - 1, 2**31, 2**31 + 1, AMOUNT_MAX])
def test_the_short_way_ends_where_the_product_would_not_fit(x: int, factor: int) -> None:
    for divisor in (x, x + 1, AMOUNT_MAX):
        assert exact.mul_div(x, factor, divisor) == divmod(x * factor, divisor)


@given(amounts, amounts, st.data())
def test_cuts_are_those_of_the_kernel(q_from: int, q_to: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, q_from))
    cut2 = data.draw(st.integers(0, 2 * q_from))

    assert exact.fx_cut(cut, q_from, q_to) == trace.fx_cut(cut, q_from, q_to)
    assert exact.half_cut(cut2, q_from, q_to) == trace.half_cut(cut2, q_from, q_to)


@given(st.integers(1, 300), st.integers(1, 300))
def test_every_cut_of_a_small_conversion_is_that_of_the_kernel(q_from: int, q_to: int) -> None:
    cuts = range(2 * q_from + 1)

    assert [exact.half_cut(cut2, q_from, q_to) for cut2 in cuts] == [
        trace.half_cut(cut2, q_from, q_to) for cut2 in cuts
    ]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40))
def test_a_sum_is_exact_where_numpy_wraps(values: list[int]) -> None:
    assert exact.exact_sum(np.array(values, np.int64)) == sum(values)


def test_numpy_does_wrap() -> None:
    values = np.full(2_000, 2**53 - 1, np.int64)

    assert int(values.sum()) != 2_000 * (2**53 - 1)
    assert exact.exact_sum(values) == 2_000 * (2**53 - 1)
