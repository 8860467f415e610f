"""The tree grows after commit from what was committed, however many work at it, and is made anew at will."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, connections
from tests.log.operator import together
from tests.office import Office

from tranche.kernel.entries import log_leaf
from tranche.kernel.merkle import EMPTY_ROOT, leaf_hash, root
from tranche.kernel.notes import Head
from tranche.kernel.tiles import leaves_of
from tranche.log import tiles


def entries() -> list[bytes]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT root FROM log_entry ORDER BY seq")
        return [log_leaf(bytes(row[0])) for row in cursor.fetchall()]


def stored() -> list[tuple[int, int, bytes]]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT level, n, data FROM log_tile ORDER BY level, n")
        return [(level, n, bytes(data)) for level, n, data in cursor.fetchall()]


def test_the_tree_is_that_of_the_entries(mechanism: Path) -> None:
    office = Office()
    assert tiles.tree("default") == Head(0, EMPTY_ROOT)

    first = tiles.extend(5)
    office.received()
    whole = tiles.extend_all()

    leaves = entries()
    assert first == Head(5, root([leaf_hash(leaf) for leaf in leaves[:5]]))
    assert whole == tiles.tree("default") == Head(len(leaves), root([leaf_hash(leaf) for leaf in leaves]))
    assert leaves_of(tiles.bundle(0, len(leaves), "default")) == leaves
    assert tiles.extend() == whole


def test_tiles_are_made_anew_from_the_entries(mechanism: Path) -> None:
    Office().received()
    whole, before = tiles.extend_all(), stored()
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE log_tile SET data = (SELECT root FROM log_tree)")

    assert tiles.rebuild() == whole
    assert stored() == before


def test_several_workers_make_one_tree(mechanism: Path) -> None:
    Office().received()

    def work() -> None:
        for _round in range(20):
            tiles.extend(2)

    failed = together(4, work)

    assert failed == []
    assert tiles.extend_all().root == root([leaf_hash(leaf) for leaf in entries()])


@pytest.mark.parametrize("table", ["log_checkpoint", "log_cosignature"])
@pytest.mark.parametrize("change", ["UPDATE {} SET size = size", "DELETE FROM {}"])
def test_what_was_signed_stays(mechanism: Path, table: str, change: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO log_checkpoint (size, root, note, signed_at) SELECT 7, root, 'n', 't' FROM log_tree"
        )
        cursor.execute("INSERT INTO log_cosignature (size, keyid, time_s, line) VALUES (7, 'k', 1, 'l')")
        with pytest.raises(IntegrityError):
            cursor.execute(change.format(table))
