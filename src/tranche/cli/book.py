"""Printing the balance sheet and the closed periods."""

from __future__ import annotations

from tranche.cli.acting import reader
from tranche.cli.exits import Exit
from tranche.cli.output import Column, Output
from tranche.kernel.money import Money, format_amount
from tranche.ledger.close import Close, closes
from tranche.queries.balance import balance_sheet

LANGUAGE = "en"


def print_balance(username: str | None, output: Output) -> int:
    """Every account with what came in, went out and is there; then the totals."""
    reader(username)
    sheet = balance_sheet()
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
