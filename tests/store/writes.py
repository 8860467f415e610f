"""Small writes for tests of the store: each puts one row into the table of states and logs it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.db import connections

from tranche.kernel.canonical import Canonical
from tranche.log.append import append
from tranche.store.write import Receipt, WriteTx, write_transaction

ACTOR = str(uuid.UUID(int=7))


def log(write: WriteTx, fields: Mapping[str, Canonical] | None = None, kind: str = "system.setup") -> int:
    """Append one log entry."""
    return append(write, kind=kind, actor=ACTOR, object_type="party", object_id="p", fields=fields or {})


def insert(write: WriteTx, number: int = 1) -> None:
    """Write one row that is not the log's: a state of the lifecycle table, which anybody may add."""
    write.execute(
        "INSERT INTO lifecycle_state(kind, state, is_end) VALUES (%s, %s, %s)", ["test", f"state-{number}", 0]
    )


def insert_and_log(write: WriteTx) -> None:
    insert(write)
    log(write)


def run(
    act: Callable[[WriteTx], object], *, key: str | None = None, request: Canonical = "request"
) -> Receipt:
    """One write transaction; a new key unless one is given."""

    def whole(write: WriteTx) -> None:
        act(write)

    return write_transaction(key=key or str(uuid.uuid4()), request=request, act=whole)


def rows(sql: str, *params: str | int | bytes, using: str = "default") -> list[tuple[object, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def written() -> int:
    """How many of our rows there are."""
    [(count,)] = rows("SELECT count(*) FROM lifecycle_state WHERE kind = 'test'")
    assert isinstance(count, int)
    return count


def entries() -> int:
    [(count,)] = rows("SELECT count(*) FROM log_entry")
    assert isinstance(count, int)
    return count


def keys() -> int:
    [(count,)] = rows("SELECT count(*) FROM idem_key")
    assert isinstance(count, int)
    return count
