"""The roster file of `tranche init`: read, and its tables and columns checked before anything is made."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt

EXAMPLE = resources.files("tranche.conf").joinpath("roster-example.toml")
BYTES_MAX = 2**20
COLUMNS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "parties": (
        frozenset({"ref", "kind", "country", "name", "org_scheme", "org_number"}),
        frozenset({"name_uk", "name_lt", "payment_name"}),
    ),
    "origins": (frozenset({"ref", "party", "kind", "title"}), frozenset()),
    "bank_accounts": (frozenset({"party", "iban", "bic", "currency", "opened_on"}), frozenset()),
    "people": (frozenset({"username", "name", "grants"}), frozenset({"language"})),
}
"""Every table with the columns that it must have and those that it may have."""


def read_roster(path: Path) -> dict[str, Any]:
    """The parsed file; raises Halt that names the first thing that is wrong."""
    if not path.is_file():
        raise _wrong(f"There is no file {path}.")
    data = path.read_bytes()
    if len(data) > BYTES_MAX:
        raise _wrong(f"{path} is larger than {BYTES_MAX} bytes.")
    try:
        roster = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(f"{path} is no TOML file: {error}.") from error
    check_roster(roster)
    return roster


def check_roster(roster: Mapping[str, Any]) -> None:
    """Tables and columns are those of the example; values are checked by the action."""
    if not isinstance(roster.get("mechanism"), str) or not roster["mechanism"].strip():
        raise _wrong("The roster names no mechanism.")
    for name in roster:
        if name != "mechanism" and name not in COLUMNS:
            raise _wrong(f"The roster has a table {name} that nobody knows.")
    for table, (needed, optional) in COLUMNS.items():
        rows = roster.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _wrong(f"{table} is a list of tables, written as [[{table}]].")
        for number, row in enumerate(rows, start=1):
            _check_row(f"{table}, row {number}", row, needed, optional)
    if not roster.get("people"):
        raise _wrong("The roster has no people, so nobody could decide anything.")


def _check_row(place: str, row: Mapping[str, Any], needed: frozenset[str], optional: frozenset[str]) -> None:
    missing = sorted(needed - row.keys())
    unknown = sorted(row.keys() - needed - optional)
    if missing:
        raise _wrong(f"{place}: {', '.join(missing)} is missing.")
    if unknown:
        raise _wrong(f"{place}: {', '.join(unknown)} is not known here.")


def _wrong(what: str) -> Halt:
    return Halt(Exit.USAGE, what, NOTHING_WRITTEN, "See the commented example: tranche init --example")
