"""A write happens once, whole, logged last, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import (
    InternalError,
    OperationalError,
    connections,
    transaction,
)
from tests.store import writes

from tranche.kernel.canonical import NotCanonical
from tranche.kernel.ledger import Posted
from tranche.models import Party
from tranche.store import clock, driver, write
from tranche.store.errors import ClockBehind, IdemConflict, NotLogged
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")

KEY = str(uuid.UUID(int=1))
INSTANT = datetime(2024, 11, 25, 9, 0, tzinfo=UTC)


class Stop(Exception):
    """A refusal of the action itself."""


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

    assert writes.is_as_before()
    assert writes.run(writes.insert_and_log, key=KEY).replayed is False


def test_a_request_without_a_canonical_form_is_refused_before_anything() -> None:
    with pytest.raises(NotCanonical):
        writes.run(writes.log, request=1.5)  # type: ignore[arg-type]  # the fault on purpose

    assert writes.is_as_before()


def test_a_write_without_a_log_entry_does_not_commit() -> None:
    with pytest.raises(NotLogged):
        writes.run(writes.insert)

    assert writes.is_as_before()


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
        lambda tx: tx.later("UPDATE party SET name = ref WHERE ref = %s", ["none"]),
        lambda tx: tx.insert("fund", "id, code, spend_rank", [(1, "T", 1)]),
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

    assert writes.is_as_before()


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

    assert writes.is_as_before()


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


def test_the_lock_is_the_first_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    run, together = driver.run, driver.run_together

    def record_driver(connection: Any, text: str, params: Any = ()) -> Any:
        seen.append(text)
        return run(connection, text, params)

    def record_together(connection: Any, asked: Any) -> Any:
        if not _is_sqlite():
            seen.extend(text for text, _ in asked)
        return together(connection, asked)

    monkeypatch.setattr(driver, "run", record_driver)
    monkeypatch.setattr(driver, "run_together", record_together)

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


def test_a_clock_that_was_set_back_writes_nothing_until_it_is_right() -> None:
    with clock.at(INSTANT):
        writes.run(writes.log, key=KEY)
    before = writes.rows("SELECT next_seq, last_at FROM log_head")

    with clock.at(INSTANT - timedelta(minutes=6)):
        with pytest.raises(ClockBehind):
            writes.run(writes.insert_and_log)
        assert writes.run(writes.log, key=KEY).replayed
    assert writes.written() == 0
    assert writes.rows("SELECT next_seq, last_at FROM log_head") == before


def test_a_latest_time_that_is_named_as_wrong_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead, right = INSTANT + timedelta(days=365), INSTANT
    with clock.at(ahead):
        writes.run(writes.log)
    monkeypatch.setattr(settings, "TRANCHE_CLOCK_RAN_AHEAD_TO", "2025-11-25T09:00:00.000000Z")

    with clock.at(right):
        writes.run(writes.log)
        writes.run(writes.log)
    with clock.at(right - timedelta(minutes=6)), pytest.raises(ClockBehind):
        writes.run(writes.log)
    with clock.at(ahead + timedelta(minutes=1)):
        writes.run(writes.log)
    with clock.at(right), pytest.raises(ClockBehind):
        writes.run(writes.log)
    assert writes.entries() == 4


def test_a_clock_does_not_go_back_by_small_steps() -> None:
    for minutes in (0, 4, 4):
        with clock.at(INSTANT - timedelta(minutes=minutes)):
            writes.run(writes.log)

    with clock.at(INSTANT - timedelta(minutes=8)), pytest.raises(ClockBehind):
        writes.run(writes.log)
    assert writes.rows("SELECT next_seq, last_at FROM log_head") == [(3, "2024-11-25T09:00:00.000000Z")]


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


def test_the_engine_says_its_name() -> None:
    names: list[str] = []

    def act(tx: WriteTx) -> None:
        names.append(tx.vendor)
        writes.log(tx)

    writes.run(act)

    assert names == [connections["default"].vendor]


def test_a_write_inside_another_transaction_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        writes.run(writes.log)

    assert writes.is_as_before()


def test_pages_cannot_write(mechanism: Path) -> None:
    assert mechanism.is_dir()
    refusal = OperationalError if _is_sqlite() else InternalError
    with pytest.raises(refusal, match=r"readonly|read-only"):
        writes.rows("UPDATE commit_barrier SET passed = 9", using="read")

    assert writes.rows("SELECT passed FROM commit_barrier") == [(0,)]


def _is_sqlite() -> bool:
    return bool(connections["default"].vendor == "sqlite")
