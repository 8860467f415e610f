"""Test databases: one migrated template an engine, a fresh copy a test, a private PostgreSQL server.

The server listens on a unix socket in a short temporary folder only, runs as an unprivileged user, and is
stopped by its own process id.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from tranche.conf.environment import Environment, database

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
START_SECONDS_MAX = 30
ROLE = "tranche"


def postgres_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server that Debian installed, or None."""
    return next((folder for folder in BINARIES if (folder / "initdb").exists()), None)


class Server:
    """A PostgreSQL cluster of our own in a temporary folder."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="trn-pg-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if os.geteuid() == 0:
            os.chown(self.folder, self._user().pw_uid, self._user().pw_gid)
        data = str(self.folder / "data")
        self._run(
            [
                str(self.binaries / "initdb"),
                "-D",
                data,
                "-U",
                ROLE,
                "-k",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
            ]
        )
        command = [
            str(self.binaries / "postgres"),
            "-D",
            data,
            "-k",
            str(self.folder),
            "-c",
            "listen_addresses=",
        ]
        log = (self.folder / "server.log").open("wb")
        self._process = subprocess.Popen(self._as_user(command), stdout=log, stderr=log, cwd="/")
        log.close()
        self._wait()

    def _user(self) -> pwd.struct_passwd:
        return pwd.getpwnam("postgres")

    def _as_user(self, command: list[str]) -> list[str]:
        if os.geteuid() != 0:
            return command
        user = self._user()
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]

    def _run(self, command: list[str]) -> None:
        subprocess.run(self._as_user(command), check=True, capture_output=True, cwd="/")

    def _wait(self) -> None:
        """Until our own server answers; whoever else answers is refused by its data folder."""
        import psycopg

        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                with psycopg.connect(host=str(self.folder), dbname="postgres", user=ROLE) as connection:
                    row = connection.execute("SHOW data_directory").fetchone()
                break
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        assert row is not None
        assert row[0] == str(self.folder / "data")

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.folder), dbname="postgres", user=ROLE, autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[call-overload]  # fixed names of our own

    def url(self, name: str) -> str:
        return f"postgresql://{ROLE}@/{name}?host={self.folder}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


def environment(data_dir: Path, url: str = "") -> Environment:
    return Environment(
        data_dir=data_dir,
        database_url=url,
        hosts=("localhost",),
        today=None,
        demo=True,
        storage_warns=True,
        cheap_passwords=True,
    )


def point_at(data_dir: Path, url: str = "") -> None:
    """Let the aliases default, read and scratch speak to the databases of this folder or address."""
    from django.conf import settings

    close()
    settings.TRANCHE_DATA_DIR = data_dir
    for alias in ("default", "read"):
        _replace(alias, database(environment(data_dir, url)))
    _replace("scratch", {**connections["scratch"].settings_dict, "NAME": str(data_dir / "scratch.sqlite3")})


def _replace(alias: str, wanted: dict[str, Any]) -> None:
    """Point one alias elsewhere; the read alias keeps its own way of opening transactions."""
    options = dict(wanted["OPTIONS"])
    if alias == "read" and "transaction_mode" in options:
        options |= {
            "transaction_mode": "DEFERRED",
            "init_command": options["init_command"] + " PRAGMA query_only=ON;",
        }
    defaults = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False}
    blank = dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), "")
    test = {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None}
    connections.settings[alias] = {**defaults, **blank, "TEST": test, **wanted, "OPTIONS": options}
    if hasattr(connections._connections, alias):  # type: ignore[attr-defined]  # Django's own thread store
        delattr(connections._connections, alias)  # type: ignore[attr-defined]  # as above


def close() -> None:
    connections.close_all()


def migrate() -> None:
    call_command("migrate", database="default", verbosity=0)


@contextmanager
def sqlite_template(folder: Path) -> Iterator[Path]:
    """A folder with a migrated tranche.sqlite3 and scratch.sqlite3, closed and ready to copy."""
    point_at(folder)
    migrate()
    call_command("migrate", database="scratch", verbosity=0)
    for alias in ("default", "scratch"):
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    yield folder


def copy_template(template: Path, target: Path) -> None:
    for name in ("tranche.sqlite3", "scratch.sqlite3"):
        shutil.copyfile(template / name, target / name)
