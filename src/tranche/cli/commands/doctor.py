"""`tranche doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Json, Quiet
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche doctor --ledger")(doctor)


def doctor(
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Recompute balances, stamps, fragments and entry hashes too.")
    ] = False,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Check settings, guards, disk, clock and ledger.

    Says what to do about every finding; ends with 1 where there is one, with 8 where something was changed
    that must not change.
    """
    enter(directory)
    from tranche.cli.checking import print_findings

    return print_findings(Output(as_json, quiet), ledger=ledger)
