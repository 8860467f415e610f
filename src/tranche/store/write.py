"""The write transaction: one writer at a time, the request's key first, the log entry last.

Its first statement takes the lock of the row `log_head`, so every write of a mechanism has its place in one
order. A write after the last log entry, or none at all, does not commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseSaysNo
from django.db import IntegrityError, InterfaceError, OperationalError, connections, transaction

from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.ledger import Posted
from tranche.store import clock, driver, standstill
from tranche.store.errors import (
    ClockBehind,
    CommitUncertain,
    IdemConflict,
    NotLogged,
    StorageFull,
    StoreError,
    WriteUnavailable,
)
from tranche.store.memory import remembering
from tranche.store.queue import turn

ALIAS = "default"
_HEAD = "SELECT next_seq, last_at, newest_at FROM log_head WHERE id = 1"
LOCK = {"sqlite": _HEAD, "postgresql": f"{_HEAD} FOR UPDATE"}
"""On SQLite BEGIN IMMEDIATE has the lock already."""
KNOWN = "SELECT request_hash, log_seq FROM idem_key WHERE key = %s"

SQLITE_BUSY = frozenset({5, 6})  # BUSY, LOCKED
SQLITE_FULL = frozenset({10, 13})  # IOERR, FULL: a file-size limit and a full quota give the first
POSTGRESQL_BUSY = frozenset({"55P03", "40001", "40P01"})  # lock wait, serialisation, deadlock
POSTGRESQL_AWAY = frozenset({None, "57P01", "57P02", "57P03", "25006"})  # no answer, going down, read-only
POSTGRESQL_FULL = frozenset({"53100"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a write gives back: the number of its log entry, and whether it had been done before."""

    log_seq: int
    replayed: bool


class WriteTx:
    """The open write transaction; only `write_transaction` makes one."""

    def __init__(self, connection: Any, key: str, now: datetime, seq: int) -> None:
        self.key = key
        self.now = now
        self._connection = connection
        self._seq = seq
        self._posted: list[Posted] = []
        self._dirty = False
        self._entries = 0
        self._numbered = 0
        self._waiting: list[tuple[str, Sequence[object]]] = []
        self._refusal: type[Exception] | None = None

    @property
    def seq(self) -> int:
        """The number that the next log entry gets; final, because the lock is held."""
        return self._seq

    @property
    def vendor(self) -> str:
        """The engine: "sqlite" or "postgresql"."""
        return str(self._connection.vendor)

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and give its rows."""
        return self.read_together([(sql, params)])[0]

    def read_together(self, asked: Sequence[tuple[str, Sequence[object]]]) -> list[list[tuple[Any, ...]]]:
        """Run several statements in one round trip and give the rows of each."""
        known = [(driver.statement(self.vendor, sql), params) for sql, params in asked]
        self._dirty = self._dirty or any(one.writes for one, _ in known)
        return self._send([(one.text, params) for one, params in known])

    def later(self, sql: str, params: Sequence[object] = ()) -> None:
        """Run a statement whose rows nobody waits for; a server gets it with the next that counts."""
        self._dirty = True
        if self.vendor == "sqlite":
            driver.run(self._connection, driver.statement("sqlite", sql).text, params)
        else:
            self._waiting.append((sql, params))

    def insert(
        self,
        table: str,
        columns: str,
        rows: Sequence[Sequence[object]],
        refusal: type[Exception] | None = None,
    ) -> None:
        """Insert rows; what the database's guards refuse is raised as `refusal`, before COMMIT."""
        self._dirty = True
        if self.vendor == "postgresql" and len(rows) <= driver.COPIED_FROM:
            self._refusal = self._refusal or refusal
            self._waiting.append(driver.insertion(table, columns, rows))
            return
        self.flush()
        with _refused_as(refusal):
            driver.insert(self._connection, table, columns, rows)

    def flush(self) -> None:
        """Send what waits, in its order."""
        if self._waiting:
            self._send([])

    def _send(self, asked: Sequence[tuple[str, Sequence[object]]]) -> list[list[tuple[Any, ...]]]:
        """What waits and what is asked in one round trip; the rows of what is asked."""
        waiting, self._waiting = self._waiting, []
        refusal, self._refusal = self._refusal, None
        with _refused_as(refusal):
            return driver.run_together(self._connection, [*waiting, *asked])[len(waiting) :]

    def number_entries(self, count: int) -> int:
        """Take the next numbers of this request's journal entries and give the first."""
        first = self._numbered + 1
        self._numbered += count
        return first

    def posted(self, entries: Iterable[Posted]) -> None:
        """Remember journal entries, which the next log entry will name."""
        self._posted += entries

    def take_posted(self) -> tuple[Posted, ...]:
        taken, self._posted = tuple(self._posted), []
        return taken

    def logged(self) -> int:
        """The log entry `seq` is written; the next one gets the number after it."""
        self._dirty = False
        self._entries += 1
        self._seq += 1
        return self._seq - 1

    def check_logged(self) -> None:
        """Raise NotLogged unless the last thing written was a log entry that names every posting."""
        self.flush()
        if self._entries == 0 or self._dirty or self._posted or self._connection.needs_rollback:
            raise NotLogged

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """A Django execute wrapper that sees every statement of the transaction, the ORM's too."""
        self.flush()
        self._dirty = self._dirty or driver.writes(sql)
        return execute(sql, params, many, context)


