"""The roster file of `tranche init`: every table, column and value checked before anything is made."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import static_conflict
from tranche.kernel.recovery import set_refused

EXAMPLE = resources.files("tranche.conf").joinpath("roster-example.toml")
BYTES_MAX = 2**20
COLUMNS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "parties": (
        frozenset({"ref", "kind", "country", "name", "org_scheme", "org_number"}),
        frozenset({"name_uk", "name_lt", "payment_name"}),
    ),
    "origins": (frozenset({"ref", "party", "kind", "title"}), frozenset()),
    "bank_accounts": (
        frozenset({"party", "iban", "bic", "currency", "opened_on"}),
        frozenset({"use", "opening_minor"}),
    ),
    "people": (frozenset({"username", "name", "grants"}), frozenset({"language"})),
}
"""Every table with the columns that it must have and those that it may have."""

KINDS = {
    "parties": ("state", "ministry", "union", "manufacturer", "bank", "auditor"),
    "origins": ("budget", "windfall", "interest", "unknown"),
}
PATTERNS = {
    "ref": re.compile(r"[A-Z0-9][A-Z0-9-]{0,38}[A-Z0-9](:[a-z]{2,20})?"),
    "country": re.compile("[A-Z]{2}"),
    "currency": re.compile("[A-Z]{3}"),
    "username": re.compile(r"[a-z0-9][a-z0-9._-]{1,59}"),
    "language": re.compile("en|uk|lt"),
    "use": re.compile("mechanism|state"),
    "opening_minor": re.compile("[0-9]{1,15}"),
}
UNIQUE = (
    ("parties", ("ref",)),
    ("parties", ("org_scheme", "org_number")),
    ("origins", ("ref",)),
    ("bank_accounts", ("iban", "currency")),
    ("people", ("username",)),
)
TEXT_LENGTH_MAX = 200


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
    """Raise Halt for the first fault of a roster."""
    for fault in _faults(roster):
        raise _wrong(fault)


def _faults(roster: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(roster.get("mechanism"), str) or not roster["mechanism"].strip():
        yield "The roster names no mechanism."
    for name in roster:
        if name not in ("mechanism", "recovery") and name not in COLUMNS:
            yield f"The roster has a table {name} that nobody knows."
    for table, (needed, optional) in COLUMNS.items():
        rows = roster.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            yield f"{table} is a list of tables, written as [[{table}]]."
        for number, row in enumerate(rows, start=1):
            for fault in _row_faults(table, row, needed, optional):
                yield f"{table}, row {number}: {fault}"
    if not roster.get("people"):
        yield "The roster has no people, so nobody could decide anything."
    yield from _links(roster)
    yield from _recovery_faults(roster)


def _row_faults(
    table: str, row: Mapping[str, Any], needed: frozenset[str], optional: frozenset[str]
) -> Iterator[str]:
    if missing := sorted(needed - row.keys()):
        yield f"{', '.join(missing)} is missing."
    if unknown := sorted(row.keys() - needed - optional):
        yield f"{', '.join(unknown)} is not known here."
    for name, value in row.items():
        if name != "grants" and not _is_text(value):
            yield f"{name} is a text of at most {TEXT_LENGTH_MAX} characters."
        elif name in PATTERNS and not PATTERNS[name].fullmatch(value):
            yield f"{name} {value} is not written as in the example."
    if table in KINDS and row["kind"] not in KINDS[table]:
        yield f"kind {row['kind']} is none of {', '.join(KINDS[table])}."
    if table == "bank_accounts":
        yield from _account_faults(row)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= TEXT_LENGTH_MAX and value.isprintable()


def _account_faults(row: Mapping[str, Any]) -> Iterator[str]:
    from schwifty import BIC, IBAN

    checks: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("iban", IBAN),
        ("bic", BIC),
        ("opened_on", date.fromisoformat),
    )
    for name, parse in checks:
        try:
            parse(row[name])
        except ValueError:
            yield f"{name} {row[name]} is not valid."
    if "opening_minor" in row and row.get("use") != "state":
        yield "opening_minor is for the state's own accounts: money of the mechanism comes by statements."


def _links(roster: Mapping[str, Any]) -> Iterator[str]:
    """What one row says of others: references that exist, values that stand once, roles that go together."""
    parties = {row["ref"] for row in roster.get("parties", [])}
    for table in ("origins", "bank_accounts"):
        for row in roster.get(table, []):
            if row["party"] not in parties:
                yield f"{table}: there is no party {row['party']}."
    for table, columns in UNIQUE:
        values = [tuple(row[name] for name in columns) for row in roster.get(table, [])]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield f"{table}: {' '.join(value)} stands twice."
    for row in roster.get("people", []):
        yield from _grant_faults(row["username"], row["grants"], parties)


def _grant_faults(username: str, grants: object, parties: set[str]) -> Iterator[str]:
    if not isinstance(grants, list) or not grants or not all(isinstance(grant, str) for grant in grants):
        yield f"{username}: grants is a list of ROLE@PARTY."
        return
    pairs = [grant.partition("@") for grant in grants]
    roles = {role.value for role in Role}
    for role, _, party in pairs:
        if role not in roles or party not in parties:
            yield f"{username}: {role}@{party} names no role or no party."
            return
    if static_conflict(frozenset(Role(role) for role, _, _ in pairs)):
        yield f"{username}: one person may not hold {', '.join(grants)} together."


def _recovery_faults(roster: Mapping[str, Any]) -> Iterator[str]:
    """The three of both sides who can give a role when nobody else can any more; left out for later."""
    named = roster.get("recovery", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        yield "recovery is a list of three user names."
        return
    held = {row["username"]: row["grants"] for row in roster.get("people", []) if row["username"] in named}
    roles = {name: [Role(grant.partition("@")[0]) for grant in grants] for name, grants in held.items()}
    if named and (len(named) != len(roles) or set_refused(roles)):
        yield "recovery names three people of the roster, each of one side, and at least one of each side."


def _wrong(what: str) -> Halt:
    return Halt(Exit.USAGE, what, NOTHING_WRITTEN, "See the commented example: tranche init --example")
