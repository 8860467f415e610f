"""`tranche balance`."""

from __future__ import annotations

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, At, Directory, Json, On, Quiet, ValueOn
from tranche.cli.output import Output


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example: tranche balance --json")(balance)


def balance(
    at: At = "",
    on: On = "",
    value_on: ValueOn = "",
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """Every account of the ledger, and the totals; now, or as they were."""
    enter(directory)
    from tranche.cli.book import print_balance

    return print_balance((at, on, value_on), username, Output(as_json, quiet))
