"""`tranche decision list|show|propose|withdraw`: nothing is approved from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Key, Quiet
from tranche.cli.output import Output

WHICH = "Its id or the beginning of it; or a reference: then the latest decision about that."

app = typer.Typer(
    help="Writes that wait for sign-off.\n\nThey are approved on the page Decisions, never from here.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list", epilog="Example: tranche decision list --all")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also those that have ended, newest first.")] = False,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """What waits, the oldest first, and for whom."""
    enter(directory)
    from tranche.cli.deciding import print_decisions

    return print_decisions(every, username, Output(as_json, quiet))


@app.command(epilog="Example: tranche decision show LT-UA-2024-T1")
def show(
    which: Annotated[str, typer.Argument(help=WHICH)],
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """One decision: its code, what the approvers see, who approved and who is still needed."""
    enter(directory)
    from tranche.cli.deciding import print_decision

    return print_decision(which, username, Output(as_json, quiet))


@app.command(
    epilog="Example: tranche decision propose programme.release --set programme=P-LT-PRODUCTION"
    " --set funding=LT-UA-2024-T1 --set 'amount=1000.00 EUR' --reason 'Not needed any more.'"
)
def propose(
    action: Annotated[str, typer.Argument(help="The action, such as programme.release.")],
    values: Annotated[
        list[str] | None,
        typer.Option("--set", help="One argument as NAME=VALUE; an amount as 'NAME=1000.00 EUR'."),
    ] = None,
    files: Annotated[
        list[str] | None, typer.Option("--file", help="One document as KIND=PATH, such as letter=a.pdf.")
    ] = None,
    arguments: Annotated[
        Path | None, typer.Option("--arguments", help="A JSON file with the arguments.", show_default=False)
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, in a sentence.")] = None,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
    key: Key = None,
) -> int:
    """Ask for a write; done at once where nobody else has to agree, else it waits for its approvers."""
    enter(directory)
    from tranche.cli.arguments import gathered
    from tranche.cli.proposing import propose_act

    asked = gathered(action, values or [], files or [], arguments)
    return propose_act(action, asked, reason, username, key, Output(as_json, quiet))


@app.command(epilog="Example: tranche decision withdraw P-LT-PRODUCTION --reason 'Asked for by mistake.'")
def withdraw(
    which: Annotated[str, typer.Argument(help=WHICH)],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept with the record.")],
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
    key: Key = None,
) -> int:
    """Take back one's own proposal while it waits."""
    enter(directory)
    from tranche.cli.deciding import withdraw_decision

    return withdraw_decision(which, reason, username, key, Output(as_json, quiet))
