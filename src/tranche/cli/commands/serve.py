"""`tranche serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Quiet
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche serve --bind 127.0.0.1:8000")(serve)


def serve(
    bind: Annotated[str, typer.Option("--bind", help="Address and port to listen on.")] = "127.0.0.1:8000",
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=64, help="Processes; else one a core.", show_default=False),
    ] = None,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Serve the pages of an existing mechanism.

    A self-check comes first; an address that other machines can reach is refused while approvals rest on a
    password.
    """
    folder = enter(directory)
    from tranche.cli.checking import refuse_unsafe
    from tranche.cli.server import run_server

    refuse_unsafe()
    return run_server(folder, bind, workers, Output(quiet=quiet))
