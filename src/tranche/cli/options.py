"""The options that several commands share, named and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Directory = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        help="The folder of the mechanism; else TRANCHE_DATA_DIR, else ./tranche-data.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print no messages, only results and refusals.")]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", help="The key of this request (a UUID); made and printed if absent.", show_default=False
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="The sign-in that acts; else the one that bears your system user's name. In a demo folder"
        " reads act as the auditor, writes as the fund manager ua.manager.",
        show_default=False,
    ),
]
At = Annotated[
    str,
    typer.Option(
        "--at", help="As the log stood at this entry: exact, and the same for ever.", show_default=False
    ),
]
On = Annotated[
    str, typer.Option("--on", help="At the end of this booking date, YYYY-MM-DD.", show_default=False)
]
ValueOn = Annotated[
    str, typer.Option("--value-on", help="At the end of this value date, YYYY-MM-DD.", show_default=False)
]
LEADING = {"--dir": 1, "--json": 0, "--quiet": 0}
"""Options that may also stand before the command, with how many values each takes."""


def leading_last(arguments: list[str]) -> list[str]:
    """Move shared options from before the command to its end, where every command knows them."""
    moved: list[str] = []
    rest = list(arguments)
    while rest and rest[0].partition("=")[0] in LEADING:
        name, mark, _ = rest[0].partition("=")
        taken = 1 if mark else 1 + LEADING[name]
        moved += rest[:taken]
        rest = rest[taken:]
    return rest + moved if rest else moved
