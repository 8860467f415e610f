"""`tranche trace from REF` and `tranche trace to REF`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Quiet
from tranche.cli.output import Output

Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        help="Had this never been: the number of an entry, or a donor for all its receipts. May be given"
        " several times. Nothing is written.",
        show_default=False,
    ),
]
Csv = Annotated[bool, typer.Option("--csv", help="Print comma-separated values, amounts in minor units.")]


app = typer.Typer(
    help="Follow money forward and back, exact to the cent.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("from", epilog="Example: tranche trace from LT-UA-2024-T1 --json")
def trace_from(
    ref: Annotated[str, typer.Argument(help="A tranche, a pool, or a receipt as ENTRY:LINE.")],
    without: Without = None,
    as_csv: Csv = False,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """Where the money of a tranche went.

    Uses, unspent money and money sent back add up to what came in.
    """
    enter(directory)
    from tranche.cli.tracing import Asked, print_from

    return print_from(ref, username, Asked(Output(as_json, quiet), tuple(without or ()), as_csv))


@app.command("to", epilog="Example: tranche trace to C-DK-01-L1")
def trace_to(
    ref: Annotated[str, typer.Argument(help="A lot, or another use such as a fee.")],
    stored: Annotated[
        bool, typer.Option("--stored", help="As it was posted: an advance stays where it paid first.")
    ] = False,
    without: Without = None,
    as_csv: Csv = False,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """Who paid for a lot, donor by donor.

    Every receipt behind it with its origin and its exact share.
    """
    enter(directory)
    from tranche.cli.tracing import Asked, print_to

    return print_to(ref, username, Asked(Output(as_json, quiet), tuple(without or ()), as_csv, stored))
