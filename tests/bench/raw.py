"""The peer of the posting service: the rows it wrote, inserted once more into bare SQLite tables."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

WRITTEN = {
    "idem_key": "SELECT t.log_seq, t.* FROM idem_key t WHERE t.log_seq > ? AND t.log_seq <= ?",
    "log_entry": "SELECT t.seq, t.* FROM log_entry t WHERE t.seq > ? AND t.seq <= ?",
    "log_opening": "SELECT t.seq, t.* FROM log_opening t WHERE t.seq > ? AND t.seq <= ?",
    "journal_entry": "SELECT t.log_seq, t.* FROM journal_entry t WHERE t.log_seq > ? AND t.log_seq <= ?",
    "movement": "SELECT j.log_seq, t.* FROM movement t JOIN journal_entry j ON j.id = t.entry_id"
    " WHERE j.log_seq > ? AND j.log_seq <= ?",
    "use_fragment": "SELECT j.log_seq, t.* FROM use_fragment t JOIN journal_entry j ON j.id = t.entry_id"
    " WHERE j.log_seq > ? AND j.log_seq <= ?",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one table in one transaction, with the statement that inserts them."""

    statement: str
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """What the service wrote between two log entries: bare tables, and one list of batches a transaction."""

    tables: tuple[str, ...]
    transactions: tuple[tuple[Batch, ...], ...]

    @property
    def rows(self) -> int:
        return sum(len(batch.rows) for batches in self.transactions for batch in batches)


def last_seq(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute("SELECT coalesce(max(seq), -1) FROM log_entry").fetchone()[0]
    return found


def record(database: Path, after: int, upto: int) -> Recording:
    """Read the rows of log entries after the first number up to the second."""
    tables, transactions = [], {seq: list[Batch]() for seq in range(after + 1, upto + 1)}
    with closing(sqlite3.connect(database)) as connection:
        for table, query in WRITTEN.items():
            columns = connection.execute(
                "SELECT name, type, pk FROM pragma_table_info(?)", [table]
            ).fetchall()
            tables.append(_bare_table(table, columns))
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"
            rows: dict[int, list[tuple[object, ...]]] = {}
            for seq, *row in connection.execute(query, [after, upto]):
                rows.setdefault(seq, []).append(tuple(row))
            for seq in rows:
                transactions[seq].append(Batch(statement, tuple(rows[seq])))
    return Recording(tuple(tables), tuple(tuple(batches) for batches in transactions.values()))


def _bare_table(table: str, columns: list[tuple[str, str, int]]) -> str:
    keys = [name for name, _, place in sorted(columns, key=lambda column: column[2]) if place]
    parts = [f"{name} {kind}" for name, kind, _ in columns] + [f"PRIMARY KEY ({', '.join(keys)})"]
    return f"CREATE TABLE {table} ({', '.join(parts)})"


def insert_again(recording: Recording, database: Path) -> float:
    """Insert the recorded rows, one durable commit a transaction, and return the seconds it took."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        for table in recording.tables:
            connection.execute(table)
        started = time.perf_counter()
        for batches in recording.transactions:
            connection.execute("BEGIN IMMEDIATE")
            for batch in batches:
                connection.executemany(batch.statement, batch.rows)
            connection.execute("COMMIT")
        return time.perf_counter() - started
