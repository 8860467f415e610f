"""`tranche post reverse ENTRY`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Key, Quiet
from tranche.cli.output import Output

app = typer.Typer(
    help="Correct what was posted.\n\nAn entry is never changed; its exact mirror takes it back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Keep the group a group while it has one command."""


@app.command(epilog="Example: tranche post reverse 58 --reason 'The bank charged another account.'")
def reverse(
    entry: Annotated[int, typer.Argument(min=1, help="The number of the entry.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept with the record.")],
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
    key: Key = None,
) -> int:
    """Propose to reverse an entry, with all that the same decision posted.

    Where another action takes it back, that action is named and nothing is proposed.
    """
    enter(directory)
    from tranche.cli.proposing import propose_act

    return propose_act("entry.reverse", {"entry": entry}, reason, username, key, Output(as_json, quiet))
