"""A synthetic ledger as the rows of the tables, and a way to put them into either database all at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import Final

import psycopg
from tests.bench.ledgers import STAGES, Ledger, offsets
from tests.bench.mechanism import Mechanism

from tranche.bulk.check import stored_form
from tranche.bulk.table import Table
from tranche.kernel.chart import FLOORLESS

RECORDED_AT: Final = "2024-12-02T09:00:00.000000Z"
BOOKED_ON: Final = "2024-12-02"
FRAGMENTS_EACH: Final = 100_000
ALWAYS: Final = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A'"
"""The guards of PostgreSQL that stand even where a session says that it only repeats what another did."""

ENTRIES_EACH_KEY: Final = 10_000

Row = tuple[object, ...]
Rows = tuple[str, int, Iterable[Row]]


def fund_rows(book: Ledger) -> Iterator[Row]:
    """Rows of fund: id, code, pool, donor, donor_no, spend_rank."""
    codes = sorted({spec.fund.code for spec in book.specs if spec.fund is not None})
    return ((n, code, None, None, None, 0) for n, code in enumerate(codes, start=1))


def account_rows(book: Ledger) -> Iterator[Row]:
    """Rows of account: id (the place, from 1), code, kind, floor_is, floor, holder, fund_id, currency."""
    funds = {code: number for number, code, *_ in fund_rows(book)}
    for number, spec in enumerate(book.specs, start=1):
        floor = ("none", None) if spec.kind in FLOORLESS else ("zero", 0)
        fund = None if spec.fund is None else funds[spec.fund.code]
        yield (number, spec.code, spec.kind.value, *floor, spec.holder, fund, spec.currency)


def movement_rows(book: Ledger) -> Iterator[Row]:
    """Rows of movement: entry_id, line, src, dst, currency, amount, src_off, dst_off."""
    c = book.columns
    return zip(
        c.entry.tolist(),
        c.line.tolist(),
        (c.src + 1).tolist(),
        (c.dst + 1).tolist(),
        [c.currencies[account] for account in c.src.tolist()],
        c.amount.tolist(),
        offsets(c.src, c.amount).tolist(),
        offsets(c.dst, c.amount).tolist(),
        strict=True,
    )


def pair_rows(book: Ledger) -> Iterator[Row]:
    """Rows of fx_pair: entry_id, in_line, out_line."""
    c = book.columns
    for n in (c.partner > -1).nonzero()[0].tolist():
        if c.partner[n] > n:
            yield int(c.entry[n]), int(c.line[c.partner[n]]), int(c.line[n])


def entry_rows(book: Ledger) -> Iterator[Row]:
    """Rows of journal_entry, ten thousand of a request."""
    c = book.columns
    firsts = (c.line == 1).nonzero()[0]
    converts = (c.partner[firsts] > -1).tolist()
    stages = book.stages[firsts].tolist()
    for entry, stage, is_pair in zip(c.entry[firsts].tolist(), stages, converts, strict=True):
        dates = (RECORDED_AT, BOOKED_ON, None)
        key, number = divmod(entry, ENTRIES_EACH_KEY)
        yield (entry, f"bench-{key}", number + 1, STAGES[stage], *dates, 1 + is_pair, None, None, 0)


def fragment_rows(table: Table) -> Iterator[Row]:
    """Rows of use_fragment, as the trace of the whole gives them."""
    for start in range(0, len(table.uses), FRAGMENTS_EACH):
        yield from stored_form(table, start, min(start + FRAGMENTS_EACH, len(table.uses)))


def fill(mechanism: Mechanism, book: Ledger, table: Table) -> None:
    """Put the book into an empty migrated database, past its guards, which stand again afterwards.

    The log knows nothing of these entries: what reads movements and fragments finds them whole.
    """
    tables: tuple[Rows, ...] = (
        ("fund", 6, fund_rows(book)),
        ("account", 8, account_rows(book)),
        ("movement", 8, movement_rows(book)),
        ("fx_pair", 3, pair_rows(book)),
        ("journal_entry", 11, entry_rows(book)),
        ("use_fragment", 11, fragment_rows(table)),
    )
    if mechanism.server is None:
        _fill_sqlite(mechanism.database, tables)
    else:
        _fill_postgresql(mechanism.url, tables)


def _fill_sqlite(database: Path, tables: Sequence[Rows]) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for name, width, rows in tables:
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join(repeat('?', width))})", rows)
        for _, sql in guards:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def _fill_postgresql(url: str, tables: Sequence[Rows]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        guards = connection.execute(ALWAYS).fetchall()
        connection.execute("SET session_replication_role = replica")
        for table, name in guards:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
        for name, _, rows in tables:
            with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        for table, name in guards:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}".encode())
        connection.execute("VACUUM ANALYZE")
