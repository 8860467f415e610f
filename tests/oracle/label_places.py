"""The slow way to the nearest places: try every way to pool neighbours, keep what moves least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product


def least_squares(
    wanted: Sequence[int], heights: Sequence[int], top: int, bottom: int
) -> tuple[Fraction, ...]:
    """Centres without overlap between the bounds with the least sum of squared moves."""
    offsets = [Fraction(sum(heights[:i])) + Fraction(height, 2) for i, height in enumerate(heights)]
    free = [Fraction(want) - offset for want, offset in zip(wanted, offsets, strict=True)]
    low, high = Fraction(top), Fraction(bottom - sum(heights))
    best = min(_candidates(free, low, high), key=lambda values: _moved(values, free))
    return tuple(value + offset for value, offset in zip(best, offsets, strict=True))


def _candidates(free: Sequence[Fraction], low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, ...]]:
    """In the optimum each run of touching boxes stands at its mean or at a bound."""
    for cuts in product((False, True), repeat=len(free) - 1):
        runs: list[list[Fraction]] = [[free[0]]]
        for value, cut in zip(free[1:], cuts, strict=True):
            if cut:
                runs.append([value])
            else:
                runs[-1].append(value)
        levels = [min(max(sum(run, Fraction(0)) / len(run), low), high) for run in runs]
        if levels == sorted(levels):
            yield tuple(level for level, run in zip(levels, runs, strict=True) for _ in run)


def _moved(values: Sequence[Fraction], free: Sequence[Fraction]) -> Fraction:
    return sum(((a - b) ** 2 for a, b in zip(values, free, strict=True)), Fraction(0))
