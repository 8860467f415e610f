"""Products and sums of 64-bit integers that neither wrap nor round."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tranche.bulk.compiled import compiled

DIGIT_BITS: Final = 10
DIGITS: Final = 5  # 50 bits hold every amount up to 10^15
DIGIT_MASK: Final = (1 << DIGIT_BITS) - 1
NARROW: Final = 1 << 31
HALF_BITS: Final = 32


@compiled
def mul_div(x: int, factor: int, divisor: int) -> tuple[int, int]:
    """Return x * factor // divisor and what remains, for numbers below 2^50 of which x <= divisor.

    The product needs 100 bits. The digits of the factor are taken one after the other, so that no number on
    the way is larger than divisor * 2^11.
    """
    if x < NARROW and factor < NARROW:
        return x * factor // divisor, x * factor % divisor
    quotient, rest = 0, 0
    for digit in range(DIGITS - 1, -1, -1):
        rest = (rest << DIGIT_BITS) + x * ((factor >> (digit * DIGIT_BITS)) & DIGIT_MASK)
        quotient = (quotient << DIGIT_BITS) + rest // divisor
        rest = rest % divisor
    return quotient, rest


@compiled
def fx_cut(x: int, q_from: int, q_to: int) -> int:
    """Map a cut as `fx_cut` of kernel/trace.py does."""
    quotient, rest = mul_div(x, q_to, q_from)
    return quotient + (1 if q_from < q_to and rest > 0 else 0)


@compiled
def half_cut(cut2: int, q_from: int, q_to: int) -> int:
    """Map a cut in half units as `half_cut` of kernel/trace.py does."""
    unit = cut2 >> 1
    is_inside = cut2 & 1
    if q_from < q_to:
        if is_inside:
            return 2 * fx_cut(unit + 1, q_from, q_to) - 1
        return 2 * fx_cut(unit, q_from, q_to)
    there = fx_cut(unit, q_from, q_to)
    if is_inside or fx_cut(there, q_to, q_from) != unit:
        return 2 * there + 1
    return 2 * there


def exact_sum(values: NDArray[Any]) -> int:
    """Add up to 2^31 integers of 64 bits; numpy's own sum wraps without a word."""
    low = int((values & np.int64((1 << HALF_BITS) - 1)).sum(dtype=np.int64))
    high = int((values >> np.int64(HALF_BITS)).sum(dtype=np.int64))
    return (high << HALF_BITS) + low
