"""Reading the log: how many entries there are, the newest, and one with its items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from tranche.kernel.entries import ADOPTED, EntryError, Item, Opening, adopted_by, check_line, open_line
from tranche.store import clock

COLUMNS = """
SELECT e.seq, e.kind, e.root, e.object_type, e.object_id, o.doc
FROM log_entry e LEFT JOIN log_opening o ON o.seq = e.seq
"""


ADOPTIONS = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.object_type IN ('log', 'adopted') AND e.kind = 'log.adopt' ORDER BY e.seq
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One log entry: its number, kind, root and items, blind ones with an empty name.

    `is_intact` is false where the stored items no longer hash to the root, or say another number, kind or
    object than the row; they are then not given. Of one that `is_adopted` only the root came back after a
    restore, with what is public of it. `closed` are the hashes (base64) of places that nothing opens.
    """

    seq: int
    kind: str
    root: str
    object_type: str
    object_id: str
    items: tuple[Item, ...]
    is_intact: bool
    is_adopted: bool = False
    closed: tuple[str, ...] = ()


def head(using: str = "read") -> int:
    """How many entries there are."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT next_seq FROM log_head WHERE id = 1")
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def about(object_type: str, object_id: str, using: str = "read") -> tuple[int, ...]:
    """The numbers of the entries whose object this is."""
    with connections[using].cursor() as cursor:
        sql = "SELECT seq FROM log_entry WHERE object_type = %s AND object_id = %s ORDER BY seq"
        cursor.execute(sql, [object_type, object_id])
        return tuple(row[0] for row in cursor.fetchall())


def count_of(kind: str, using: str = "read") -> int:
    """How many entries of a kind there are."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM log_entry WHERE object_type IN ('log', 'adopted') AND kind = %s", [kind]
        )
        return int(cursor.fetchone()[0])


def adopted(using: str = "read") -> tuple[range, ...]:
    """The numbers of entries that the log says came back by their roots alone."""
    with connections[using].cursor() as cursor:
        cursor.execute(ADOPTIONS)
        rows = cursor.fetchall()
    lines = ((seq, check_line(doc.encode(), bytes(root))[1]) for seq, root, doc in rows)
    return tuple(adopted_by(seq, {item.name: item.value for item in items}) for seq, items in lines)


def is_adopted(seq: int, ranges: Sequence[range]) -> bool:
    return any(seq in one for one in ranges)


def recorded_at(seq: int, using: str = "read") -> datetime | None:
    """When an entry was recorded, by its own word."""
    found = _entries("WHERE e.seq = %s", [seq], using)
    said = next((item.value for item in found[0].items if item.name == "at"), None) if found else None
    return datetime.fromisoformat(str(said)) if said else None


def is_clock_behind(using: str = "read") -> bool:
    """Whether the clock lies before the latest time of the log, so that what has expired seems to hold."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT last_at, newest_at FROM log_head WHERE id = 1")
        return clock.is_behind(clock.now(), *cursor.fetchone())


def entry(seq: int, using: str = "read") -> Entry | None:
    """The entry with this number; None if there is none."""
    found = _entries("WHERE e.seq = %s", [seq], using)
    return found[0] if found else None


def entries_before(limit: int, before: int | None = None, using: str = "read") -> tuple[Entry, ...]:
    """The newest entries, or the newest below a number, the newest first."""
    if before is None:
        return _entries("ORDER BY e.seq DESC LIMIT %s", [limit], using)
    return _entries("WHERE e.seq < %s ORDER BY e.seq DESC LIMIT %s", [before, limit], using)


def _entries(rest: str, params: list[int], using: str) -> tuple[Entry, ...]:
    with connections[using].cursor() as cursor:
        cursor.execute(COLUMNS + rest, params)
        return tuple(_checked(*row) for row in cursor.fetchall())


def _checked(seq: int, kind: str, root: bytes, object_type: str, object_id: str, doc: str | None) -> Entry:
    is_part = object_type == ADOPTED and is_adopted(seq, adopted())
    found = _opened(doc, bytes(root))
    items = found.items if found else ()
    sealed = {item.name: item.value for item in items if item.name}
    row = {"kind": kind, "object": {"id": object_id, "type": object_type}}
    says_so = is_part or all(sealed.get(name, value) == value for name, value in row.items())
    is_intact = says_so and (found.seq == seq if found else is_part and doc is None)
    return Entry(
        seq=seq,
        kind=kind,
        root=bytes(root).hex(),
        object_type=object_type,
        object_id=object_id,
        items=items if is_intact else (),
        is_intact=is_intact,
        is_adopted=is_part,
        closed=found.closed if found and is_intact else (),
    )


def _opened(doc: str | None, root: bytes) -> Opening | None:
    """What the stored line opens, if it is the one that was sealed."""
    try:
        found = open_line((doc or "").encode())
    except EntryError:
        return None
    return found if found.root == root else None
