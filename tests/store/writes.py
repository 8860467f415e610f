"""Small writes for tests of the store: each registers one party and logs it."""

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
    """Write one row that is not the log's."""
    write.execute(
        "INSERT INTO party(id, ref, kind, country, name, name_uk, name_lt, org_scheme, org_number,"
        " payment_name, ownership_group) VALUES (%s, %s, 'state', 'XX', '', '', '', 'test', %s, '', '')",
        [str(uuid.UUID(int=number)), f"TEST-{number}", str(number)],
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
    [(count,)] = rows("SELECT count(*) FROM party WHERE org_scheme = 'test'")
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


def is_as_before() -> bool:
    """Whether nothing was written at all: no row, no entry, no key, no number taken."""
    return (written(), entries(), keys(), rows("SELECT next_seq FROM log_head")) == (0, 0, 0, [(0,)])
