"""`tranche migrate`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Quiet
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche migrate --plan")(migrate)


def migrate(
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be applied, and apply nothing.")
    ] = False,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Bring the database to the program's version.

    Make a backup before.
    """
    folder = enter(directory)
    from tranche.cli.checking import apply_migrations

    return apply_migrations(folder, Output(quiet=quiet), plan=plan)
