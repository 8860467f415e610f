"""One state of the book for many statements: what was committed before the first, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from tranche.ledger.rows import Execute, reading


@contextmanager
def snapshot(using: str) -> Iterator[Execute]:
    """Read in one transaction; inside an open one, see what that one sees."""
    connection = connections[using]
    is_own = not connection.in_atomic_block
    with transaction.atomic(using=using):
        if is_own and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield reading(using)
