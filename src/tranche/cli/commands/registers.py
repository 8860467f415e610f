"""`tranche show KIND REF` and `tranche list KIND`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.exits import Exit, Halt
from tranche.cli.folder import enter
from tranche.cli.options import As, At, Directory, Json, On, Quiet, ValueOn
from tranche.cli.output import Output

KINDS = (
    "party, agreement, tranche, step, programme, contract, milestone, payment, payee, lot, claim, priority,"
    " advance or decision"
)


def add_to(app: typer.Typer) -> None:
    app.command("show", epilog="Example: tranche show tranche LT-UA-2024-T1")(show)
    app.command("list", epilog="Example: tranche list contract --state signed")(list_)


def show(
    kind: Annotated[str, typer.Argument(help=f"{KINDS}; or account.")],
    ref: Annotated[str, typer.Argument(help="The reference of the record, or the code of the account.")],
    at: At = "",
    on: On = "",
    value_on: ValueOn = "",
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """One record with its fields, documents and steps; or the statement of an account.

    Only an account has --at, --on and --value-on.
    """
    enter(directory)
    if kind == "account":
        from tranche.cli.book import print_account

        return print_account(ref, (at, on, value_on), username, Output(as_json, quiet))
    if at or on or value_on:
        raise Halt(
            Exit.USAGE,
            "--at, --on and --value-on are asked only of an account.",
            "Nothing was answered.",
            "Leave them out; the steps of the record say when it changed.",
        )
    from tranche.cli.reading import print_record

    return print_record(kind, ref, username, Output(as_json, quiet))


def list_(
    kind: Annotated[str, typer.Argument(help=f"{KINDS}.")],
    state: Annotated[str | None, typer.Option("--state", help="Only records in this state.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 1_000,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """The records of a kind by reference."""
    enter(directory)
    from tranche.cli.reading import print_list

    return print_list(kind, state, limit, username, Output(as_json, quiet))
