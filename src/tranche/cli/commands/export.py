"""`tranche export`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Quiet
from tranche.cli.output import Output

DAY = ["%Y-%m-%d"]

app = typer.Typer(
    help="Files for people outside, who can check them without us.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: tranche export evidence LT-UA-2024-T1 --out pack.zip --policy-out log-policy")
def evidence(
    refs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="REF...",
            help="References, each with all that continue it, or numbers of decisions.",
            show_default=False,
        ),
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="Every entry from this day on.", show_default=False),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAY, help="And up to this day.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every entry of the log.")] = False,
    view: Annotated[
        str,
        typer.Option(
            "--view", help="Who will read it: public, auditor, or donor@ and the reference of one donor."
        ),
    ] = "auditor",
    out: Annotated[Path, typer.Option("--out", help="The pack to write.")] = Path("evidence.zip"),
    policy_out: Annotated[
        Path | None,
        typer.Option("--policy-out", help="A file for the policy that checks it.", show_default=False),
    ] = None,
    directory: Directory = None,
    quiet: Quiet = False,
) -> int:
    """Write an evidence pack: log entries with their proof, postings, approvals and documents.

    The same entries under the same head, whoever reads them; what a reader may not see is closed. Check it
    with: tranche-verify PACK --policy FILE
    """
    enter(directory)
    from tranche.cli.exporting import FIRST_DAY, LAST_DAY, export_evidence

    has_days = first is not None or last is not None
    if [bool(refs), everything, has_days].count(True) != 1:
        raise typer.BadParameter("name references, or days, or say --all", param_hint="REF...")
    if first and last and first > last:
        raise typer.BadParameter("the first day lies after the last one", param_hint="--from")
    days = (f"{first:%Y-%m-%d}" if first else FIRST_DAY, f"{last:%Y-%m-%d}" if last else LAST_DAY)
    return export_evidence(refs or [], days if has_days else None, view, out, policy_out, Output(quiet=quiet))


@app.command(epilog="Example: tranche export verifier --out tranche-verify.pyz")
def verifier(
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("tranche-verify.pyz"),
    quiet: Quiet = False,
) -> int:
    """Write the verifier as one file that runs with Python alone, and print its hash.

    The same release writes the same bytes everywhere.
    """
    from tranche.cli.verifier_file import write_verifier

    return write_verifier(out, Output(quiet=quiet))
