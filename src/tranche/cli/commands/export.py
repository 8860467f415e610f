"""`tranche export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.folder import enter
from tranche.cli.options import Directory, Quiet
from tranche.cli.output import Output

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
    from tranche.cli.exporting import export_evidence

    if bool(refs) == everything:
        raise typer.BadParameter("name references, or say --all", param_hint="REF...")
    return export_evidence(refs or [], view, out, policy_out, Output(quiet=quiet))


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
