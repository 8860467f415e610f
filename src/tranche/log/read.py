"""Reading the log: the head, one entry with its items, the entries of an object."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from tranche.kernel.entries import Item, check_line


@dataclass(frozen=True, slots=True)
class Entry:
    """One log entry: its number, kind, root and opened items."""

    seq: int
    kind: str
    root: str
    object_type: str
    object_id: str
    items: tuple[Item, ...]


def head(using: str = "read") -> int:
    """How many entries there are."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT next_seq FROM log_head WHERE id = 1")
        return int(cursor.fetchone()[0])


def entry(seq: int, using: str = "read") -> Entry | None:
    """The entry with this number, its items checked against its root; None if there is none.

    Raises kernel.entries.EntryError where the stored items no longer hash to the root.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT e.kind, e.root, e.object_type, e.object_id, o.doc FROM log_entry e"
            " JOIN log_opening o ON o.seq = e.seq WHERE e.seq = %s",
            [seq],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    kind, root, object_type, object_id, doc = row
    _, items = check_line(doc.encode(), bytes(root))
    named = tuple(sorted((item for item in items if item.name), key=lambda item: item.name))
    return Entry(seq, kind, bytes(root).hex(), object_type, object_id, named)


def latest(
    limit: int, before: int | None = None, using: str = "read"
) -> tuple[tuple[int, str, str, str], ...]:
    """(seq, kind, object type, object id) of the newest entries, newest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT seq, kind, object_type, object_id FROM log_entry WHERE seq < %s ORDER BY seq DESC LIMIT %s",
            [2**62 if before is None else before, limit],
        )
        return tuple(cursor.fetchall())
