"""The tree over the entries, kept in tiles after commit; they can be made anew from the entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import connections

from tranche.kernel import tiles
from tranche.kernel.entries import log_leaf
from tranche.kernel.merkle import EMPTY_ROOT, leaf_hashes
from tranche.kernel.notes import Head
from tranche.store.write import ALIAS, bookkeeping

EXTEND_MAX: Final = 1000
ROOTS: Final = "SELECT seq, root FROM log_entry WHERE seq >= %s AND seq < %s ORDER BY seq"
TILE: Final = "SELECT data FROM log_tile WHERE level = %s AND n = %s"
PUT: Final = """
INSERT INTO log_tile (level, n, data) VALUES (%s, %s, %s)
ON CONFLICT (level, n) DO UPDATE SET data = excluded.data
"""
TREE: Final = "SELECT size, root FROM log_tree WHERE id = 1"
ENTRIES: Final = "SELECT next_seq FROM log_head WHERE id = 1"
MOVE: Final = "UPDATE log_tree SET size = %s, root = %s WHERE id = 1 AND size = %s"


class HeadMoved(RuntimeError):
    """Somebody else moved the tree meanwhile: nothing was done, and the next round goes on from there."""


class LogGap(RuntimeError):
    """An entry that was numbered is not there: nothing after it is taken into the tree."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"entry {seq} of the log is missing")


def extend(limit: int = EXTEND_MAX) -> Head:
    """Take up to so many new entries into the tree, in one transaction, and give its head; raises LogGap."""
    with bookkeeping(), connections[ALIAS].cursor() as cursor:
        size, _ = _tree(cursor)
        cursor.execute(ROOTS, [size, size + limit])
        rows = cursor.fetchall()
        for wanted, (seq, _) in enumerate(rows, size):
            if seq != wanted:
                raise LogGap(wanted)
        leaves = leaf_hashes(log_leaf(bytes(root)) for _, root in rows)
        if not leaves:
            return _head(cursor)
        read = _reader(cursor)
        changed = tiles.grow(size, leaves, read)
        found = tiles.head(size + len(leaves), lambda level, n: changed.get((level, n)) or read(level, n))
        cursor.executemany(PUT, [(level, n, data) for (level, n), data in changed.items()])
        cursor.execute(MOVE, [found.size, found.root, size])
        if cursor.rowcount != 1:
            raise HeadMoved(size)
        return found


def extend_all() -> Head:
    """Take every entry there is into the tree; raises LogGap."""
    found, before = extend(), -1
    while found.size < _entries():
        if found.size == before:
            raise LogGap(before)
        found, before = extend(), found.size
    return found


def rebuild() -> Head:
    """Forget every tile and make all of them from the entries."""
    with bookkeeping(), connections[ALIAS].cursor() as cursor:
        cursor.execute("DELETE FROM log_tile")
        cursor.execute("DELETE FROM log_tree")
        cursor.execute("INSERT INTO log_tree (id, size, root) VALUES (1, 0, %s)", [EMPTY_ROOT])
    return extend_all()


def tree(using: str = "read") -> Head:
    """The head of the tree as it stands."""
    with connections[using].cursor() as cursor:
        return _head(cursor)


def reader(using: str = "read") -> tiles.ReadTile:
    """Tiles as they stand; each is read once."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in known:
            with connections[using].cursor() as cursor:
                known[level, number] = _reader(cursor)(level, number)
        return known[level, number]

    return read


def bundle(number: int, width: int = tiles.WIDTH, using: str = "read") -> bytes:
    """The leaves of one tile of the lowest level."""
    with connections[using].cursor() as cursor:
        first = number * tiles.WIDTH
        cursor.execute(ROOTS, [first, first + width])
        return tiles.bundle([log_leaf(bytes(root)) for _, root in cursor.fetchall()])


def _entries() -> int:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(ENTRIES)
        return int(cursor.fetchone()[0])


def _tree(cursor: Any) -> tuple[int, bytes]:
    cursor.execute(TREE)
    size, root = cursor.fetchone() or (0, EMPTY_ROOT)  # a row that is gone is found with its tiles
    return int(size), bytes(root)


def _head(cursor: Any) -> Head:
    return Head(*_tree(cursor))


def _reader(cursor: Any) -> Callable[[int, int], bytes]:
    def read(level: int, number: int) -> bytes:
        cursor.execute(TILE, [level, number])
        row = cursor.fetchone()
        if row is None:
            raise tiles.TileError(f"there is no tile {number} of level {level}")
        return bytes(row[0])

    return read
