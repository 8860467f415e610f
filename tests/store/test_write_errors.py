"""What an error of the engine means: not recorded, unknown, or try again; and what settles it."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connections, transaction
from tests.store import writes

from tranche.store import write
from tranche.store.errors import CommitUncertain, StorageFull, WriteUnavailable
from tranche.store.write import WriteTx, barrier

pytestmark = pytest.mark.usefixtures("mechanism")

KEY = str(uuid.UUID(int=1))


class Stop(Exception):
    """A refusal of the action itself."""


def test_a_constraint_is_a_definite_no() -> None:
    def twice(tx: WriteTx) -> None:
        writes.insert(tx)
        writes.insert(tx)

    with pytest.raises(IntegrityError):
        writes.run(twice)

    assert writes.is_as_before()


def test_a_constraint_at_commit_is_a_definite_no() -> None:
    def act(tx: WriteTx) -> None:
        tx.execute(
            "INSERT INTO idem_key(key, request_hash, log_seq) VALUES (%s, %s, %s)", ["k", b"\0" * 32, 99]
        )
        writes.log(tx)

    with pytest.raises(IntegrityError):
        writes.run(act, key=KEY)

    assert writes.is_as_before()


def test_a_statement_that_the_engine_does_not_understand_keeps_its_own_error() -> None:
    with pytest.raises((OperationalError, ProgrammingError)):
        writes.run(lambda tx: tx.execute("SELECT nothing FROM nowhere"))

    assert writes.is_as_before()


@contextmanager
def failing_commit(monkeypatch: pytest.MonkeyPatch, *, after: bool, error: Exception) -> Iterator[None]:
    """COMMIT raises once, before or after the database has done it."""
    connection: Any = connections["default"]
    commit = connection._commit

    def fail() -> None:
        if after:
            commit()
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", fail)
        yield


@pytest.mark.parametrize("after", [False, True])
def test_an_error_at_commit_is_unknown_and_the_repeat_settles_it(
    monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    with failing_commit(monkeypatch, after=after, error=OperationalError("disk I/O error")):
        with pytest.raises(CommitUncertain):
            writes.run(writes.insert_and_log, key=KEY)
        assert connections["default"].connection is None

    receipt = writes.run(writes.insert_and_log, key=KEY)

    assert receipt.replayed is after
    assert (receipt.log_seq, writes.written(), writes.entries(), writes.keys()) == (0, 1, 1, 1)


def test_a_barrier_whose_commit_fails_is_unknown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    writes.run(writes.insert_and_log, key=KEY)

    failing = failing_commit(monkeypatch, after=False, error=OperationalError("disk I/O error"))
    with failing, pytest.raises(CommitUncertain):
        writes.run(writes.insert_and_log, key=KEY)

    assert writes.run(writes.insert_and_log, key=KEY).replayed


def test_a_barrier_is_a_commit_of_its_own_and_needs_no_log_entry() -> None:
    barrier()
    barrier()

    assert writes.rows("SELECT passed FROM commit_barrier") == [(2,)]
    assert writes.is_as_before()


def test_a_refusal_is_made_certain_where_the_engine_could_bring_back_a_hidden_commit() -> None:
    def refuse(_tx: WriteTx) -> None:
        raise Stop

    with pytest.raises(Stop):
        writes.run(refuse, key=KEY)

    passed = 1 if connections["default"].vendor == "sqlite" else 0
    assert writes.rows("SELECT passed FROM commit_barrier") == [(passed,)]
    assert writes.is_as_before()


@contextmanager
def lock_held_elsewhere() -> Iterator[None]:
    """Another connection of this test holds the writer's lock."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            writes.rows(write.LOCK[connections["default"].vendor])
            held.set()
            release.wait(timeout=30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(timeout=30)
    try:
        yield
    finally:
        release.set()
        holder.join(timeout=30)


def shorten_wait() -> None:
    """Ask the engine to wait for the lock for a tenth of a second, not five."""
    connection = connections["default"]
    short = {
        "sqlite": "PRAGMA busy_timeout=100",
        "postgresql": "SET SESSION lock_timeout = '100ms'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(short)


def test_a_lock_that_is_not_free_in_time_refuses_and_may_be_tried_again() -> None:
    shorten_wait()

    with lock_held_elsewhere():
        with pytest.raises(WriteUnavailable):
            writes.run(writes.insert_and_log, key=KEY)
        with pytest.raises(WriteUnavailable):
            barrier()

    assert writes.is_as_before()
    assert writes.run(writes.insert_and_log, key=KEY).replayed is False


def test_writers_wait_for_one_another_and_leave_no_gap() -> None:
    def work() -> None:
        for _ in range(5):
            writes.run(writes.log)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert writes.rows("SELECT min(seq), max(seq), count(*) FROM log_entry") == [(0, 19, 20)]
    assert writes.rows("SELECT next_seq FROM log_head") == [(20,)]


def test_one_key_pressed_at_once_by_many_is_one_write() -> None:
    receipts: list[bool] = []

    def press() -> None:
        receipts.append(writes.run(writes.insert_and_log, key=KEY).replayed)
        connections.close_all()

    workers = [threading.Thread(target=press) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert sorted(receipts) == [False, True, True, True]
    assert (writes.written(), writes.entries()) == (1, 1)


def engine_error(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("from the engine")
    cause.sqlite_errorcode = code
    error = OperationalError("from the engine")
    error.__cause__ = cause
    return error


class Coded(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def server_error(sqlstate: str | None) -> OperationalError:
    error = OperationalError("from the server")
    error.__cause__ = Coded(sqlstate)
    return error


MEANINGS: tuple[tuple[OperationalError, type[Exception], type[Exception]], ...] = (
    (engine_error(sqlite3.SQLITE_BUSY), WriteUnavailable, WriteUnavailable),
    (engine_error(sqlite3.SQLITE_BUSY | 2 << 8), WriteUnavailable, WriteUnavailable),
    (engine_error(sqlite3.SQLITE_FULL), StorageFull, CommitUncertain),
    (engine_error(sqlite3.SQLITE_IOERR | 3 << 8), StorageFull, CommitUncertain),
    (engine_error(sqlite3.SQLITE_ERROR), OperationalError, CommitUncertain),
    (server_error("55P03"), WriteUnavailable, WriteUnavailable),
    (server_error("40P01"), WriteUnavailable, WriteUnavailable),
    (server_error("53100"), StorageFull, CommitUncertain),
    (server_error("57P01"), WriteUnavailable, CommitUncertain),
    (server_error("08006"), WriteUnavailable, CommitUncertain),
    (server_error(None), WriteUnavailable, CommitUncertain),
    (server_error("57014"), OperationalError, CommitUncertain),
)
"""An error of the engine, what it means before COMMIT, and what at COMMIT."""


def test_the_engines_code_decides_what_an_error_means(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, before, at_commit in MEANINGS:
        with pytest.raises(before):
            writes.run(lambda _tx, error=error: fail(error))  # type: ignore[misc]  # bound for this turn
        with failing_commit(monkeypatch, after=False, error=error), pytest.raises(at_commit):
            writes.run(writes.insert_and_log)

    assert writes.is_as_before()


def fail(error: OperationalError) -> None:
    raise error
