"""Statements straight to the database driver, inside the transaction that Django holds.

Django's cursor wrapper costs more than most statements of a posting take; errors stay Django's own classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

try:
    import psycopg
    import psycopg.types.numeric
except ImportError:  # the extra `postgres` is not installed
    psycopg = None  # type: ignore[assignment]  # then no connection of that engine exists

READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO", "EXPLAIN", "PRAGMA", "SHOW", "SET", "VALUES")
READING_WITH = re.compile(r"(?is)\s*WITH\b(?!.*\b(INSERT|UPDATE|DELETE|MERGE)\b)")
COPIED_FROM = 64  # rows; fewer are one INSERT
REMEMBERED_CHARACTERS_MAX = 4_000  # longer texts are made for one call

Row = tuple[Any, ...]


class Statement(NamedTuple):
    """The text in the driver's own form, and whether it writes."""

    text: str
    writes: bool


def writes(sql: str) -> bool:
    """Tell whether a statement may change something; what is not known to read writes."""
    return not (sql.lstrip().upper().startswith(READING) or READING_WITH.match(sql))


def statement(vendor: str, sql: str) -> Statement:
    """The statement with `%s` for each parameter, as this engine's driver wants it."""
    return _remembered(vendor, sql) if len(sql) <= REMEMBERED_CHARACTERS_MAX else _made(vendor, sql)


def _made(vendor: str, sql: str) -> Statement:
    text = sql.replace("%s", "?").replace("%%", "%") if vendor == "sqlite" else sql
    return Statement(text, writes(sql))


_remembered = lru_cache(maxsize=1024)(_made)


def run(connection: Any, text: str, params: Sequence[object] = ()) -> list[Row]:
    """Run one statement of this engine's own form and give its rows."""
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            rows: list[Row] = connection.connection.execute(text, params).fetchall()
            return rows
        [cursor] = _cursors(connection.connection, 1)
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def run_together(connection: Any, asked: Sequence[tuple[str, Sequence[object]]]) -> list[list[Row]]:
    """Run several statements in their order and give the rows of each; a server is asked once for all."""
    if connection.vendor == "sqlite" or len(asked) == 1:
        return [run(connection, text, params) for text, params in asked]
    with connection.wrap_database_errors:
        cursors = _cursors(connection.connection, len(asked))
        with connection.connection.pipeline():
            for cursor, (text, params) in zip(cursors, asked, strict=True):
                cursor.execute(text, params)
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


_kept: WeakKeyDictionary[Any, list[Any]] = WeakKeyDictionary()


def _cursors(raw: Any, count: int) -> list[Any]:
    """Cursors of one connection, kept: making one costs as much as a short statement.

    Every whole number is sent as a bigint, so that a statement is prepared once and not for each size.
    """
    cursors = _kept.setdefault(raw, [])
    while len(cursors) < count:
        cursor = psycopg.Cursor(raw)
        cursor.adapters.register_dumper(int, psycopg.types.numeric.Int8Dumper)
        cursors.append(cursor)
    return cursors[:count]


def run_many(connection: Any, text: str, rows: Iterable[Sequence[object]]) -> None:
    """Run one statement of this engine's own form for each row of parameters."""
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            connection.connection.executemany(text, rows)
            return
        [cursor] = _cursors(connection.connection, 1)
        cursor.executemany(text, rows)


def insert(connection: Any, table: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert many rows by the way that the engine is fastest at."""
    if connection.vendor == "sqlite":
        run_many(connection, _insertion(table, columns, 1, len(rows[0]), "?"), rows)
    else:
        _copy(connection, table, columns, rows)


def insertion(table: str, columns: str, rows: Sequence[Sequence[object]]) -> tuple[str, list[object]]:
    """One statement of PostgreSQL's form that inserts a few rows, whose triggers run once; and its values."""
    text = _insertion(table, columns, len(rows), len(rows[0]), "%s")
    return text, [value for row in rows for value in row]


@lru_cache(maxsize=256)
def _insertion(table: str, columns: str, rows: int, width: int, mark: str) -> str:
    values = ", ".join([f"({', '.join([mark] * width)})"] * rows)
    text = "INSERT INTO :table(:columns) VALUES :values"
    return text.replace(":table", table).replace(":columns", columns).replace(":values", values)


def _copy(connection: Any, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    text = "COPY :table(:columns) FROM STDIN".replace(":table", table).replace(":columns", columns)
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(text) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def reader(connection: Any) -> Callable[[str, Sequence[object]], list[Row]]:
    """A function that runs one statement with `%s` for its parameters on an open or new connection."""

    def execute(sql: str, params: Sequence[object] = ()) -> list[Row]:
        connection.ensure_connection()
        return run(connection, statement(connection.vendor, sql).text, params)

    return execute
