"""Founding a mechanism from a roster: folder, database, first entries, one-time passwords."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.folder import create_database, is_demo, is_mechanism, prepare, set_up_django
from tranche.cli.output import Column, Output

PASSWORD_BYTES = 12  # 96 bits: nobody guesses it before it is changed


def found(folder: Path, roster: Mapping[str, Any], key: str | None, output: Output) -> int:
    """Make the mechanism and print each person's one-time password once; refused where people exist."""
    if is_demo(folder):
        raise Halt(
            Exit.REFUSED,
            f"{folder} holds a demonstration.",
            NOTHING_WRITTEN,
            "Name an empty folder with --dir.",
        )
    if not is_mechanism(folder):
        prepare(folder)
    set_up_django()
    create_database(folder)
    passwords = register(roster, key, output)
    if output.as_json:
        people = [{"username": name, "password": word} for name, word in passwords.items()]
        output.document({"mechanism": roster["mechanism"], "folder": str(folder), "people": people})
        return Exit.DONE
    output.table(
        "One-time passwords: hand each to its person; they are kept nowhere",
        (Column("sign-in"), Column("password")),
        list(passwords.items()),
    )
    output.say(f"{roster['mechanism']} stands in {folder}. Start it with: tranche serve --dir {folder}")
    return Exit.DONE


def register(roster: Mapping[str, Any], key: str | None, output: Output) -> dict[str, str]:
    """The logged set-up entries; gives the passwords that were made."""
    from tranche.actions.setup import roster_from, set_up
    from tranche.cli.acting import checked_key
    from tranche.cli.log_work import found_log
    from tranche.kernel.refusals import AlreadyThere
    from tranche.models import Person

    if Person.objects.exists():
        raise AlreadyThere("roster", str(roster["mechanism"]))
    passwords = {str(row["username"]): secrets.token_urlsafe(PASSWORD_BYTES) for row in roster["people"]}
    set_up(roster_from(roster, passwords), key=checked_key(key, output))
    found_log()
    return passwords
