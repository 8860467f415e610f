"""The checkpoint under the writer's lock."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.db import connections

from tranche.log.append import append
from tranche.store.write import WriteTx, write_transaction
from tranche.worker.checkpoint import checkpoint
from tranche.worker.rounds import work_round


def note(write: WriteTx) -> None:
    append(
        write, kind="system.setup", actor="system", object_type="register", object_id="x", fields={"ref": "X"}
    )


def test_log_pages_move_into_the_database(sqlite_mechanism: Path) -> None:
    write_transaction(key=str(uuid.uuid4()), request={"act": "test"}, act=note)
    log = sqlite_mechanism / "tranche.sqlite3-wal"
    assert log.stat().st_size > 0

    moved = checkpoint()

    assert moved is not None
    assert moved[0] == moved[1] > 0
    assert checkpoint() is not None


def test_checkpoint_leaves_the_writer_free(sqlite_mechanism: Path) -> None:
    checkpoint()

    receipt = write_transaction(key=str(uuid.uuid4()), request={"act": "test"}, act=note)

    assert not receipt.replayed
    assert not connections["default"].in_atomic_block


@pytest.mark.postgres
def test_other_engines_do_it_themselves(postgresql_mechanism: Path) -> None:
    assert checkpoint() is None
    assert work_round().pages is None
