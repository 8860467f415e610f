"""Peers of the posting service: the rows that it wrote, inserted once more, with nothing that guards them.

`bare` tables have their primary keys; `keyed` tables every key and index that the service's tables have. On a
server the peer makes as many round trips as the service.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests.bench.mechanism import Mechanism

TABLES = ("idem_key", "movement", "use_fragment", "journal_entry", "log_entry", "log_opening")
OF_LOG = {
    "idem_key": "SELECT log_seq, t.* FROM idem_key t WHERE log_seq > :after AND log_seq <= :upto",
    "log_entry": "SELECT seq, t.* FROM log_entry t WHERE seq > :after AND seq <= :upto",
    "log_opening": "SELECT seq, t.* FROM log_opening t WHERE seq > :after AND seq <= :upto",
    "journal_entry": "SELECT log_seq, t.* FROM journal_entry t WHERE log_seq > :after AND log_seq <= :upto",
}
OF_ENTRY = """
SELECT e.log_seq, t.* FROM :table t JOIN journal_entry e ON e.id = t.entry_id
WHERE e.log_seq > :after AND e.log_seq <= :upto
"""
Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one table in one transaction."""

    table: str
    rows: Rows

    @property
    def marks(self) -> str:
        return ", ".join(["?"] * len(self.rows[0]))


@dataclass(frozen=True, slots=True)
class Recording:
    """What the service wrote between two log entries: a list of batches for each transaction."""

    transactions: tuple[tuple[Batch, ...], ...]

    def count(self, table: str) -> int:
        """How many rows of this table."""
        each = (batch for batches in self.transactions for batch in batches)
        return sum(len(batch.rows) for batch in each if batch.table == table)


def last_seq(mechanism: Mechanism) -> int:
    [(found,)] = ask(mechanism, "SELECT coalesce(max(seq), -1) FROM log_entry")
    assert isinstance(found, int)
    return found


def record(mechanism: Mechanism, after: int) -> Recording:
    """Read the rows of every log entry after this one."""
    upto = last_seq(mechanism)
    transactions: dict[int, list[Batch]] = {seq: [] for seq in range(after + 1, upto + 1)}
    for table in TABLES:
        query = OF_LOG.get(table, OF_ENTRY.replace(":table", table))
        query = query.replace(":after", str(after)).replace(":upto", str(upto))
        rows: dict[int, list[tuple[object, ...]]] = {}
        for seq, *row in ask(mechanism, query):
            assert isinstance(seq, int)
            rows.setdefault(seq, []).append(tuple(row))
        for seq, found in rows.items():
            transactions[seq].append(Batch(table, found))
    return Recording(tuple(tuple(batches) for batches in transactions.values()))


def ask(mechanism: Mechanism, query: str) -> Rows:
    """What the mechanism's own database answers."""
    if mechanism.server is None:
        with closing(sqlite3.connect(mechanism.database)) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(mechanism.url) as server:
        return server.execute(query.encode()).fetchall()


def insert_into_sqlite(recording: Recording, mechanism: Mechanism, file: Path, *, keyed: bool) -> float:
    """Insert the rows, one durable commit a transaction, and return the seconds it took."""
    tables = sqlite_tables(mechanism.database, keyed=keyed)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for setting in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0"):
            connection.execute(f"PRAGMA {setting}")
        for statement in tables:
            connection.execute(statement)
        started = time.perf_counter()
        for batches in recording.transactions:
            connection.execute("BEGIN IMMEDIATE")
            for batch in batches:
                connection.executemany(f"INSERT INTO {batch.table} VALUES ({batch.marks})", batch.rows)
            connection.execute("COMMIT")
        return time.perf_counter() - started


