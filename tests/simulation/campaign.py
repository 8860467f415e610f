"""One run of a seed on the open mechanism, and the search for the first operation that makes it fail."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.db import connections
from tests.simulation.compare import compare, compare_all
from tests.simulation.drive import Diverged, Ledger
from tests.simulation.stream import Stream
from tests.simulation.world import Operation, Repeat

SIZES: Final = (1, 1, 4, 20, 400, 400, 1_000, 1_000)
"""How many operations share a transaction, by chance; every size is as frequent as another."""
TOGETHER_MAX: Final = 5
"""Good operations that are done once in vain before a bad one, and once again."""
WRITES_FIRST: Final = ("UnknownPayer",)
"""What is refused only when lines are written already; nothing can follow in that transaction."""
COMPARED_EACH: Final = 10_000

Progress = Callable[[int], None]


class Failed(Exception):
    """The ledger and the model differ; `number` is the operation after which it was seen."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"operation {number}: {why}")
        self.number, self.why = number, why


def run(seed: int, operations: int, *, progress: Progress | None = None) -> Stream:
    """Drive the ledger and the model side by side and compare them; raises Failed.

    The mechanism must be new. Durability is not in question here, so nothing waits for the disk.
    """
    _hurry()
    stream, ledger = Stream(seed), Ledger()
    compared = checked = 0
    try:
        for good, bad in _transactions(seed, stream, operations):
            _carry_out(ledger, good, bad)
            if progress is not None:
                progress(stream.drawn)
            if stream.drawn - checked >= COMPARED_EACH:
                compare(stream.state.model, after=compared)
                compared, checked = len(stream.state.model.entries), stream.drawn
        compare_all(stream.state.model, after=compared)
    except Failed:
        raise
    except Exception as error:
        raise Failed(stream.drawn, _why(error)) from error
    return stream


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Diverged) else f"{type(error).__name__}: {error}"


def _hurry() -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
        else:
            cursor.execute("SET SESSION synchronous_commit = off")


def _transactions(
    seed: int, stream: Stream, operations: int
) -> Iterator[tuple[list[Operation], list[Operation]]]:
    """Good operations that share a transaction, and the bad ones that come right behind them."""
    rng = random.Random(f"transactions of {seed}")  # noqa: S311 - reproducible test data
    while stream.drawn < operations:
        size, good, bad = rng.choice(SIZES), list[Operation](), list[Operation]()
        while stream.drawn < operations and (stream.is_in_burst if bad else len(good) < size):
            operation = stream.next()
            is_good = not operation.expected and not isinstance(operation, Repeat)
            (good if is_good else bad).append(operation)
        yield good, bad


def _carry_out(ledger: Ledger, good: Sequence[Operation], bad: Sequence[Operation]) -> None:
    """A bad one that follows few good ones is first tried in one transaction with them: it leaves nothing."""
    repeats = [operation for operation in bad if isinstance(operation, Repeat)]
    refused = [operation for operation in bad if not isinstance(operation, Repeat)]
    if refused and 0 < len(good) <= TOGETHER_MAX:
        ledger.refuse(refused[:1], after=good)
    if good:
        ledger.do(good, alone=len(good) == 1)
    while refused:
        ended = next((n for n, each in enumerate(refused, 1) if each.expected in WRITES_FIRST), len(refused))
        ledger.refuse(refused[:ended])
        refused = refused[ended:]
    for operation in repeats:
        ledger.repeat(operation)


def first_failing(fails: Callable[[int], bool], operations: int) -> int:
    """The least number of operations with which a run fails, given that it fails with `operations`."""
    good, bad = 0, operations
    while bad - good > 1:
        middle = (good + bad) // 2
        if fails(middle):
            bad = middle
        else:
            good = middle
    return bad
