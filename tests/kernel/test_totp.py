"""Codes of RFC 6238: its own vectors, and each of them good once and for a minute at most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.totp import code_of, step_of, step_that_fits

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_vectors_of_the_standard(second: int, code: str) -> None:
    """RFC 6238, appendix B, the rows of SHA-1."""
    assert code_of(SECRET, step_of(second), digits=8) == code


@given(st.integers(min_value=60, max_value=10**10))
def test_a_code_counts_in_its_step_and_the_next_and_once(second: int) -> None:
    step = step_of(second)
    code = code_of(SECRET, step)

    assert step_that_fits(SECRET, code, second, 0) == step
    assert step_that_fits(SECRET, code, second + 30, 0) == step
    assert step_that_fits(SECRET, code, second, step) is None


def test_old_future_and_foreign_codes_do_not_fit() -> None:
    now = 1_700_000_000

    assert step_that_fits(SECRET, code_of(SECRET, step_of(now) - 2), now, 0) is None
    assert step_that_fits(SECRET, code_of(SECRET, step_of(now) + 1), now, 0) is None
    assert step_that_fits(b"another secret", code_of(SECRET, step_of(now)), now, 0) is None
    assert step_that_fits(SECRET, "", now, 0) is None
    assert step_that_fits(SECRET, "１２３４５６", now, 0) is None
