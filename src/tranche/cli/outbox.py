"""Printing what the outbox still holds, and trying again what was given up."""

from __future__ import annotations

from collections.abc import Collection

from tranche.actions.outbox import retry
from tranche.cli.exits import Exit
from tranche.cli.output import Column, Output
from tranche.queries.notices import DeadRow, outbox_state
from tranche.store import clock

COLUMNS = (
    Column("number", right=True),
    Column("kind"),
    Column("sign-in"),
    Column("attempts", right=True),
    Column("last error"),
    Column("given up at"),
)


def print_outbox(output: Output) -> int:
    """What waits, and every mail that was given up."""
    state = outbox_state()
    if output.as_json:
        items = [dict(zip(_NAMES, _cells(row), strict=True)) for row in state.dead]
        output.document({"waiting": state.waiting, "failing": state.failing, "dead": items})
        return Exit.DONE
    output.line(f"{state.waiting} wait, {state.failing} of them failed at least once.")
    if state.dead:
        output.table("given up", COLUMNS, [_cells(row) for row in state.dead])
    return Exit.DONE


def try_again(numbers: Collection[int] | None, output: Output) -> int:
    """Give these, or all, their attempts back."""
    count = retry(numbers, clock.now())
    output.say(f"{count} will be tried again." if count else "None of these was given up.")
    return Exit.DONE


_NAMES = ("number", "kind", "sign_in", "attempts", "last_error", "given_up_at")


def _cells(row: DeadRow) -> tuple[str, ...]:
    at = f"{row.dead_at:%Y-%m-%d %H:%M}" if row.dead_at else ""
    return (str(row.id), row.kind, row.login, str(row.attempts), row.last_error, at)
