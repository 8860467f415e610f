"""`tranche people list` and `tranche people show USER`: who acts for whom."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Quiet
from tranche.cli.output import Output

app = typer.Typer(help="See who acts for whom.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog="Example: tranche people list --json")
def list_(
    directory: Directory = None, as_json: Json = False, quiet: Quiet = False, username: As = None
) -> int:
    """Everybody, with the roles that they hold today."""
    enter(directory)
    from tranche.cli.people import print_people

    return print_people(username, Output(as_json, quiet))


@app.command("show", epilog="Example: tranche people show ua.payer")
def show(
    user: Annotated[str, typer.Argument(metavar="USER", help="The user name of one sign-in of the person.")],
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """One person: roles that hold and that ended, substitutes, sign-ins."""
    enter(directory)
    from tranche.cli.people import print_person

    return print_person(user, username, Output(as_json, quiet))