@contextmanager
def _refused_as(refusal: type[Exception] | None) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if refusal is None:
            raise
        raise refusal(str(error)) from error


class _Found(Exception):
    def __init__(self, log_seq: int) -> None:
        self.log_seq = log_seq


def write_transaction(
    *, key: str, request: Canonical, act: Callable[[WriteTx], None], is_repair: bool = False
) -> Receipt:
    """Do one thing once: `act` writes and logs, or everything is as before.

    A repair is written to a mechanism that stands still as well. The same key with the same request gives the
    first receipt. Raises IdemConflict, NotLogged, ClockBehind, LogBehind, WriteUnavailable, StorageFull,
    CommitUncertain (unknown: repeat with the same key), and what `act` raises.
    """
    request_hash = hashlib.sha256(encode(request)).digest()
    try:
        with _transaction() as connection:
            first, times, known = _lock(connection, key)
            if not is_repair:
                standstill.check(first)
            write = WriteTx(connection, key, clock.now(), first)
            _claim(write, request_hash, known)
            _check_clock(write.now, *times)
            with remembering(), connection.execute_wrapper(write.watch):
                act(write)
            write.check_logged()
    except _Found as found:
        barrier()
        return Receipt(found.log_seq, replayed=True)
    except StoreError:
        raise
    except Exception:
        _settle()
        raise
    return Receipt(first, replayed=False)


def _settle() -> None:
    """Make a refusal certain: a commit of this key whose error hid it from us must not come back later.

    SQLite's recovery finds such a commit unless another one was written over it; a server decides at once.
    """
    if connections[ALIAS].vendor == "sqlite":
        barrier()


def barrier() -> None:
    """Commit a row of our own: when it returns, everything visible before it is decided and durable."""
    with _transaction() as connection, connection.cursor() as cursor:
        _lock(connection, "")
        cursor.execute("UPDATE commit_barrier SET passed = passed + 1 WHERE id = 1")


@contextmanager
def bookkeeping() -> Iterator[None]:
    """A durable transaction beside the record, in the same one order: what it writes has no log entry.

    For tables that are no part of the record, such as how far a mail got.
    """
    with _transaction() as connection:
        _lock(connection, "")
        yield


@contextmanager
def _transaction() -> Iterator[Any]:
    """One durable transaction whose errors say whether something may have been written."""
    connection = connections[ALIAS]
    committing = False
    try:
        with turn(connection), transaction.atomic(using=ALIAS, durable=True):
            yield connection
            committing = True
    except IntegrityError:
        raise  # a constraint at COMMIT is a definite no
    except DatabaseSaysNo as error:
        meaning = _meaning(error, committing=committing)
        if meaning is None:
            raise
        if isinstance(meaning, CommitUncertain):
            connection.close()  # whatever it still holds is given up; the repeat takes a new one
        raise meaning from error


def _meaning(error: DatabaseSaysNo, *, committing: bool) -> StoreError | None:
    """The engine's error in our words, by its code and not by its text; None where we have no word."""
    busy, away, full = _codes(error.__cause__)
    if busy:
        return WriteUnavailable(str(error))
    if committing:
        return CommitUncertain(str(error))
    if away and isinstance(error, OperationalError | InterfaceError):
        return WriteUnavailable(str(error))
    return StorageFull(str(error)) if full else None


def _codes(cause: Any) -> tuple[bool, bool, bool]:
    """Whether the lock was busy, the server away, the disk full."""
    if hasattr(cause, "sqlstate"):
        state = cause.sqlstate
        lost = state in POSTGRESQL_AWAY or str(state).startswith("08")
        return state in POSTGRESQL_BUSY, lost, state in POSTGRESQL_FULL
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in SQLITE_BUSY, False, code in SQLITE_FULL


def _lock(connection: Any, key: str) -> tuple[int, tuple[str, str], list[tuple[Any, ...]]]:
    """Take the writer's lock; give the next number of the log, its latest time and that of its newest entry,
    and, read after it, what the key did before."""
    asked = [(LOCK[connection.vendor], ()), (driver.statement(connection.vendor, KNOWN).text, (key,))]
    head, known = driver.run_together(connection, asked)
    first, last_at, newest_at = head[0]
    return int(first), (str(last_at), str(newest_at)), known


def _check_clock(now: datetime, last_at: str, newest_at: str) -> None:
    """What has expired must not come to life again because somebody sets the clock back."""
    if clock.is_behind(now, last_at, newest_at):
        raise ClockBehind(f"{now.isoformat()} is before {last_at}")


def _claim(write: WriteTx, request_hash: bytes, known: Sequence[tuple[Any, ...]]) -> None:
    """Take the key for this request, or leave with what it did before."""
    if known:
        if bytes(known[0][0]) != request_hash:
            raise IdemConflict(write.key)
        raise _Found(int(known[0][1]))
    write.insert("idem_key", "key, request_hash, log_seq", [(write.key, request_hash, write.seq)])
