"""Many movements a commit, with all guarantees, on both engines: by processor time and by the clock."""

from __future__ import annotations

import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path

from tests.bench.durable import HORDAK, hordak
from tests.bench.figures import Round
from tests.bench.mechanism import Mechanism
from tests.bench.posting import acceptances, batches, new_fund, post, prepaid, receipts, timed

KEYLESS = "rows of a bare table without keys"


def movements(mechanism: Mechanism, count: int, lines: int, folder: Path) -> Round:
    """Receipts in transactions of 10,000 movements: movements for each second of processor time."""
    fund = new_fund()
    post(receipts(fund, 1))
    spent = timed(mechanism, list(batches(receipts(fund, count, lines))))
    peers = {KEYLESS: _keyless(count, folder)} if mechanism.server is None else {}
    return Round(count / spent.cpu_seconds, peers)


def by_the_clock(mechanism: Mechanism, count: int, lines: int) -> Round:
    """The same by the clock, beside django-hordak."""
    fund = new_fund()
    post(receipts(fund, 1))
    spent = timed(mechanism, list(batches(receipts(fund, count, lines))))
    peer = hordak(mechanism, "batch", count)["per_second"]
    return Round(count / spent.wall_seconds, {HORDAK: peer})


def uses(mechanism: Mechanism, count: int, lines: int) -> Round:
    """Acceptances that each store two fragments: movements for each second of processor time."""
    fund = new_fund()
    source = prepaid(fund, count)
    spent = timed(mechanism, list(batches(acceptances(fund, source, count, lines))))
    return Round(count / spent.cpu_seconds)


def _keyless(count: int, folder: Path) -> float:
    """How many rows of the same width a second of processor time puts into a table without any key."""
    rows = [(n, 1, 1, 2, "EUR", 1_000, n * 1_000, n * 1_000) for n in range(count)]
    with closing(sqlite3.connect(folder / f"keyless-{uuid.uuid4()}.sqlite3", isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("CREATE TABLE movement(a, b, c, d, e, f, g, h)")
        started = time.process_time()
        file.execute("BEGIN")
        file.executemany("INSERT INTO movement VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        file.execute("COMMIT")
        return count / (time.process_time() - started)
