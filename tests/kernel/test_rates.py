"""Stated rates are exact ratios of printed digits; a plan is rounded up once, its parts never beyond it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.money import AmountOutOfRange, Money
from tranche.kernel.rates import BadRate, Rate, parse_rate, part_of_plan, planned

NBU = parse_rate("46.3300", "EUR", "UAH")


def test_a_rate_keeps_the_digits_that_were_printed() -> None:
    assert Rate("EUR", "UAH", 463_300, 4) == NBU
    assert NBU.text == "46.3300"
    assert parse_rate("46,33", "EUR", "UAH").text == "46.33"
    assert parse_rate("7", "EUR", "DKK").text == "7"


@pytest.mark.parametrize("text", ["", "0", "0.0", "-1", "1.", ".5", "01", "1 000", "1.123456789", "1e3", "١"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadRate):
        parse_rate(text, "EUR", "UAH")


@pytest.mark.parametrize(
    ("price", "rate", "margin", "expected"),
    [
        (Money(463_300_000, "UAH"), NBU, 0, Money(10_000_000, "EUR")),
        (Money(463_300_000, "UAH"), NBU, 200, Money(10_200_000, "EUR")),
        (Money(463_300_001, "UAH"), NBU, 0, Money(10_000_001, "EUR")),
        (Money(10_000_000, "EUR"), NBU, 0, Money(463_300_000, "UAH")),
        (Money(1, "UAH"), NBU, 0, Money(1, "EUR")),
        (Money(150, "ISK"), parse_rate("149.5", "EUR", "ISK"), 0, Money(101, "EUR")),
    ],
)
def test_a_plan_is_the_price_at_the_rate_and_margin_rounded_up(
    price: Money, rate: Rate, margin: int, expected: Money
) -> None:
    assert planned(price, rate, margin) == expected


def test_a_plan_beyond_every_amount_is_refused() -> None:
    with pytest.raises(AmountOutOfRange):
        planned(Money(10**12, "UAH"), Rate("EUR", "UAH", 1, 4), 0)


def test_a_rate_of_other_currencies_says_nothing() -> None:
    with pytest.raises(BadRate):
        planned(Money(1, "USD"), NBU, 0)


@given(st.integers(1, 10**12), st.integers(100, 10**6), st.integers(0, 5_000))
def test_a_plan_covers_the_price_and_is_less_than_a_unit_above(price: int, num: int, margin: int) -> None:
    rate = Rate("EUR", "UAH", num, 4)

    found = planned(Money(price, "UAH"), rate, margin).amount_minor

    exact_times = price * 10**4 * (10_000 + margin)
    per = num * 10_000
    assert found * per >= exact_times > (found - 1) * per


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_parts_of_a_plan_are_together_never_more_than_it(reserved: int, parts: list[int]) -> None:
    whole = sum(parts)

    found = [part_of_plan(reserved, part, whole) for part in parts]

    assert all(part >= 1 for part in found)
    if reserved >= whole:
        assert sum(found) <= reserved
