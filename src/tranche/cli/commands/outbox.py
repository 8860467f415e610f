"""`tranche outbox list` and `tranche outbox retry`: mail that was given up."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Json, Quiet
from tranche.cli.output import Output

app = typer.Typer(help="See and try again mail that failed.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog="Example: tranche outbox list")
def list_(directory: Directory = None, as_json: Json = False, quiet: Quiet = False) -> int:
    """How much mail waits, and what was given up after ten attempts."""
    enter(directory)
    from tranche.cli.outbox import print_outbox

    return print_outbox(Output(as_json, quiet))


@app.command("retry", epilog="Example: tranche outbox retry 17")
def retry(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="NUMBER", help="Those to try again; all if none is named.")
    ] = None,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Give mail that was given up all its attempts again; the next `tranche work` sends it."""
    enter(directory)
    from tranche.cli.outbox import try_again

    return try_again(numbers or None, Output(quiet=quiet))
