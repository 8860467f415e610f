"""The statement of an account: its lines with the balance after each, as recorded or by a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tranche.ledger.balances import LAST, TODAY, AsOf
from tranche.ledger.rows import day, optional_day, reading, sql_file

STATEMENT: Final = sql_file("statement.sql")
LAST_DAY: Final = date.max
PAGE: Final = 1000


class Order(StrEnum):
    """Which day counts; lines of one day stand as they were recorded."""

    RECORDED = "recorded"
    BOOKED = "booked"
    VALUED = "valued"


_DAY_OF: Final = {
    Order.RECORDED: "e.booked_on",
    Order.BOOKED: "e.booked_on",
    Order.VALUED: "coalesce(e.value_on, e.booked_on)",
}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One line of an account: what came (positive) or went (negative), and the balance after it."""

    entry_id: int
    line: int
    kind: str
    booked_on: date
    value_on: date | None
    other: str
    amount_minor: int
    balance_minor: int


def statement(
    account_code: str,
    first: int = 0,
    limit: int = 100,
    *,
    when: AsOf = TODAY,
    order: Order = Order.RECORDED,
    using: str = "read",
) -> tuple[StatementRow, ...]:
    """Return lines of an account after the first `first` ones; none where there is no such account."""
    found = reading(using)("SELECT id FROM account WHERE code = %s", [account_code])
    if not found:
        return ()
    by = "mine.entry_id, mine.line" if order is Order.RECORDED else ":on, mine.entry_id, mine.line"
    sql = STATEMENT.replace(":order", by).replace(":on", _DAY_OF[order]).replace(":account", "%s")
    upto = when.booked_on or when.valued_on or LAST_DAY
    seq = LAST if when.log_seq is None else when.log_seq
    number = found[0][0]
    rows = reading(using)(sql, [number, number, seq, upto.isoformat(), first, limit])
    return tuple(
        StatementRow(entry, line, kind, day(booked), optional_day(value), other, change, int(balance))
        for entry, line, kind, booked, value, other, change, balance in rows
    )


def whole_statement(
    account_code: str, *, when: AsOf = TODAY, order: Order = Order.RECORDED, using: str = "read"
) -> Iterator[StatementRow]:
    """Give every line, read in pages."""
    first = 0
    while page := statement(account_code, first, PAGE, when=when, order=order, using=using):
        yield from page
        first += len(page)
