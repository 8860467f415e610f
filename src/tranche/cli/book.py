"""Printing the balance sheet, the statement of an account and the closed periods."""

from __future__ import annotations

from tranche.cli.acting import reader
from tranche.cli.exits import Exit
from tranche.cli.output import Column, Output
from tranche.kernel.money import Money, format_amount
from tranche.kernel.refusals import UnknownReference
from tranche.ledger.balances import Balance
from tranche.ledger.close import Close, closes
from tranche.ledger.statement import StatementRow
from tranche.queries.balance import balance_sheet
from tranche.queries.moments import moment
from tranche.queries.money import whole_account
from tranche.queries.records import NotFound

LANGUAGE = "en"


Moment = tuple[str, str, str]
"""Log entry, booking date and value date, each empty where it is not asked for."""


def print_balance(when: Moment, username: str | None, output: Output) -> int:
    """Every account with what came in, went out and is there; then the totals."""
    reader(username)
    sheet = balance_sheet(moment(*when))
    if output.as_json:
        output.document(sheet.as_json())
        return Exit.DONE
    amounts = tuple(Column(name, right=True) for name in ("in", "out", "balance"))
    output.table(
        "Accounts",
        (Column("account"), *amounts),
        [
            (
                row.account,
                *(
                    format_amount(Money(minor, row.currency), LANGUAGE)
                    for minor in (row.in_minor, row.out_minor, row.balance_minor)
                ),
            )
            for row in sheet.accounts
        ],
    )
    output.line()
    output.table(
        "Totals",
        (Column("currency"), Column("kind"), Column("accounts", right=True), Column("balance", right=True)),
        [
            (
                row.currency,
                row.kind,
                str(row.accounts),
                format_amount(Money(row.balance_minor, row.currency), LANGUAGE),
            )
            for row in sheet.totals
        ],
    )
    return Exit.DONE


def print_account(code: str, when: Moment, username: str | None, output: Output) -> int:
    """The statement of an account: every line with the balance after it."""
    reader(username)
    try:
        found = whole_account(code, moment(*when))
    except NotFound as error:
        raise UnknownReference("account", code) from error
    held = found.balance
    if output.as_json:
        output.document({"account": _account(held), "lines": [_line(row) for row in found.lines]})
        return Exit.DONE
    columns = (Column("booked"), Column("value"), Column("entry"), Column("kind"), Column("other account"))
    amounts = (Column("amount", right=True), Column("balance", right=True))
    rows = [
        (
            *(row.booked_on.isoformat(), row.value_on.isoformat() if row.value_on else ""),
            *(f"{row.entry_id}:{row.line}", row.kind, row.other),
            *(
                format_amount(Money(minor, held.currency), LANGUAGE)
                for minor in (row.amount_minor, row.balance_minor)
            ),
        )
        for row in found.lines
    ]
    balance = format_amount(Money(held.balance, held.currency), LANGUAGE)
    output.table(f"{code}: {balance}", (*columns, *amounts), rows)
    return Exit.DONE


def _account(row: Balance) -> dict[str, object]:
    return {
        "code": row.code,
        "kind": row.kind.value,
        "holder": row.holder,
        "fund": row.fund,
        "currency": row.currency,
        "in_minor": row.in_total,
        "out_minor": row.out_total,
        "balance_minor": row.balance,
    }


def _line(row: StatementRow) -> dict[str, object]:
    return {
        "entry": row.entry_id,
        "line": row.line,
        "kind": row.kind,
        "booked_on": row.booked_on.isoformat(),
        "value_on": row.value_on.isoformat() if row.value_on else None,
        "other": row.other,
        "amount_minor": row.amount_minor,
        "balance_minor": row.balance_minor,
    }


def print_periods(username: str | None, output: Output) -> int:
    """Every closed period with the last entry that was there and the log entry that closed it."""
    reader(username)
    rows = closes()
    if output.as_json:
        output.document({"items": [_period(row) for row in rows]})
        return Exit.DONE
    output.table(
        "Closed periods",
        (Column("up to"), Column("last entry", right=True), Column("log entry", right=True)),
        [(row.upto.isoformat(), str(row.entry_id_max), str(row.log_seq)) for row in rows],
    )
    return Exit.DONE


def _period(row: Close) -> dict[str, object]:
    return {"upto": row.upto.isoformat(), "entries": row.entry_id_max, "log_seq": row.log_seq}
