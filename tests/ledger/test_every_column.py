"""Every column that somebody could edit: the proof names the edit, or the column is listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from tests.ledger.richer import tell_more
from tests.office import Office
from tests.tampering import guards_off

from tranche.ledger.verify import verify

LISTED = Path(__file__).resolve().parents[1] / "golden" / "unproved.txt"
"""Two lists: what decides nothing, by its reason, and what the proof does not hold yet."""


def listed() -> set[str]:
    """The columns of both lists; a line is a table and its columns, a star for all of them."""
    rows = [line.partition("#")[0].split() for line in LISTED.read_text(encoding="utf-8").splitlines()]
    return {f"{row[0]}.{column}" for row in rows if row for column in row[1:]}


@pytest.fixture
def tampered(sqlite_mechanism: Path) -> Any:
    tell_more(Office())
    guards_off()
    return connections["default"]


def columns(connection: Any) -> Iterator[tuple[str, str, str, bool]]:
    """Each column of each table that holds rows, with its declared type and whether rows are numbered.

    An identifier alone says nothing: what points at it is a column of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA table_list")
        numbered = {row[1]: not row[4] for row in cursor.fetchall()}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            if cursor.fetchone()[0]:
                cursor.execute(f'PRAGMA table_info("{table}")')
                for _, column, kind, *_ in cursor.fetchall():
                    if column != "id":
                        yield table, column, kind.lower(), numbered[table]


def edits(table: str, column: str, kind: str, is_numbered: bool) -> list[str]:
    """Other values of the same kind for the last row that has one: an earlier row's, one that nothing has."""
    order = "y.rowid" if is_numbered else f'y."{column}"'
    other = (
        f'(SELECT y."{column}" FROM "{table}" y WHERE y."{column}" <> x."{column}" ORDER BY {order} LIMIT 1)'
    )
    if kind.startswith(("int", "big", "small")) and not column.endswith("_id"):
        fresh = f'coalesce(x."{column}", 0) + 1000003'
    elif kind == "bool":
        fresh = f'NOT coalesce(x."{column}", 0)'
    elif kind.startswith(("date", "timestamp")):
        fresh = "'2020-01-01'"
    elif kind == "blob":
        fresh = "randomblob(32)"
    else:
        fresh = f"coalesce(x.\"{column}\", '') || 'x'"
    last = f'x."{column}" IS (SELECT max("{column}") FROM "{table}")'
    if is_numbered:
        last = f'rowid = (SELECT rowid FROM "{table}" ORDER BY "{column}" IS NULL, rowid DESC LIMIT 1)'
    return [
        f'UPDATE "{table}" AS x SET "{column}" = {new} WHERE {last} AND {new} IS NOT NULL'
        for new in (other, fresh)
    ]


def is_noticed(connection: Any, sql: str) -> bool | None:
    """Whether the proof names the edit, or cannot even read it; None where no row took it."""
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(sql)
        except IntegrityError:
            return None
        try:
            found = bool(verify(using="default").differences) if cursor.rowcount else None
        except ValueError:
            found = True
        transaction.set_rollback(True)
    return found


def test_every_column_is_proved_or_listed(tampered: Any) -> None:
    unnoticed, known = set(), listed()
    for place in list(columns(tampered)):
        table, column, *_ = place
        seen = {is_noticed(tampered, sql) for sql in edits(*place)}
        if False in seen and f"{table}.*" not in known:
            unnoticed.add(f"{table}.{column}")

    assert unnoticed == {name for name in known if not name.endswith("*")}
