"""`tranche init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.exits import Exit
from tranche.cli.folder import choose
from tranche.cli.options import Directory, Json, Key, Quiet
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche init --roster roster.toml --dir ministry-data")(init)


def init(
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="Parties, people, grants and bank accounts.", show_default=False),
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Print a commented roster and end.")] = False,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    key: Key = None,
) -> int:
    """Found a mechanism from a roster of people.

    Registers parties, people, grants, origins and bank accounts as logged set-up entries, and prints a
    one-time password for every person.
    """
    from tranche.cli.roster import EXAMPLE, read_roster

    if example:
        Output().line(EXAMPLE.read_text(encoding="utf-8").rstrip())
        return Exit.DONE
    if roster is None:
        raise typer.BadParameter("name the roster file, or use --example", param_hint="--roster")
    data = read_roster(roster)
    folder = choose(directory)
    from tranche.cli.founding import found

    return found(folder, data, key, Output(as_json, quiet))
