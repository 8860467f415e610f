"""`tranche bulk trace`: whole-ledger work, with the extra of the same name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.folder import enter
from tranche.cli.options import As, Directory, Json, Quiet
from tranche.cli.output import Output

EXTRA = frozenset({"llvmlite", "numba", "numpy", "pyarrow"})

app = typer.Typer(
    help="Work on the whole ledger at once; needs the extra tranche[bulk].",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    # Without it a group of one command would be that command.
    pass


@app.command("trace", epilog="Example: tranche bulk trace --out trace.parquet --check")
def trace(
    out: Annotated[
        Path,
        typer.Option("--out", help="The Parquet file to write, readable by you alone.", show_default=False),
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare with the stored fragments first; ends with 8 if one differs."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    directory: Directory = None,
    as_json: Json = False,
    quiet: Quiet = False,
    username: As = None,
) -> int:
    """Whose money every use was, from the movements alone.

    One row for each source of each use, with the way of the money and its conversions. The file holds what
    an auditor may read (label auditor): it is written with mode 0600, and passing it on is your decision.
    """
    enter(directory)
    try:
        from tranche.cli.bulk import write_trace
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        raise Halt(
            Exit.UNAVAILABLE,
            f"This command needs {error.name}, which is not installed.",
            NOTHING_WRITTEN,
            "Install the extra: pip install tranche[bulk]",
        ) from error
    return write_trace(out, username, Output(as_json, quiet), check=check, force=force)
