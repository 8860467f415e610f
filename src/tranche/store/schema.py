"""Raw versioned SQL: applied by migrations, split into statements where the engine wants it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

FILES = ("0001_log", "0002_ledger", "0003_decision", "0004_record", "0005_signoff", "0006_tree")
OUR_TABLES_FIRST = """
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)
"""
"""What functions keep that are made after it; else a session's temporary table comes before ours."""
SQLITE_OBJECTS = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def script(vendor: str, name: str) -> str:
    """The text of one SQL file for an engine ("sqlite" or "postgresql")."""
    folder = resources.files("tranche.store").joinpath("sql").joinpath(vendor)
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")


def statements(text: str) -> Iterator[str]:
    """The statements of a SQLite script; triggers hold semicolons, so SQLite itself says where one ends."""
    *pieces, rest = text.split(";")
    pending = ""
    for piece in pieces:
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if (pending + rest).strip():
        raise ValueError("the script ends inside a statement")


def apply(connection: Any, name: str) -> None:
    """Run one SQL file on a Django connection."""
    text = script(connection.vendor, name)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in statements(text):
                cursor.execute(statement)
        else:
            cursor.execute(OUR_TABLES_FIRST)
            cursor.execute(text)


def guards(connection: Any) -> dict[str, str]:
    """What is present of tables, triggers and constraints: names and fingerprints."""
    with connection.cursor() as cursor:
        cursor.execute(SQLITE_OBJECTS if connection.vendor == "sqlite" else script("postgresql", "guards"))
        return {name: _fingerprint(text) for name, text in cursor.fetchall()}


def shipped_guards(vendor: str) -> dict[str, str]:
    """What the shipped SQL makes: from a fresh SQLite database, or from the list beside PostgreSQL's SQL."""
    return dict(_sqlite_guards() if vendor == "sqlite" else _listed_guards())


def _fingerprint(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


@cache
def _listed_guards() -> dict[str, str]:
    folder = resources.files("tranche.store").joinpath("sql").joinpath("postgresql")
    rows = folder.joinpath("guards.txt").read_text(encoding="utf-8").splitlines()
    return {name: sha256 for sha256, name in (row.split("  ", 1) for row in rows)}


@cache
def _sqlite_guards() -> dict[str, str]:
    memory = sqlite3.connect(":memory:")
    try:
        for name in FILES:
            for statement in statements(script("sqlite", name)):
                memory.execute(statement)
        return {name: _fingerprint(text) for name, text in memory.execute(SQLITE_OBJECTS)}
    finally:
        memory.close()
