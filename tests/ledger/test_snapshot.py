"""A snapshot shows one state of the book, whatever is posted meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from tests.ledger import desk

from tranche.ledger.snapshot import snapshot

pytestmark = pytest.mark.usefixtures("mechanism")

COUNT = "SELECT count(*) FROM journal_entry"


def elsewhere(act: Callable[[], None]) -> None:
    """Run in another thread, on connections of its own."""

    def whole() -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(whole).result()


def receive() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1_000)


def test_what_is_posted_meanwhile_is_not_seen() -> None:
    receive()

    with snapshot("read") as execute:
        before = execute(COUNT)
        elsewhere(receive)
        during = execute(COUNT)
    with snapshot("read") as execute:
        after = execute(COUNT)

    assert (before, during, after) == ([(1,)], [(1,)], [(2,)])


def test_inside_a_transaction_its_own_writes_are_seen() -> None:
    with transaction.atomic(using="default"), snapshot("default") as execute:
        assert execute("SELECT 1") == [(1,)]
