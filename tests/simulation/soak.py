"""Seed after seed on new books, with progress; the first that fails is cut down and ends it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation.campaign import Failed, first_failing, run
from tests.simulation.mechanisms import Fresh

EACH_SECONDS = 1.0


def soak(fresh: Fresh, engine: str, seed: int, operations: int, book: int | None = None) -> int:
    """Give 0 where the ledger and the model agree on everything, 1 where they do not."""
    done = 0
    with _told(operations) as told:
        while done < operations:
            size = min(book or operations, operations - done)
            try:
                with fresh():
                    run(seed, size, progress=lambda n, before=done: told(before + n))  # type: ignore[misc]
            except Failed as failed:
                told(done + failed.number, is_last=True)
                _report(fresh, engine, seed, failed)
                return 1
            done += size
            seed += 1
    print(f"{done:,} operations on {engine}: the ledger and the model agree.")
    return 0


def repeat_command(engine: str, seed: int, operations: int) -> str:
    """What a person types to see the same once more."""
    return f"python -m tests.simulation --seed {seed} --operations {operations} --engine {engine}"


def _report(fresh: Fresh, engine: str, seed: int, failed: Failed) -> None:
    print(f"Seed {seed} fails at {failed}", flush=True)
    print(repeat_command(engine, seed, failed.number), flush=True)
    print("Looking for the first operation that makes it fail ...", file=sys.stderr, flush=True)
    least = shrunk(fresh, seed, failed.number)
    print(f"The least number of operations that fails is {least}:")
    print(repeat_command(engine, seed, least))


def shrunk(fresh: Fresh, seed: int, operations: int) -> int:
    """The fewest first operations of a seed with which it fails."""

    def fails(count: int) -> bool:
        try:
            with fresh():
                run(seed, count)
        except Failed:
            return True
        return False

    return first_failing(fails, operations)


class _Told:
    def __init__(self, total: int) -> None:
        self._total, self._started, self._last = total, time.monotonic(), 0.0

    def __call__(self, done: int, *, is_last: bool = False) -> None:
        now = time.monotonic()
        if now - self._last < EACH_SECONDS and not is_last:
            return
        self._last = now
        rate = done / max(now - self._started, 0.001)
        left = (self._total - done) / max(rate, 0.001)
        text = f"\r{done:,} of {self._total:,} operations, {rate:,.0f} a second, {left:,.0f} s left   "
        print(text, end="", file=sys.stderr, flush=True)


@contextmanager
def _told(total: int) -> Iterator[_Told]:
    told = _Told(total)
    try:
        yield told
    finally:
        print(file=sys.stderr)
