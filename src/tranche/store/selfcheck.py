"""The self-check at start: settings read back, guards compared, the disk and the clock looked at.

Any finding of level `refuse` means that nothing is served or written (security note, section 1).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tranche.store import clock, schema

FREE_BYTES_MIN = 2**30
FREE_PERCENT_MIN = 5
SQLITE_VERSION_MIN = (3, 40, 0)
REFUSED_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuseblk", "tmpfs"})

SQLITE_WANTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "temp_store": 2,
    "cell_size_check": 1,
    "wal_autocheckpoint": 0,
    "ignore_check_constraints": 0,
}
POSTGRESQL_WANTED = {
    "fsync": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
    "synchronous_commit": "on",
    "data_sync_retry": "off",
    "zero_damaged_pages": "off",
    "ignore_checksum_failure": "off",
    "session_replication_role": "origin",
    "transaction_isolation": "read committed",
    "TimeZone": "UTC",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",
}
POSTGRESQL_VERSION_MIN = 150_000

Level = Literal["refuse", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be, what was found and wanted, and what to do."""

    code: str
    level: Level
    what: str
    found: str
    wanted: str
    remedy: str


def self_check(alias: str = "default") -> tuple[Finding, ...]:
    """Look at everything; () means that the mechanism may serve and write."""
    connection = connections[alias]
    connection.ensure_connection()
    pending = tuple(_migrations(connection))
    if pending:
        return pending
    engine = _sqlite if connection.vendor == "sqlite" else _postgresql
    return (*engine(connection), *_guards(connection), *_storage(), *_clock(connection))


def refusals(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.level == "refuse")


def _sqlite(connection: Any) -> Iterator[Finding]:
    if sqlite3.sqlite_version_info < SQLITE_VERSION_MIN:
        yield Finding(
            "sqlite_version", "refuse", "SQLite", sqlite3.sqlite_version, "3.40 or newer", "Upgrade SQLite."
        )
    with connection.cursor() as cursor:
        for name, wanted in SQLITE_WANTED.items():
            cursor.execute(f"PRAGMA {name}")
            yield from _setting(name, cursor.fetchone()[0], wanted)


def _postgresql(connection: Any) -> Iterator[Finding]:
    if connection.pg_version < POSTGRESQL_VERSION_MIN:
        found = str(connection.pg_version)
        yield Finding(
            "postgresql_version", "refuse", "PostgreSQL", found, "15 or newer", "Upgrade PostgreSQL."
        )
    with connection.cursor() as cursor:
        for name, wanted in POSTGRESQL_WANTED.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            yield from _setting(name, cursor.fetchone()[0], wanted)
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            yield Finding(
                "superuser",
                "warn",
                "The database role is a superuser and could switch the guards off.",
                "superuser",
                "an ordinary role",
                "Run the application under its own role, see docs/settings.md.",
            )


def _setting(name: str, found: object, wanted: object) -> Iterator[Finding]:
    if found != wanted:
        yield Finding(
            f"setting_{name}",
            "refuse",
            f"The database setting {name} is not safe.",
            str(found),
            str(wanted),
            f"Set {name} to {wanted} and start again.",
        )


def _migrations(connection: Any) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes("tranche"))
    if plan:
        names = ", ".join(migration.name for migration, _ in plan)
        yield Finding(
            "schema",
            "refuse",
            "The database is older than the program.",
            f"without {names}",
            "every migration applied",
            "Make a backup, then run: tranche migrate",
        )
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)
    if names := ", ".join(sorted(name for app, name in unknown if app == "tranche")):
        yield Finding(
            "schema",
            "refuse",
            "The database is newer than the program.",
            f"with {names}",
            "only migrations that this program knows",
            "Install the version of the program that made this database, or a newer one.",
        )


def _guards(connection: Any) -> Iterator[Finding]:
    """Everything that the shipped SQL creates, as shipped; and no trigger beside it."""
    present, shipped = schema.guards(connection), schema.shipped_guards(connection.vendor)
    foreign = {name for name in present if name.startswith("trigger ")} - set(shipped)
    for name in sorted(foreign | {name for name, text in shipped.items() if present.get(name) != text}):
        found = "absent" if name not in present else "not shipped" if name in foreign else "another text"
        yield Finding(
            "guard",
            "refuse",
            f"The guard “{name}” of the database is missing, was changed or was added.",
            found,
            "as shipped",
            "Stop, keep the database as evidence, and compare it with a backup: tranche doctor --ledger",
        )


def _storage() -> Iterator[Finding]:
    """Free space and kind of file system of the data folder; warnings in tests and demonstrations."""
    level: Level = "warn" if settings.TRANCHE_STORAGE_WARNS else "refuse"
    folder = Path(settings.TRANCHE_DATA_DIR)
    usage = shutil.disk_usage(folder)
    if usage.free < FREE_BYTES_MIN or usage.free * 100 < usage.total * FREE_PERCENT_MIN:
        free = f"{usage.free // 2**20} MiB"
        yield Finding("space", level, "The disk is nearly full.", free, "1 GiB and 5 %", "Free some space.")
    kind = file_system(folder)
    if kind in REFUSED_FILE_SYSTEMS:
        yield Finding(
            "file_system",
            level,
            "The data folder is on a file system that may lose what was recorded.",
            kind,
            "a local disk",
            "Move the data folder to a local disk.",
        )


def file_system(folder: Path) -> str:
    """The type of the file system that holds a folder, "" where the system does not say."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    rows = [row.split() for row in mounts.read_text(encoding="utf-8").splitlines()]
    real = os.path.realpath(folder)
    holding = [
        (row[1], row[2]) for row in rows if real == row[1] or real.startswith(row[1].rstrip("/") + "/")
    ]
    return max(holding, key=lambda row: len(row[0]))[1] if holding else ""


def _clock(connection: Any) -> Iterator[Finding]:
    """A clock that runs behind the last log entry would date new ones before it; every write refuses that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_at, newest_at FROM log_head WHERE id = 1")
        last_at, newest_at = cursor.fetchone()
    if settings.TRANCHE_TODAY is not None and not settings.TRANCHE_DEMO:
        yield Finding(
            "clock_stands",
            "refuse",
            "The clock of this mechanism stands, so that nothing expires: that is for demonstrations only.",
            settings.TRANCHE_TODAY.isoformat(),
            "no TRANCHE_TODAY",
            "Take TRANCHE_TODAY away.",
        )
    ran_ahead = settings.TRANCHE_CLOCK_RAN_AHEAD_TO
    if ran_ahead:
        yield Finding(
            "clock_ran_ahead",
            "warn",
            "Writes before the latest time of the log are taken: it is named as wrong.",
            last_at,
            ran_ahead,
            "Take TRANCHE_CLOCK_RAN_AHEAD_TO away once that time has passed.",
        )
    if clock.is_behind(clock.now(), last_at, newest_at):
        yield Finding(
            "clock",
            "refuse",
            "The clock is behind the last log entry.",
            clock.now().isoformat(timespec="seconds"),
            f"not before {last_at}",
            "Set the clock of this machine. Where it is right and ran ahead before, name that time in "
            "TRANCHE_CLOCK_RAN_AHEAD_TO.",
        )
