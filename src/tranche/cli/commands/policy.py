"""`tranche policy show` and `tranche policy history`: which rules hold, and how they became so."""

from __future__ import annotations

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Quiet
from tranche.cli.output import Output

app = typer.Typer(
    help="See which policy is in force.\n\nBoth sides change it on the page of its history, never from here.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: tranche policy show --json")
def show(
    directory: Directory = None, as_json: Json = False, quiet: Quiet = False, username: As = None
) -> int:
    """The version in force: limits, days, ways to approve, models of keys."""
    enter(directory)
    from tranche.cli.policies import print_policy

    return print_policy(username, Output(as_json, quiet))


@app.command(epilog="Example: tranche policy history")
def history(
    directory: Directory = None, as_json: Json = False, quiet: Quiet = False, username: As = None
) -> int:
    """Every version, the newest first: from when, by which decision, and what changed."""
    enter(directory)
    from tranche.cli.policies import print_history

    return print_history(username, Output(as_json, quiet))
