"""What a procedure would look like in days if every step took exactly its time; a plan, never a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from tranche.kernel.calendar import add_working_days
from tranche.kernel.procedures import ANY


class Planned(Protocol):
    """What a plan asks of a step, as templates and running procedures both have it."""

    @property
    def key(self) -> str: ...
    @property
    def after(self) -> Sequence[str]: ...
    @property
    def join(self) -> str: ...
    @property
    def due_working_days(self) -> int: ...
    @property
    def calendar(self) -> str: ...


class Days(NamedTuple):
    opens_on: date
    due_on: date


def plan(
    steps: Sequence[Planned],
    start: date,
    closed: Callable[[str], frozenset[date]],
    known: Mapping[str, Days] | None = None,
) -> dict[str, Days]:
    """The days of every step; `known` are those of steps that opened, with the day on which they end."""
    found = dict(known or {})
    left = [step for step in steps if step.key not in found]
    while left:
        free = [step for step in left if all(key in found for key in step.after)]
        assert free, "the steps form no loop"
        for step in free:
            ends = [found[key].due_on for key in step.after]
            first = min(ends, default=start) if step.join == ANY else max(ends, default=start)
            opens = max(start, first)
            found[step.key] = Days(
                opens, add_working_days(opens, step.due_working_days, closed(step.calendar))
            )
        left = [step for step in left if step.key not in found]
    return found
