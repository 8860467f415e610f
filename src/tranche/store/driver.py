"""Statements straight to the database driver, inside the transaction that Django holds.

Django's cursor wrapper costs more than most statements of a posting take; errors stay Django's own classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

try:
    import psycopg
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
        cursor = psycopg.Cursor(connection.connection)
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def run_many(connection: Any, text: str, rows: Iterable[Sequence[object]]) -> None:
    """Run one statement of this engine's own form for each row of parameters."""
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            connection.connection.executemany(text, rows)
            return
        psycopg.Cursor(connection.connection).executemany(text, rows)


def insert(connection: Any, table: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows; on PostgreSQL by one statement, so that a trigger for each statement runs once."""
    if connection.vendor == "sqlite":
        run_many(connection, _insertion(table, columns, 1, len(rows[0]), "?"), rows)
    elif len(rows) <= COPIED_FROM:
        text = _insertion(table, columns, len(rows), len(rows[0]), "%s")
        run(connection, text, [value for row in rows for value in row])
    else:
        _copy(connection, table, columns, rows)


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
