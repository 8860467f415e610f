"""Rolling an account over: the whole balance moves on in its order, to whoever each unit is meant for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from tranche.kernel.trace import Piece, RangeReader, backward

Target = TypeVar("Target")


def rollover_runs(
    book: RangeReader, account: int, ends: tuple[int, int], target: Callable[[Piece], Target]
) -> list[tuple[Target, int]]:
    """Return where each run of an account's unspent units goes, in their order.

    `ends` are what has come in and gone out. Neighbours that go to one target are one run.
    """
    came, went = ends
    return _runs((target(piece), piece.amount) for piece in backward(book, account, went, came))


def _runs(parts: Iterable[tuple[Target, int]]) -> list[tuple[Target, int]]:
    runs: list[tuple[Target, int]] = []
    for to, amount in parts:
        if runs and runs[-1][0] == to:
            runs[-1] = (to, runs[-1][1] + amount)
        elif amount:
            runs.append((to, amount))
    return runs
