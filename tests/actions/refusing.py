"""Shared by the suites of decisions: what every table holds, and that a refusal leaves it so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from django.db import connections
from tests.office import Office, eur

E = TypeVar("E", bound=Exception)

TABLES = (
    "record",
    "record_event",
    "decision",
    "approval",
    "log_entry",
    "idem_key",
    "journal_entry",
    "movement",
    "evidence",
    "tranche",
    "agreement",
    "line_match",
)


def rows() -> dict[str, int]:
    """How much every table holds."""
    with connections["default"].cursor() as cursor:
        counts = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def refused(error: type[E], act: Callable[[], object]) -> E:
    """The act raises this error and leaves every table as it was."""
    before = rows()
    with pytest.raises(error) as caught:
        act()
    assert rows() == before
    return caught.value


def allocation(office: Office, amount_minor: int, currency: str = "EUR", who: str = "ua.manager") -> str:
    amount = {**eur(amount_minor), "currency": currency}
    return office.propose(
        who, "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=amount
    ).decision_id
