"""`tranche work`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Quiet
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche work --once")(work)


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """End expired decisions, write reminders, sign the log, send mail, checkpoint the database.

    Goes on every ten seconds until it is stopped; beside a server it keeps the write-ahead log small.
    """
    enter(directory)
    from tranche.cli.checking import refuse_unsafe
    from tranche.cli.working import keep_working

    refuse_unsafe()
    return keep_working(Output(quiet=quiet), once=once)
