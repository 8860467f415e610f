"""Raw versioned SQL: applied by migrations, split into statements where the engine wants it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
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
            "SELECT c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled || p.prosrc"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: " ".join(text.split()) for name, text in cursor.fetchall()}
