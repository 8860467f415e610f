"""Points of the story at which many tests begin: told once by a process on each engine, then copied.

An office that nobody has touched is brought there by a copy of the database. One that was touched in any
way goes the whole way by itself, as does a way with other figures.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.db import connections

from tests.databases import close, point_at

_FOLDER = Path(tempfile.mkdtemp(prefix="tranche-stages-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


class Staged(Protocol):
    """What can be brought to a stage: it knows the mark of its own beginning."""

    untouched: object


class Kept(NamedTuple):
    """A stage: its files, the name of its database on a server, and what the teller knew and answered."""

    folder: Path
    database: str
    known: dict[str, Any]
    answer: Any


_KEPT: dict[tuple[str, str], Kept] = {}
R = TypeVar("R")
T = TypeVar("T", bound=Staged)
P = ParamSpec("P")


def mark() -> object:
    """Something that changes with every write to the mechanism's database, whoever makes it."""
    if _server() is None:
        raw = connections["default"].connection
        return raw and (id(raw), raw.total_changes)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_database(), pg_snapshot_xmax(pg_current_snapshot())::text")
        return cursor.fetchone()


def staged(tell: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """Let a way of the story end at a stage; an office of another class tells it each time."""

    @wraps(tell)
    def bring(office: T, /, *args: P.args, **changed: P.kwargs) -> R:
        is_plain = not args and not changed and type(office).__name__ == "Office"
        if not is_plain or office.untouched != mark() or connections["default"].in_atomic_block:
            return tell(office, *args, **changed)
        key = (connections["default"].vendor, tell.__name__)
        if key not in _KEPT:
            answer = tell(office, *args, **changed)
            _KEPT[key] = _keep("_".join(key), dict(vars(office)), answer)
            return answer
        found = _KEPT[key]
        _restore(found)
        vars(office).update(found.known)
        return found.answer  # type: ignore[no-any-return]  # what the same way gave before

    return bring


def _server() -> tuple[str, str, str] | None:
    """Socket folder, role and database name on a server; None for a file."""
    used = connections.settings["default"]
    return None if connections["default"].vendor == "sqlite" else (used["HOST"], used["USER"], used["NAME"])


def _administer(host: str, role: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(host=host, dbname="postgres", user=role, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _keep(name: str, known: dict[str, Any], answer: Any) -> Kept:
    here, server, folder = Path(settings.TRANCHE_DATA_DIR), _server(), _FOLDER / name
    if server is None:
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    if server is not None:
        _administer(server[0], server[1], f"CREATE DATABASE stage_{name} TEMPLATE {server[2]}")
    shutil.copytree(here, folder, ignore=_left_out)
    return Kept(folder, f"stage_{name}" if server else "", known, answer)


def _left_out(_folder: str, names: list[str]) -> set[str]:
    """Sessions, locks and what a closed database needs no more stay where they are."""
    ends = ("-wal", "-shm", ".lock")
    return {name for name in names if name.startswith("scratch") or name.endswith(ends)}


def _restore(kept: Kept) -> None:
    here, server = Path(settings.TRANCHE_DATA_DIR), _server()
    close()
    for name in ("tranche.sqlite3-wal", "tranche.sqlite3-shm"):
        (here / name).unlink(missing_ok=True)
    shutil.copytree(kept.folder, here, dirs_exist_ok=True)
    if server is None:
        point_at(here)
        return
    host, role, name = server
    _administer(
        host,
        role,
        f"DROP DATABASE {name} WITH (FORCE)",
        f"CREATE DATABASE {name} TEMPLATE {kept.database}",
    )
    point_at(here, f"postgresql://{role}@/{name}?host={host}")
