"""Writers of one SQLite file wait in a queue of their own, which no dead process can block."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections, transaction
from tests.crash.children import Mechanism, die, run
from tests.databases import close
from tests.store import writes

from tranche.store.errors import WriteUnavailable
from tranche.store.write import WriteTx, barrier

only_sqlite = pytest.mark.usefixtures("sqlite_mechanism")


@contextmanager
def queue_of(folder: Path) -> Iterator[int]:
    """The folder as another process would open it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_free(folder: Path) -> bool:
    with queue_of(folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Stop(Exception):
    """A refusal of the action itself."""


def test_the_turn_lasts_as_long_as_the_transaction(sqlite_mechanism: Path) -> None:
    seen: list[bool] = []

    def look(write: WriteTx) -> None:
        writes.log(write)
        seen.append(is_free(sqlite_mechanism))

    writes.run(look)

    assert seen == [False]
    assert is_free(sqlite_mechanism)


def test_a_refusal_gives_the_turn_back(sqlite_mechanism: Path) -> None:
    def refuse(_write: WriteTx) -> None:
        raise Stop

    with pytest.raises(Stop):
        writes.run(refuse)

    assert is_free(sqlite_mechanism)


def test_a_turn_that_does_not_come_in_time_refuses_and_may_be_tried_again(sqlite_mechanism: Path) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=50")

    with queue_of(sqlite_mechanism) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(WriteUnavailable):
            writes.run(writes.insert_and_log)
        with pytest.raises(WriteUnavailable):
            barrier()

    assert writes.is_as_before()
    assert writes.run(writes.insert_and_log).log_seq == 0


def hold_and_die() -> None:
    def act(write: WriteTx) -> None:
        writes.insert_and_log(write)
        die()

    writes.run(act)


@pytest.mark.crash
def test_a_writer_that_dies_leaves_the_queue(sqlite_mechanism: Path) -> None:
    place = Mechanism(sqlite_mechanism)
    close()

    assert run(place, hold_and_die) == -signal.SIGKILL

    place.open()
    assert is_free(sqlite_mechanism)
    assert writes.run(writes.insert_and_log).log_seq == 0


@only_sqlite
def test_a_write_inside_a_transaction_is_refused_at_once() -> None:
    def nested(write: WriteTx) -> None:
        writes.log(write)
        with pytest.raises(RuntimeError, match="durable"):
            writes.run(writes.log)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        writes.run(writes.log)
    writes.run(nested)

    assert writes.entries() == 1


@pytest.mark.postgres
def test_a_server_needs_no_queue(postgresql_mechanism: Path) -> None:
    with queue_of(postgresql_mechanism) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert writes.run(writes.insert_and_log).log_seq == 0
