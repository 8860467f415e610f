"""The queue of the writers of one SQLite file, which has a lock but no fair way to wait for it.

A writer that SQLite lets wait asks ever less often, and with many writers the oldest may never be served.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tranche.store.errors import WriteUnavailable

ASKED_EACH_SECONDS = 0.003  # all who wait ask equally often, so each is served after its share of time


@contextmanager
def turn(connection: Any) -> Iterator[None]:
    """Hold the turn to write; raises WriteUnavailable after the waiting time of the connection.

    The lock lies on the folder of the database: closing the database's own file would drop SQLite's locks.
    It ends with the process, however that ends. A server has a queue of its own.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # inside, Django itself refuses
        yield
        return
    folder = os.open(Path(connection.settings_dict["NAME"]).parent, os.O_RDONLY)
    try:
        if not _is_taken(folder):
            _wait(folder, connection)
        yield
    finally:
        os.close(folder)


def _is_taken(folder: int) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(folder: int, connection: Any) -> None:
    connection.ensure_connection()
    [(milliseconds,)] = connection.connection.execute("PRAGMA busy_timeout")
    deadline = time.monotonic() + milliseconds / 1000
    while not _is_taken(folder):
        if time.monotonic() > deadline:
            raise WriteUnavailable("another writer had the lock for the whole waiting time")
        time.sleep(ASKED_EACH_SECONDS)
