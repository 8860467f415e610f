"""`tranche period close DATE` and `tranche period list`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Key, Quiet
from tranche.cli.output import Output

app = typer.Typer(
    help="Close periods, once books and bank agree.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("close", epilog="Example: tranche period close 2025-02-28")
def close(
    upto: Annotated[str, typer.Argument(metavar="DATE", help="The last day of the period, YYYY-MM-DD.")],
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
    key: Key = None,
) -> int:
    """Propose to close everything up to and including a day.

    Refused while a bank line waits, a statement is missing, or books and bank differ by a cent.
    """
    enter(directory)
    from tranche.cli.proposing import propose_act

    return propose_act("period.close", {"upto": upto}, None, username, key, Output(as_json, quiet))


@app.command("list", epilog="Example: tranche period list --json")
def list_(
    directory: Directory = None, as_json: Json = False, quiet: Quiet = False, username: As = None
) -> int:
    """The periods that are closed, the oldest first."""
    enter(directory)
    from tranche.cli.book import print_periods

    return print_periods(username, Output(as_json, quiet))
