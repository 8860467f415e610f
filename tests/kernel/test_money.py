"""Money is whole minor units, read by one strict grammar and shared without loss."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.money import (
    AMOUNT_MAX,
    EXPONENTS,
    NBSP,
    TOTAL_MAX,
    AmountError,
    AmountOutOfRange,
    CurrencyMismatch,
    Money,
    MoneyError,
    format_amount,
    nested_shares,
    parse_amount,
    parse_typed,
)

CODES = Path(__file__).resolve().parents[2] / "../shared/data/classifiers/codes-all.csv"
TYPED_WHOLE_MAX = 10**13 - 1
WRONG_WORDS = (
    *("+1", "-1", "01", "00", ".5", "1.", "1e5", "1E5", "1,5", "1_000", "1'000", "0x10", "inf", "NaN"),
    *("١٢٣", "１２", "1.٥", "−1", "1.2.3", "12345678901234567", "1.00000"),
)
FUND_CODES = frozenset({"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XAD"})
"""Units of account of banks and statistics, in which nobody pays."""

currencies = st.sampled_from(["EUR", "UAH", "JPY", "KWD"])
languages = st.sampled_from(["en", "uk", "lt"])
balance_lists = st.lists(st.integers(0, 10**15), min_size=1, max_size=64)


def plain(money: Money) -> str:
    """The machine form of an amount."""
    exponent = EXPONENTS[money.currency]
    whole, rest = divmod(abs(money.amount_minor), 10**exponent)
    digits = f".{rest:0{exponent}}" if exponent else ""
    return f"{'-' if money.amount_minor < 0 else ''}{whole}{digits}"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "EUR", 0),
        ("0.00", "EUR", 0),
        ("0.01", "EUR", 1),
        ("10000000.00", "EUR", 1_000_000_000),
        ("1.5", "EUR", 150),
        ("1234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("10000000000000.00", "EUR", AMOUNT_MAX),
        ("1000000000000000", "ISK", AMOUNT_MAX),
    ],
)
def test_the_machine_form_is_read_to_the_minor_unit(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1\n", "1 000", *WRONG_WORDS],
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount(text, "EUR")

    assert (caught.value.code, caught.value.text) == ("syntax", text)


@pytest.mark.parametrize(("text", "currency"), [("1.234", "EUR"), ("1.0", "JPY"), ("1.0000", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount(text, currency)

    assert caught.value.code == "precision"


@pytest.mark.parametrize("text", ["10000000000000.01", "9999999999999999"])
def test_an_amount_ends_at_its_limit(text: str) -> None:
    with pytest.raises(AmountOutOfRange):
        parse_amount(text, "EUR")


def test_a_sign_only_where_it_is_asked_for() -> None:
    assert parse_amount("-1.50", "EUR", signed=True) == Money(-150, "EUR")
    for zero in ("-0", "-0.00"):
        with pytest.raises(AmountError):
            parse_amount(zero, "EUR", signed=True)


def test_an_unknown_currency_is_refused() -> None:
    for parse in (parse_amount, parse_typed):
        with pytest.raises(AmountError, match="currency"):
            parse("1", "XAU")
    with pytest.raises(MoneyError):
        Money(1, "eur")


@given(st.integers(-AMOUNT_MAX, AMOUNT_MAX), currencies)
def test_the_machine_form_comes_back_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert parse_amount(plain(money), currency, signed=True) == money


@pytest.mark.parametrize(
    ("text", "language", "minor"),
    [
        ("1234", "en", 123_400),
        ("1234,50", "en", 123_450),
        ("1234.50", "uk", 123_450),
        ("1234,5", "lt", 123_450),
        ("1 234,50", "uk", 123_450),
        ("1\u00a0234\u00a0567.89", "en", 123_456_789),
        ("1\u202f234", "en", 123_400),
        ("1'234.50", "en", 123_450),
        ("1\u2019234.50", "en", 123_450),
        ("  12 345  ", "en", 1_234_500),
        ("0,05", "lt", 5),
        ("9999999999999.99", "en", 999_999_999_999_999),
    ],
)
def test_people_group_by_spaces_and_mark_decimals_by_point_or_comma(
    text: str, language: str, minor: int
) -> None:
    assert parse_typed(text, "EUR", language) == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "language", "code", "readings"),
    [
        ("1,234", "EUR", "en", "precision", ("1 234", "1.23")),
        ("1.234", "EUR", "en", "precision", ("1 234", "1.23")),
        ("1,234", "EUR", "uk", "precision", ("1 234", "1,23")),
        ("1.234", "EUR", "lt", "precision", ("1 234", "1,23")),
        ("1,234", "JPY", "en", "precision", ("1 234",)),
        ("10.000.000", "EUR", "en", "syntax", ("10 000 000",)),
        ("1,234.56", "EUR", "en", "syntax", ("1 234.56",)),
        ("1,234.56", "EUR", "uk", "syntax", ("1 234,56",)),
        ("1.234,56", "EUR", "lt", "syntax", ("1 234,56",)),
        ("1,000.00", "EUR", "uk", "syntax", ("1 000,00",)),
        ("1e5", "EUR", "en", "syntax", ()),
        ("1.2.3.4", "EUR", "en", "syntax", ()),
        ("١٢٣٤", "EUR", "en", "syntax", ()),
        ("1 234٫50", "EUR", "en", "syntax", ()),
        ("１２３", "EUR", "en", "syntax", ()),
        ("", "EUR", "en", "syntax", ()),
        ("EUR 5", "EUR", "en", "syntax", ()),
        ("-5", "EUR", "en", "syntax", ()),
        ("+5", "EUR", "en", "syntax", ()),
        ("5.", "EUR", "en", "syntax", ()),
        (".5", "EUR", "en", "syntax", ()),
        ("1\t234", "EUR", "en", "syntax", ()),
        ("1 23", "EUR", "en", "groups", ()),
        ("1234 567", "EUR", "en", "groups", ()),
        ("1 234'567", "EUR", "en", "groups", ()),
        ("1  234", "EUR", "en", "groups", ()),
        ("1 .5", "EUR", "en", "groups", ()),
    ],
)
def test_what_may_mean_two_things_is_refused_with_both(
    text: str, currency: str, language: str, code: str, readings: tuple[str, ...]
) -> None:
    with pytest.raises(AmountError) as caught:
        parse_typed(text, currency, language)

    assert (caught.value.code, caught.value.readings) == (code, readings)


@pytest.mark.parametrize("text", ["1,234", "1.234", "10.000.000", "1,234.56", "1.234,56", "1,000.00"])
@pytest.mark.parametrize("language", ["en", "uk", "lt"])
def test_every_reading_that_is_offered_can_be_typed(text: str, language: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_typed(text, "EUR", language)

    for reading in caught.value.readings:
        assert parse_typed(reading, "EUR", language).amount_minor > 0


def test_more_than_thirteen_digits_are_not_typed() -> None:
    with pytest.raises(AmountOutOfRange):
        parse_typed("10 000 000 000 000", "EUR")


def test_a_typed_sign_only_where_the_form_allows_it() -> None:
    assert parse_typed("-1 234,50", "EUR", signed=True) == Money(-123_450, "EUR")
    assert parse_typed("\u22125", "JPY", signed=True) == Money(-5, "JPY")
    with pytest.raises(AmountError):
        parse_typed("--5", "EUR", signed=True)


@pytest.mark.parametrize(
    ("minor", "currency", "language", "shown"),
    [
        (1_000_000_000, "EUR", "en", "10 000 000.00 EUR"),
        (1_000_000_000, "EUR", "uk", "10 000 000,00 EUR"),
        (-5, "EUR", "lt", "−0,05 EUR"),
        (1_234, "JPY", "en", "1 234 JPY"),
        (1_234, "KWD", "en", "1.234 KWD"),
        (0, "EUR", "en", "0.00 EUR"),
    ],
)
def test_amounts_are_shown_in_the_form_of_the_language(
    minor: int, currency: str, language: str, shown: str
) -> None:
    assert format_amount(Money(minor, currency), language) == shown.replace(" ", NBSP)


@given(st.integers(-AMOUNT_MAX, AMOUNT_MAX), currencies, languages)
def test_every_shown_amount_parses_back_in_its_language(minor: int, currency: str, language: str) -> None:
    money = Money(minor, currency)
    number, _, code = format_amount(money, language).rpartition(NBSP)
    assert code == currency

    if abs(minor) // 10 ** EXPONENTS[currency] > TYPED_WHOLE_MAX:
        with pytest.raises(AmountOutOfRange):
            parse_typed(number, currency, language, signed=True)
    else:
        assert parse_typed(number, currency, language, signed=True) == money


@given(st.text(max_size=12), currencies, languages, st.booleans())
def test_any_text_is_an_amount_or_one_refusal(text: str, currency: str, language: str, signed: bool) -> None:
    try:
        money = parse_typed(text, currency, language, signed=signed)
    except MoneyError:
        return

    assert abs(money.amount_minor) <= AMOUNT_MAX
    assert signed or money.amount_minor >= 0
    assert set(text.strip()) <= set("0123456789 .,'-\u2019\u00a0\u202f\u2212")


def test_only_the_same_currency_adds_up() -> None:
    assert Money(5, "EUR") + Money(7, "EUR") == Money(12, "EUR")
    assert Money(5, "EUR") - Money(7, "EUR") == Money(-2, "EUR")
    with pytest.raises(CurrencyMismatch):
        Money(5, "EUR") + Money(5, "DKK")
    with pytest.raises(CurrencyMismatch):
        Money(5, "EUR") - Money(5, "DKK")


def test_a_total_ends_where_every_language_is_exact() -> None:
    largest = Money(TOTAL_MAX, "EUR")

    with pytest.raises(AmountOutOfRange):
        largest + Money(1, "EUR")
    with pytest.raises(AmountOutOfRange):
        Money(-TOTAL_MAX, "EUR") - Money(1, "EUR")


@given(balance_lists, st.data())
def test_shares_sum_exactly_and_never_overdraw(balances: list[int], data: st.DataObject) -> None:
    total = sum(balances)
    q = data.draw(st.integers(0, total))

    shares = nested_shares(balances, q)

    assert sum(shares) == q
    assert all(0 <= share <= balance for share, balance in zip(shares, balances, strict=True))
    if total:
        exact = [Fraction(q * balance, total) for balance in balances]
        assert all(abs(share - wanted) <= 1 for share, wanted in zip(shares, exact, strict=True))


@given(balance_lists)
def test_draining_a_holder_drains_every_donor(balances: list[int]) -> None:
    assert nested_shares(balances, sum(balances)) == tuple(balances)


def test_the_danish_pool_pays_in_its_proportion() -> None:
    balances = [12_500_000_000, 2_000_000_000, 270_000_000, 39_000_000_000]

    assert nested_shares(balances, 53_770) == (12_500, 2_000, 270, 39_000)
    assert nested_shares(balances, 1) == (0, 0, 0, 1)


@pytest.mark.parametrize(("balances", "q"), [([1, 2], 4), ([1, 2], -1), ([-1, 2], 1), ([], 1), ([0], 1)])
def test_more_than_is_there_is_never_shared(balances: list[int], q: int) -> None:
    with pytest.raises(AmountOutOfRange):
        nested_shares(balances, q)


def test_nothing_is_shared_as_nothing() -> None:
    assert nested_shares([], 0) == ()
    assert nested_shares([0, 0], 0) == (0, 0)


@pytest.mark.conformance
def test_the_currencies_are_those_of_iso_4217() -> None:
    if not CODES.exists():
        pytest.skip("the data folder with the codes of ISO 4217 is not beside the project")
    with CODES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    current = {
        row["AlphabeticCode"]: int(row["MinorUnit"])
        for row in rows
        if not row["WithdrawalDate"] and row["MinorUnit"].isdigit()
    }

    wrong = {code: digits for code, digits in EXPONENTS.items() if current.get(code) != digits}

    assert wrong == {}
    assert set(current) - set(EXPONENTS) <= FUND_CODES
