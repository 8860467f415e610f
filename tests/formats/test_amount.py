"""The amount grammar of file formats, row by row, and back to text by whole numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.formats.amount import check_total, decimal_text, parse_minor
from tranche.formats.errors import FormatError, Where
from tranche.kernel.money import AMOUNT_MAX, EXPONENTS, TOTAL_MAX

HERE = Where(line=3, path="Amt")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "EUR", 0),
        ("5", "EUR", 500),
        ("5.1", "EUR", 510),
        ("18.15", "EUR", 1815),
        ("18.150", "EUR", 1815),
        ("5442.09000", "RON", 544209),
        ("007.00", "EUR", 700),
        ("500", "JPY", 500),
        ("500.000", "JPY", 500),
        ("1.5", "KWD", 1500),
        ("1.234", "KWD", 1234),
        ("9999999999999.99", "EUR", 999999999999999),
    ],
)
def test_an_amount_is_read_in_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency, HERE) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "EUR", "E_AMOUNT_SYNTAX"),
        ("+5", "EUR", "E_AMOUNT_SYNTAX"),
        ("-5", "EUR", "E_AMOUNT_SYNTAX"),
        (" 5", "EUR", "E_AMOUNT_SYNTAX"),
        ("5 ", "EUR", "E_AMOUNT_SYNTAX"),
        ("5\n", "EUR", "E_AMOUNT_SYNTAX"),
        (".5", "EUR", "E_AMOUNT_SYNTAX"),
        ("5.", "EUR", "E_AMOUNT_SYNTAX"),
        ("1e3", "EUR", "E_AMOUNT_SYNTAX"),
        ("1,5", "EUR", "E_AMOUNT_SYNTAX"),
        ("1 000.00", "EUR", "E_AMOUNT_SYNTAX"),
        ("1_000", "EUR", "E_AMOUNT_SYNTAX"),
        ("٥", "EUR", "E_AMOUNT_SYNTAX"),
        ("５", "EUR", "E_AMOUNT_SYNTAX"),
        ("NaN", "EUR", "E_AMOUNT_SYNTAX"),
        ("5.000000", "EUR", "E_AMOUNT_SYNTAX"),
        ("10000000000000", "EUR", "E_AMOUNT_SYNTAX"),
        ("5.001", "EUR", "E_AMOUNT_PRECISION"),
        ("1.5", "JPY", "E_AMOUNT_PRECISION"),
        ("1.0001", "KWD", "E_AMOUNT_PRECISION"),
        ("9999999999999.999", "KWD", "E_AMOUNT_RANGE"),
        ("5", "", "E_CCY_MISSING"),
        ("5", "XXY", "E_CCY_UNKNOWN"),
        ("5", "eur", "E_CCY_UNKNOWN"),
        ("5", "HRK", "E_CCY_UNKNOWN"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_code(text: str, currency: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_minor(text, currency, HERE)

    assert (caught.value.code, caught.value.where) == (code, HERE)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "EUR", "0.00"),
        (5, "EUR", "0.05"),
        (-5, "EUR", "-0.05"),
        (1_000_000_000, "EUR", "10000000.00"),
        (-1234, "KWD", "-1.234"),
        (500, "JPY", "500"),
        (-500, "JPY", "-500"),
    ],
)
def test_minor_units_are_written_as_a_decimal_literal(minor: int, currency: str, text: str) -> None:
    assert decimal_text(minor, currency) == text


@given(minor=st.integers(0, 10**15 - 1), currency=st.sampled_from(sorted(EXPONENTS)))
def test_what_is_written_reads_back(minor: int, currency: str) -> None:
    whole = minor // 10 ** EXPONENTS[currency]
    if whole >= 10**13:
        minor %= 10**13

    assert parse_minor(decimal_text(minor, currency), currency, HERE) == minor


@pytest.mark.parametrize("total", [0, TOTAL_MAX, -TOTAL_MAX])
def test_a_total_in_range_is_given_back(total: int) -> None:
    assert check_total(total, HERE) == total


@pytest.mark.parametrize("total", [TOTAL_MAX + 1, -TOTAL_MAX - 1])
def test_a_total_out_of_range_is_refused(total: int) -> None:
    with pytest.raises(FormatError) as caught:
        check_total(total, HERE)

    assert caught.value.code == "E_AMOUNT_RANGE"


def test_the_range_of_an_amount_is_the_kernels() -> None:
    assert AMOUNT_MAX == 10**15
