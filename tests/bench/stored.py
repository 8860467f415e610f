"""What the stored fragments answer in a large ledger: who paid for a use, and what a receipt bought."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
from tests.bench.ledgers import Ledger, ledger
from tests.bench.mechanism import Mechanism
from tests.bench.rows import fill

from tranche.bulk.table import Table
from tranche.bulk.trace import trace_all
from tranche.kernel.chart import Kind
from tranche.kernel.trace import MvId
from tranche.ledger.fragments import of_use, spent, spent_in

ASKED: Final = 400
USES_MAX: Final = 50_000
WARM: Final = 20
Asked = TypeVar("Asked")


def filled(mechanism: Mechanism, movements: int) -> tuple[Ledger, Table]:
    """Put a ledger whose receipts pay for very many uses each into the database."""
    book = ledger(movements, lasting=True)
    table = trace_all(book.columns)
    fill(mechanism, book, table)
    return book, table


def paid(book: Ledger) -> list[float]:
    """Seconds of asking who paid for each of some lots, with all that was ever accepted and undone of it."""
    used = sorted({int(account) for account in book.columns.dst})
    lots = [account + 1 for account in used if book.specs[account].kind is Kind.LOT]
    chosen = random.Random(1).sample(lots, min(ASKED, len(lots)))  # noqa: S311 - reproducible
    return _each(chosen, lambda account: spent_in([account]))


def paid_once(table: Table) -> list[float]:
    """Seconds of asking who paid for one acceptance of a lot."""
    columns = table.columns
    owners = sorted(set(random.Random(1).choices(table.uses["owner"].tolist(), k=ASKED)))  # noqa: S311 - reproducible
    asked = [(int(columns.entry[n]), int(columns.line[n])) for n in owners]
    return _each(asked, lambda use: of_use(*use))


def bought(table: Table) -> tuple[list[float], int]:
    """Seconds of asking what each of some receipts bought, and the most pieces behind one answer."""
    columns = table.columns
    counts = np.bincount(table.uses["source"], minlength=len(columns))
    [sources] = ((counts > 0) & (counts <= USES_MAX)).nonzero()
    chosen = random.Random(1).sample(sources.tolist(), min(ASKED, len(sources)))  # noqa: S311 - reproducible
    asked = [MvId(int(columns.entry[n]), int(columns.line[n])) for n in chosen]
    return _each(asked, lambda source: spent([source])), int(counts[chosen].max())


def _each(asked: Sequence[Asked], ask: Callable[[Asked], object]) -> list[float]:
    for one in asked[:WARM]:
        ask(one)
    times = []
    for one in asked:
        started = time.perf_counter()
        ask(one)
        times.append(time.perf_counter() - started)
    return times


def percentile(times: Sequence[float], share: int) -> float:
    """The time within which so many of a hundred stayed."""
    return statistics.quantiles(times, n=100)[share - 1]
