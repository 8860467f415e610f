"""Exact scales: shares without loss, lengths in proportion, and days on an axis; ranges exclude their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

TICKS_MAX: Final = 14  # more month names would touch each other
MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)


def largest_remainder(weights: Sequence[int], total: int) -> tuple[int, ...]:
    """Split `total` in proportion to `weights`, losing nothing; ties go to the earlier part."""
    whole = sum(weights)
    if whole == 0:
        return tuple(0 for _ in weights)
    parts = [weight * total // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(weights[i] * total % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def proportion(amount: int, whole: int, length: int) -> int:
    """The length that stands for `amount` where `length` stands for `whole`, rounded half up."""
    return (2 * amount * length + whole) // (2 * whole) if whole else 0


@dataclass(frozen=True, slots=True)
class DayScale:
    """Days laid on a line from `left` to `right`; a day outside the range is placed on the nearer end."""

    first: date
    last: date
    left: int
    right: int

    def place(self, day: date) -> int:
        passed = min(max((day - self.first).days, 0), self.days)
        return self.left + proportion(passed, self.days, self.right - self.left)

    @property
    def days(self) -> int:
        return max((self.last - self.first).days, 1)

    def months(self) -> tuple[date, ...]:
        """The first days of months inside the range, every so many months that the names have room."""
        starts = _month_starts(self.first, self.last)
        for step in MONTH_STEPS:
            chosen = tuple(day for day in starts if (day.year * 12 + day.month - 1) % step == 0)
            if len(chosen) <= TICKS_MAX:
                return chosen
        return ()


def _month_starts(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = [first.year * 12 + first.month - 1 + i for i in range(count)]
    return [day for day in (date(m // 12, m % 12 + 1, 1) for m in months) if first <= day <= last]