def sqlite_tables(database: Path, *, keyed: bool) -> list[str]:
    """The same columns without checks, references and triggers; with all keys and indexes if asked."""
    statements: list[str] = []
    with closing(sqlite3.connect(database)) as connection:
        for table in TABLES:
            query = "SELECT name, type, pk FROM pragma_table_info(?)"
            columns = connection.execute(query, [table]).fetchall()
            [(text,)] = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table])
            clause = " WITHOUT ROWID" if keyed and "WITHOUT ROWID" in text else ""
            statements.append(_table(table, columns) + clause)
            if keyed:
                statements += _sqlite_indexes(connection, table)
    return statements


def _table(table: str, columns: Iterable[tuple[str, str, int]]) -> str:
    rows = list(columns)
    keys = [name for name, _, place in sorted(rows, key=lambda row: row[2]) if place]
    parts = [f"{name} {kind}" for name, kind, _ in rows] + [f"PRIMARY KEY ({', '.join(keys)})"]
    return f"CREATE TABLE {table} ({', '.join(parts)})"


def _sqlite_indexes(connection: sqlite3.Connection, table: str) -> list[str]:
    statements: list[str] = []
    query = "SELECT name, \"unique\", origin FROM pragma_index_list(?) WHERE origin <> 'pk'"
    for number, (name, is_unique, origin) in enumerate(connection.execute(query, [table]).fetchall()):
        if origin == "c":
            statements += [
                text for (text,) in connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name])
            ]
            continue
        columns = [row[0] for row in connection.execute("SELECT name FROM pragma_index_info(?)", [name])]
        kind = "UNIQUE INDEX" if is_unique else "INDEX"
        statements.append(f"CREATE {kind} {table}_{number} ON {table}({', '.join(columns)})")
    return statements


def insert_into_postgres(recording: Recording, mechanism: Mechanism) -> float:
    """Insert the rows into keyed tables of a schema of its own, in as many round trips as the service makes.

    Those are: the head of the log locked and the key looked up; the book read; the rows; the commit.
    """
    with psycopg.connect(mechanism.url, autocommit=False, prepare_threshold=2) as connection:
        _postgres_tables(connection)
        started = time.perf_counter()
        for batches in recording.transactions:
            _one_transaction(connection, batches)
        return time.perf_counter() - started


def _one_transaction(connection: psycopg.Connection[tuple[object, ...]], batches: Sequence[Batch]) -> None:
    key = batches[0].rows[0][0]
    with connection.pipeline():
        connection.execute("SELECT next_seq FROM head WHERE id = 1 FOR UPDATE")
        connection.execute("SELECT log_seq FROM idem_key WHERE key = %s", [key])
    with connection.pipeline():
        connection.execute("SELECT max(id) FROM journal_entry")
        connection.execute("SELECT max(src_off) FROM movement WHERE src = 1")
    few = [batch for batch in batches if len(batch.rows) <= 64]
    with connection.pipeline():
        for batch in few:
            marks = ", ".join([f"({', '.join(['%s'] * len(batch.rows[0]))})"] * len(batch.rows))
            statement = f"INSERT INTO {batch.table} VALUES {marks}"
            connection.execute(statement.encode(), [value for row in batch.rows for value in row])
        connection.execute("UPDATE head SET next_seq = next_seq + 1 WHERE id = 1")
    for batch in batches:
        if batch not in few:
            statement = f"COPY {batch.table} FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                for row in batch.rows:
                    copy.write_row(row)
    connection.commit()


def _postgres_tables(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("DROP SCHEMA IF EXISTS peer CASCADE")
    connection.execute("CREATE SCHEMA peer")
    for table in TABLES:
        wanted = f"CREATE TABLE peer.{table} (LIKE public.{table} INCLUDING DEFAULTS INCLUDING INDEXES)"
        connection.execute(wanted.encode())
    connection.execute("SET search_path = peer")
    connection.execute("CREATE TABLE head(id integer PRIMARY KEY, next_seq bigint)")
    connection.execute("INSERT INTO head VALUES (1, 0)")
    connection.commit()
