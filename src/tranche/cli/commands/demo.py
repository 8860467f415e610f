"""`tranche demo`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import choose
from tranche.cli.options import Directory, Quiet
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche demo --no-serve --dir demo-data")(demo)


def demo(
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Serve on this port.")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Print a summary and end.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over; only in a folder that holds a demo.")
    ] = False,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Run the whole mechanism on the sample and serve it.

    A second run changes nothing and says what exists; an interrupted one continues where it stopped.
    """
    folder = choose(directory)
    from tranche.cli.demo.running import run_demo

    return run_demo(folder, port, Output(quiet=quiet), fresh=fresh, serve=not no_serve)
