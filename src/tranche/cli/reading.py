"""Printing the registers: one record, or the rows of a kind."""

from __future__ import annotations

from tranche.cli.acting import ceiling, reader
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.output import Column, Output
from tranche.kernel.money import Money, format_amount
from tranche.queries.registers import Listed, UnknownKind, listed
from tranche.queries.show import Shown, show

LANGUAGE = "en"


def print_record(kind: str, ref: str, username: str | None, output: Output) -> int:
    """One record with its fields, events and documents."""
    actor = reader(username)
    try:
        found = show(kind, ref, ceiling=ceiling(actor))
    except UnknownKind as error:
        raise _no_kind(error) from error
    if output.as_json:
        output.document(found.as_json())
    else:
        _print_shown(found, output)
    return Exit.DONE


def print_list(kind: str, state: str | None, limit: int, username: str | None, output: Output) -> int:
    """The rows of a kind."""
    reader(username)
    try:
        rows = listed(kind, state=state, limit=limit)
    except UnknownKind as error:
        raise _no_kind(error) from error
    if output.as_json:
        output.document({"kind": kind, "items": [row.as_json() for row in rows]})
        return Exit.DONE
    columns = (Column("reference"), Column("state"), Column("amount", right=True), Column("title"))
    output.table(kind, columns, [(row.ref, row.state, _amount(row), row.title) for row in rows])
    return Exit.DONE


def _no_kind(error: UnknownKind) -> Halt:
    return Halt(
        Exit.USAGE,
        f"There is no kind named {error.kind}.",
        NOTHING_WRITTEN,
        f"Name one of: {', '.join(error.known)}.",
    )


def _amount(row: Listed) -> str:
    if row.amount_minor is None or row.currency is None:
        return ""
    return format_amount(Money(row.amount_minor, row.currency), LANGUAGE)


def _print_shown(found: Shown, output: Output) -> None:
    output.table(
        f"{found.kind} {found.ref} {found.state}".rstrip(),
        (Column("field"), Column("value")),
        [(name, "" if value is None else str(value)) for name, value in found.fields.items()],
    )
    if found.events:
        output.line()
        output.table(
            "Steps",
            (Column("at"), Column("action"), Column("state"), Column("by"), Column("log entry", right=True)),
            [(row.at, row.action, row.to_state, row.person, str(row.log_seq)) for row in found.events],
        )
    if found.evidence:
        output.line()
        output.table(
            "Documents",
            (Column("kind"), Column("filed"), Column("SHA-256")),
            [(row.kind, row.filed_at, row.sha256) for row in found.evidence],
        )
