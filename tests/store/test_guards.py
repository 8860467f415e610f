"""The database itself refuses to rewrite the log, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction
from tests.store import writes

from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")
EVERYWHERE = (
    "UPDATE log_entry SET kind = 'other'",
    "UPDATE log_entry SET root = NULL WHERE seq = 0",
    "DELETE FROM log_entry",
    "INSERT INTO log_entry(seq, kind, root, object_type, object_id)"
    " SELECT 5, kind, root, object_type, object_id FROM log_entry",
    "INSERT INTO log_entry(seq, kind, root, object_type, object_id)"
    " SELECT 0, 'other', root, object_type, object_id FROM log_entry",
    "UPDATE log_opening SET doc = '{}'",
    "UPDATE log_opening SET seq = 1, erased = 1",
    "DELETE FROM log_opening",
    "UPDATE idem_key SET log_seq = 0, key = 'other'",
    "DELETE FROM idem_key",
    "UPDATE log_head SET next_seq = 0",
    "UPDATE log_head SET next_seq = next_seq + 2",
    "UPDATE log_head SET next_seq = next_seq + 1, last_at = ''",
    "UPDATE log_head SET id = 2, next_seq = next_seq + 1",
    "DELETE FROM log_head",
    "INSERT INTO log_head(id, next_seq) VALUES (2, 0)",
    "INSERT INTO log_head(id, next_seq) VALUES (1, 0)",
)
SQLITE = (
    "INSERT OR REPLACE INTO log_head(id, next_seq) VALUES (1, 0)",
    "INSERT OR REPLACE INTO log_opening(seq, doc) VALUES (0, '{}')",
    "INSERT OR REPLACE INTO log_entry(seq, kind, root, object_type, object_id)"
    " SELECT seq, 'other', root, object_type, object_id FROM log_entry",
    "INSERT OR REPLACE INTO idem_key(key, request_hash, log_seq) SELECT key, zeroblob(32), 0 FROM idem_key",
    "UPDATE OR REPLACE log_entry SET kind = 'other'",
)
POSTGRESQL = (
    "TRUNCATE log_entry CASCADE",
    "TRUNCATE log_opening",
    "TRUNCATE idem_key",
    "TRUNCATE log_head",
    "INSERT INTO log_head(id, next_seq) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET next_seq = 0",
    "SET session_replication_role = replica; DELETE FROM log_entry",
    "SET session_replication_role = replica; UPDATE log_head SET next_seq = 0",
)
TABLES = ("log_head", "log_entry", "log_opening", "idem_key")


def contents() -> list[list[tuple[object, ...]]]:
    return [writes.rows(f"SELECT * FROM {table}") for table in TABLES]


def attack(sql: str) -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(sql)


def is_refused(sql: str) -> bool:
    try:
        attack(sql)
    except DatabaseError:
        return True
    return False


@pytest.fixture(params=["recursive triggers on", "recursive triggers off"])
def careless(request: pytest.FixtureRequest, mechanism: Path) -> None:
    """An SQLite connection without our settings, as another program would open it."""
    if connections["default"].vendor == "sqlite":
        switch = request.param.rsplit(maxsplit=1)[1]
        with connections["default"].cursor() as cursor:
            cursor.execute(f"PRAGMA recursive_triggers={switch}")


@pytest.mark.usefixtures("careless")
def test_every_way_to_rewrite_the_log_is_refused() -> None:
    writes.run(writes.log)
    before = contents()
    own = SQLITE if connections["default"].vendor == "sqlite" else POSTGRESQL

    accepted = [sql for sql in (*EVERYWHERE, *own) if not is_refused(sql)]

    assert accepted == []
    assert contents() == before


def test_erasing_is_the_one_change_and_it_must_count_up() -> None:
    writes.run(writes.log)
    writes.rows("SELECT 1")

    attack("UPDATE log_opening SET doc = '{}', erased = erased + 1 WHERE seq = 0")

    assert writes.rows("SELECT doc, erased FROM log_opening") == [("{}", 1)]
    assert is_refused("UPDATE log_opening SET doc = '[]' WHERE seq = 0")


def test_a_row_of_a_key_needs_its_log_entry() -> None:
    def orphan(tx: WriteTx) -> None:
        tx.execute(
            "INSERT INTO idem_key(key, request_hash, log_seq) VALUES (%s, %s, %s)", ["k", b"\0" * 32, 7]
        )
        writes.log(tx)

    with pytest.raises(DatabaseError):
        writes.run(orphan)
    assert writes.keys() == 0
