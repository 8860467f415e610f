"""Money as queues of runs: whose units lie where, by taking from the front and putting at the end.

A conversion follows the rule of the tokens (`tests/oracle/tokens.py`): every unit by itself, one after the
other, and what a source's unit became is carried by the last of it. The tests compare the two.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Source = tuple[int, int]
Span = tuple[int, int]


class Way:
    """The accounts that money came through, as a leaf of the tree of all ways."""

    __slots__ = ("_next", "text")

    def __init__(self, text: str = "") -> None:
        self.text = text
        self._next: dict[str, Way] = {}

    def to(self, account: str) -> Way:
        found = self._next.get(account)
        if found is None:
            found = self._next[account] = Way(f"{self.text} > {account}" if self.text else account)
        return found

    @property
    def first(self) -> str:
        return self.text.partition(" > ")[0]


class Run(NamedTuple):
    """`amount` units here, and units [lo, hi) of the source with them.

    Before any conversion one goes with each. Behind one, all go with the last; a run of amount 0 goes with
    the unit that comes after it.
    """

    amount: int
    source: Source
    lo: int
    hi: int
    way: Way
    is_converted: bool


Queue = deque[Run]


def take(queue: Queue, amount: int) -> list[Run]:
    """Take the oldest units; they must be there."""
    taken: list[Run] = []
    while amount:
        run = queue.popleft()
        if run.amount > amount:
            run, rest = _cut(run, amount)
            queue.appendleft(rest)
        taken.append(run)
        amount -= run.amount
    return taken


def put(queue: Queue, runs: Iterable[Run], account: str) -> None:
    """Put units at the end, and note that they came through here; what goes on where it ended is one run."""
    before: Way | None = None
    for amount, source, lo, hi, way, is_converted in runs:
        if way is not before:
            before, here = way, way.to(account)
        last = queue[-1] if queue and not is_converted else None
        if last and last.hi == lo and last.source == source and last.way is here and not last.is_converted:
            queue[-1] = Run(last.amount + amount, source, last.lo, hi, here, is_converted)
        else:
            queue.append(Run(amount, source, lo, hi, here, is_converted))


def _cut(run: Run, amount: int) -> tuple[Run, Run]:
    middle = run.lo if run.is_converted else run.lo + amount
    return run._replace(amount=amount, hi=middle), run._replace(amount=run.amount - amount, lo=middle)


def convert(runs: Iterable[Run], out: int, into: int) -> list[Run]:
    """What `out` units became when the bank gave `into` of another currency for them."""
    became: list[Run] = []
    at = 0
    for run in runs:
        for part in _alone(run):
            became += _finer(part, at, out, into) if into > out else _coarser(part, at, out, into)
            at += part.amount
    return [run for run in became if run.amount or run.hi > run.lo]


def _alone(run: Run) -> Iterator[Run]:
    """Every unit with the source's unit that it carries; the units before the last of a run carry none."""
    if run.is_converted:
        yield run
        return
    for unit in range(run.lo, run.hi):
        yield Run(1, run.source, unit, unit + 1, run.way, True)


def _finer(part: Run, at: int, out: int, into: int) -> list[Run]:
    first, end = -(-at * into // out), -(-(at + part.amount) * into // out)
    return [part._replace(amount=end - first)]


def _coarser(part: Run, at: int, out: int, into: int) -> list[Run]:
    first, before_last, end = (
        cut * into // out for cut in (at, at + max(part.amount - 1, 0), at + part.amount)
    )
    if end > before_last:  # the last unit counts, so it carries what it carried
        return [part._replace(amount=end - first)]
    nothing, carried = part._replace(amount=end - first, hi=part.lo), part._replace(amount=0)
    return [nothing, carried] if nothing.amount else [carried]


Whose = dict[tuple[Source, str], tuple[int, list[Span]]]


def whose(runs: Iterable[Run]) -> Whose:
    """By source and way: how many units here, and which units of the source."""
    return summed((run.source, run.way.text, run.amount, run.lo, run.hi) for run in runs)


def summed(pieces: Iterable[tuple[Source, str, int, int, int]]) -> Whose:
    """The same of pieces in any order."""
    found: dict[tuple[Source, str], tuple[int, list[Span]]] = {}
    for source, way, amount, lo, hi in pieces:
        count, spans = found.get((source, way), (0, []))
        if hi > lo:
            spans.append((lo, hi))
        found[source, way] = (count + amount, spans)
    return {
        key: (count, joined(spans) if len(spans) > 1 else spans)
        for key, (count, spans) in found.items()
        if count or spans
    }


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, neighbours as one; a unit that stands twice is a difference and stays visible."""
    result: list[Span] = []
    for lo, hi in sorted(spans):
        if result and result[-1][1] == lo:
            result[-1] = (result[-1][0], hi)
        else:
            result.append((lo, hi))
    return result
