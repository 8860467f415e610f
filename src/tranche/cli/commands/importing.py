"""`tranche import announcements FILE` and `tranche import bank FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Key, Quiet
from tranche.cli.output import Output

app = typer.Typer(
    help="Bring documents and bank statements in.\n\nNothing that is imported books money by itself.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
File = Annotated[Path, typer.Argument(help="The file to read.", show_default=False)]


@app.command(
    epilog="Example: tranche import announcements announcement.txt --published 2024-12-02 --outlet Gazette"
)
def announcements(
    file: File,
    ref: Annotated[
        str | None, typer.Option("--ref", help="Reference of the document; else from its name.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Else the first line of the text.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where it was published.")] = None,
    outlet: Annotated[str | None, typer.Option("--outlet", help="Who published it.")] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="YYYY, YYYY-MM or YYYY-MM-DD as printed.")
    ] = None,
    source_class: Annotated[str, typer.Option("--class", help="Class of the source.")] = "press",
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
    key: Key = None,
) -> int:
    """Read an English announcement into draft claims.

    Persons confirm, link or reject each of them; a claim never moves money.
    """
    enter(directory)
    from tranche.cli.staging import Announcement, stage_announcement

    described = Announcement(file, ref, title, url, outlet, published, source_class)
    return stage_announcement(described, username, key, Output(as_json, quiet))


@app.command(epilog="Example: tranche import bank statement.xml")
def bank(
    file: File,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
    key: Key = None,
) -> int:
    """Stage a camt.053 statement whole, or refuse it whole.

    Its lines wait until a person says what each of them is.
    """
    enter(directory)
    from tranche.cli.staging import stage_statement

    return stage_statement(file, username, key, Output(as_json, quiet))
