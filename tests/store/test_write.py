"""A write happens once, whole, logged last, or not at all."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import (
    IntegrityError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connections,
    transaction,
)
from tests.store import writes

from tranche.kernel.canonical import NotCanonical
from tranche.kernel.ledger import Posted
from tranche.models import Party
from tranche.store import clock, write
from tranche.store.errors import (
    CommitUncertain,
    IdemConflict,
    NotLogged,
    StorageFull,
    WriteUnavailable,
)
from tranche.store.write import WriteTx, barrier

pytestmark = pytest.mark.usefixtures("mechanism")

KEY = str(uuid.UUID(int=1))


class Stop(Exception):  # noqa: N818 - what an action raises, here only to be recognised
    """A refusal of the action itself."""


def is_as_before() -> bool:
    [(next_seq,)] = writes.rows("SELECT next_seq FROM log_head")
    return (writes.written(), writes.entries(), writes.keys(), next_seq) == (0, 0, 0, 0)


def test_a_write_is_there_with_its_key_and_its_log_entry() -> None:
    receipt = writes.run(writes.insert_and_log, key=KEY)

    assert (receipt.log_seq, receipt.replayed) == (0, False)
    assert (writes.written(), writes.entries()) == (1, 1)
    assert writes.rows("SELECT key, log_seq FROM idem_key") == [(KEY, 0)]
    assert writes.rows("SELECT next_seq FROM log_head") == [(1,)]


def test_the_second_press_gives_the_first_receipt_and_does_nothing() -> None:
    calls: list[str] = []

    def act(tx: WriteTx) -> None:
        calls.append("acted")
        writes.insert_and_log(tx)

    first = writes.run(act, key=KEY)
    writes.run(writes.log)
    second = writes.run(act, key=KEY)

    assert (first.log_seq, first.replayed) == (0, False)
    assert (second.log_seq, second.replayed) == (0, True)
    assert calls == ["acted"]
    assert writes.written() == 1


def test_an_answer_from_a_key_comes_after_a_barrier() -> None:
    writes.run(writes.log, key=KEY)
    assert writes.rows("SELECT passed FROM commit_barrier") == [(0,)]

    writes.run(writes.log, key=KEY)

    assert writes.rows("SELECT passed FROM commit_barrier") == [(1,)]


def test_a_key_belongs_to_one_request() -> None:
    writes.run(writes.log, key=KEY, request={"a": 1})

    with pytest.raises(IdemConflict):
        writes.run(writes.insert_and_log, key=KEY, request={"a": 2})

    assert (writes.written(), writes.entries()) == (0, 1)


def test_a_refused_request_leaves_no_key() -> None:
    def refuse(tx: WriteTx) -> None:
        writes.insert_and_log(tx)
        raise Stop

    with pytest.raises(Stop):
        writes.run(refuse, key=KEY)

    assert is_as_before()
    assert writes.run(writes.insert_and_log, key=KEY).replayed is False


def test_a_request_without_a_canonical_form_is_refused_before_anything() -> None:
    with pytest.raises(NotCanonical):
        writes.run(writes.log, request=1.5)  # type: ignore[arg-type]  # the fault on purpose

    assert is_as_before()


def test_a_write_without_a_log_entry_does_not_commit() -> None:
    with pytest.raises(NotLogged):
        writes.run(writes.insert)

    assert is_as_before()


def writing_through_orm(_tx: WriteTx) -> None:
    Party.objects.filter(ref="nobody").update(ref="somebody")


@pytest.mark.parametrize(
    "late",
    [
        lambda tx: writes.insert(tx, 2),
        lambda tx: tx.execute("UPDATE party SET name = ref WHERE ref = 'none'"),
        lambda tx: tx.execute(" \n delete FROM party WHERE ref = 'none'"),
        lambda tx: tx.execute(
            "WITH k AS (SELECT 'none' AS k) UPDATE party SET name = ref WHERE ref IN (SELECT k FROM k)"
        ),
        lambda tx: tx.execute("CREATE TABLE other(id integer)"),
        lambda tx: tx.executemany("UPDATE party SET name = ref WHERE ref = %s", [["none"]]),
        lambda tx: tx.posted([Posted(1, "00" * 32)]),
        writing_through_orm,
    ],
)
def test_a_write_after_the_log_entry_does_not_commit(late: Callable[[WriteTx], object]) -> None:
    def act(tx: WriteTx) -> None:
        writes.insert_and_log(tx)
        late(tx)

    with pytest.raises(NotLogged):
        writes.run(act)

    assert is_as_before()


def test_reading_after_the_log_entry_is_no_write() -> None:
    def act(tx: WriteTx) -> None:
        writes.insert_and_log(tx)
        tx.execute("SELECT 1")
        tx.execute("WITH a AS (SELECT 1 AS n) SELECT n FROM a")
        with transaction.atomic():
            tx.execute("SELECT 1")

    writes.run(act)

    assert writes.entries() == 1


def test_a_transaction_that_was_marked_for_rollback_is_not_called_done() -> None:
    def act(tx: WriteTx) -> None:
        writes.insert_and_log(tx)
        transaction.set_rollback(True)

    with pytest.raises(NotLogged):
        writes.run(act)

    assert is_as_before()


def test_several_entries_of_one_transaction_get_their_numbers_in_order() -> None:
    numbers: list[int] = []

    def act(tx: WriteTx) -> None:
        for n in range(3):
            assert tx.seq == n
            writes.insert(tx, n)
            numbers.append(writes.log(tx))

    receipt = writes.run(act)

    assert numbers == [0, 1, 2]
    assert receipt.log_seq == 0
    assert writes.rows("SELECT seq FROM log_entry ORDER BY seq") == [(0,), (1,), (2,)]


def test_a_rolled_back_savepoint_leaves_no_trace_and_the_rest_commits() -> None:
    def act(tx: WriteTx) -> None:
        with suppress(Stop), transaction.atomic():
            writes.insert(tx, 1)
            raise Stop
        assert writes.written() == 0
        writes.insert(tx, 2)
        writes.log(tx)

    writes.run(act)

    assert (writes.written(), writes.entries()) == (1, 1)


def test_the_lock_is_the_first_statement() -> None:
    seen: list[str] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(record):
        writes.run(writes.insert_and_log)

    statements = [sql for sql in seen if not sql.startswith("BEGIN")]
    assert seen[0] == ("BEGIN IMMEDIATE" if _is_sqlite() else write.LOCK["postgresql"])
    assert "FROM log_head WHERE id = 1" in statements[0]
    assert "FROM idem_key" in statements[1]
    assert "log_head SET next_seq" in statements[-1]


def test_one_instant_holds_for_the_whole_write_and_is_taken_under_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[datetime] = []
    instant = datetime(2024, 11, 25, 9, 0, tzinfo=UTC)

    def now() -> datetime:
        assert connections["default"].in_atomic_block
        return instant

    monkeypatch.setattr(clock, "now", now)

    def act(tx: WriteTx) -> None:
        asked.append(tx.now)
        writes.log(tx)
        asked.append(tx.now)

    writes.run(act)

    assert asked == [instant, instant]


def test_a_write_inside_another_transaction_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        writes.run(writes.log)

    assert is_as_before()


def test_a_constraint_is_a_definite_no() -> None:
    def twice(tx: WriteTx) -> None:
        writes.insert(tx)
        writes.insert(tx)

    with pytest.raises(IntegrityError):
        writes.run(twice)

    assert is_as_before()


def test_a_constraint_at_commit_is_a_definite_no() -> None:
    def act(tx: WriteTx) -> None:
        tx.execute(
            "INSERT INTO idem_key(key, request_hash, log_seq) VALUES (%s, %s, %s)", ["k", b"\0" * 32, 99]
        )
        writes.log(tx)

    with pytest.raises(IntegrityError):
        writes.run(act, key=KEY)

    assert is_as_before()


def test_a_statement_that_the_engine_does_not_understand_keeps_its_own_error() -> None:
    with pytest.raises((OperationalError, ProgrammingError)):
        writes.run(lambda tx: tx.execute("SELECT nothing FROM nowhere"))

    assert is_as_before()


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
    assert is_as_before()


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

    assert is_as_before()
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


class Coded(Exception):  # noqa: N818 - the driver's error, of which only the code counts
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def server_error(sqlstate: str | None) -> OperationalError:
    error = OperationalError("from the server")
    error.__cause__ = Coded(sqlstate)
    return error


@pytest.mark.parametrize(
    ("error", "before", "at_commit"),
    [
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
    ],
)
def test_the_engines_code_decides_what_an_error_means(
    monkeypatch: pytest.MonkeyPatch,
    error: OperationalError,
    before: type[Exception],
    at_commit: type[Exception],
) -> None:
    def fail(_tx: WriteTx) -> None:
        raise error

    with pytest.raises(before):
        writes.run(fail)
    with failing_commit(monkeypatch, after=False, error=error), pytest.raises(at_commit):
        writes.run(writes.insert_and_log)

    assert is_as_before()


def test_pages_cannot_write(mechanism: Path) -> None:
    assert mechanism.is_dir()
    refusal = OperationalError if _is_sqlite() else InternalError
    with pytest.raises(refusal, match=r"readonly|read-only"):
        writes.rows("UPDATE commit_barrier SET passed = 9", using="read")

    assert writes.rows("SELECT passed FROM commit_barrier") == [(0,)]


def _is_sqlite() -> bool:
    return bool(connections["default"].vendor == "sqlite")
