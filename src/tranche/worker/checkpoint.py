"""The checkpoint of the embedded database: no commit can fall inside it (security note, section 1)."""

from __future__ import annotations

from django.db import connections, transaction

WRITER = "default"
READER = "read"


def checkpoint() -> tuple[int, int] | None:
    """Move the write-ahead log into the database file; pages in the log and pages moved.

    One connection holds the writer's lock, another one copies. None on an engine that does it itself.
    """
    if connections[WRITER].vendor != "sqlite":
        return None
    with transaction.atomic(using=WRITER):
        with connections[READER].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            _busy, pages, moved = cursor.fetchone()
        transaction.set_rollback(True, using=WRITER)
    return int(pages), int(moved)
