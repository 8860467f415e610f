"""What the log gives to read is checked against its root first."""

from __future__ import annotations

import pytest
from django.db import connections
from tests.store import writes

from tranche.log import read
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")


def change(sql: str, *params: str | int) -> None:
    """Rewrite what the guards protect, as a database administrator could."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in ("log_entry_no_update", "log_opening_erase_only", "log_opening_no_delete"):
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute(
                "ALTER TABLE log_entry DISABLE TRIGGER ALL; ALTER TABLE log_opening DISABLE TRIGGER ALL"
            )
        cursor.execute(sql, params)


def several(tx: WriteTx) -> None:
    for _ in range(5):
        writes.log(tx)


def test_the_head_counts_and_an_entry_is_found_by_its_number() -> None:
    assert read.head() == 0
    assert read.entry(0) is None

    writes.run(several)

    entry = read.entry(3)
    assert read.head() == 5
    assert entry is not None
    assert (entry.seq, entry.kind, entry.object_type, entry.object_id) == (3, "system.setup", "party", "p")
    assert entry.is_intact
    assert len(entry.items) == 16


def test_the_newest_come_first_and_pages_go_on_below_a_number() -> None:
    writes.run(several)

    assert [entry.seq for entry in read.entries_before(2)] == [4, 3]
    assert [entry.seq for entry in read.entries_before(9, before=3)] == [2, 1, 0]
    assert read.entries_before(9, before=0) == ()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log_opening SET doc = replace(doc, '\"party\"', '\"partx\"') WHERE seq = 1",
        "UPDATE log_opening SET doc = '{' WHERE seq = 1",
        "UPDATE log_opening SET doc = replace(doc, '\"seq\":1', '\"seq\":2') WHERE seq = 1",
        "UPDATE log_opening SET doc = (SELECT doc FROM log_opening o WHERE o.seq = 0) WHERE seq = 1",
        "DELETE FROM log_opening WHERE seq = 1",
        "UPDATE log_entry SET root = (SELECT root FROM log_entry e WHERE e.seq = 0) WHERE seq = 1",
        "UPDATE log_entry SET kind = 'payment.release' WHERE seq = 1",
        "UPDATE log_entry SET object_id = 'q' WHERE seq = 1",
        "UPDATE log_entry SET object_type = 'tranche' WHERE seq = 1",
    ],
)
def test_an_entry_that_was_changed_is_shown_as_broken_and_without_its_items(sql: str) -> None:
    writes.run(several)

    change(sql)

    entry, neighbour = read.entry(1), read.entry(2)
    assert entry is not None
    assert neighbour is not None
    assert (entry.is_intact, entry.items) == (False, ())
    assert neighbour.is_intact
