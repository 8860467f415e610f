"""Raw versioned SQL: applied by migrations, split into statements where the engine wants it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

FILES = ("0001_log", "0002_ledger", "0003_decision", "0004_record")


def script(vendor: str, name: str) -> str:
    """The text of one SQL file for an engine ("sqlite" or "postgresql")."""
    folder = resources.files("tranche.store").joinpath("sql").joinpath(vendor)
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")


def statements(text: str) -> Iterator[str]:
    """The statements of a SQLite script; triggers hold semicolons, so SQLite itself says where one ends."""
    pending = ""
    for piece in text.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            if pending.strip(" ;\n"):
                yield pending.strip()
            pending = ""
    if pending.strip(" ;\n"):
        raise ValueError("the script ends inside a statement")


def apply(connection: Any, name: str) -> None:
    """Run one SQL file on a Django connection."""
    text = script(connection.vendor, name)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in statements(text):
                cursor.execute(statement)
        else:
            cursor.execute(text)


def triggers(connection: Any) -> dict[str, str]:
    """The guards that are present: name and definition, for comparison with a fresh schema."""
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: " ".join(text.split()) for name, text in cursor.fetchall()}


def expected_triggers(vendor: str) -> dict[str, str]:
    """The guards that the shipped SQL makes: from a fresh SQLite database, or by name on PostgreSQL."""
    if vendor == "sqlite":
        return _sqlite_triggers()
    folder = resources.files("tranche.store").joinpath("sql").joinpath(vendor)
    names = folder.joinpath("triggers.txt").read_text(encoding="utf-8").split()
    return dict.fromkeys(names, "")


@cache
def _sqlite_triggers() -> dict[str, str]:
    memory = sqlite3.connect(":memory:")
    try:
        for name in FILES:
            for statement in statements(script("sqlite", name)):
                memory.execute(statement)
        rows = memory.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name: " ".join(text.split()) for name, text in rows}
    finally:
        memory.close()
