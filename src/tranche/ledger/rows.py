"""Rows in and out of the book's tables on either engine, parameters always bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from django.db import connections

from tranche.kernel.ledger import instant_text

type_error: Final = "a stored value is neither text nor a date"


class Execute(Protocol):
    """Runs one statement with `%s` for each parameter and gives its rows."""

    def __call__(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]: ...


ROWS_MAX: Final = 1000  # values of one statement; SQLite takes 32,766


def reading(using: str) -> Execute:
    """Return a function that runs one statement on this database alias and gives its rows."""

    def execute(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with connections[using].cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    return execute


def sql_file(name: str) -> str:
    """Return a statement that stands beside this package's modules, without its comments."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def marks(n: int) -> str:
    """Return `n` placeholders, parted by commas."""
    return ", ".join(["%s"] * n)


def tuples(rows: int, columns: int) -> str:
    """Return the placeholders of a VALUES list."""
    return ", ".join([f"({marks(columns)})"] * rows)


def parts(values: Sequence[Any], size: int = ROWS_MAX) -> Iterator[Sequence[Any]]:
    """Cut a long list into pieces that one statement may carry."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def instant(value: object) -> datetime:
    """Return a stored instant: text on SQLite, a zoned value on PostgreSQL."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    raise TypeError(type_error)


def at_of(value: object) -> str:
    """A stored instant as the log writes it; empty where there is none, and as it stands where it is none."""
    try:
        return instant_text(instant(value)) if value is not None else ""
    except ValueError:
        return str(value)


def day(value: object) -> date:
    """Return a stored date."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise TypeError(type_error)


def optional_day(value: object) -> date | None:
    """Return a stored date, or nothing."""
    return None if value is None else day(value)
