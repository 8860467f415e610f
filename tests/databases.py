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

from tranche.conf.environment import Environment, databases

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
START_SECONDS_MAX = 30
ROLE = "tranche"
INITDB_OPTIONS = ("-k", "-A", "trust", "-E", "UTF8", "--locale=C")
UNPRIVILEGED = ("postgres", "nobody")


def postgres_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server that Debian installed, or None."""
    return next((folder for folder in BINARIES if (folder / "initdb").exists()), None)


class Server:
    """A PostgreSQL cluster of our own: its socket in a short folder, its data there or on a given disk."""

    def __init__(self, binaries: Path, disk: Path | None = None) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="trn-pg-", dir="/tmp"))
        self.disk = Path(tempfile.mkdtemp(prefix="trn-pg-", dir=disk)) if disk else self.folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that all others of the server are children of."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        if os.geteuid() == 0:
            for folder in {self.folder, self.disk}:
                os.chown(folder, self._user().pw_uid, self._user().pw_gid)
        data = str(self.disk / "data")
        self._run([str(self.binaries / "initdb"), "-D", data, "-U", ROLE, *INITDB_OPTIONS])
        command = [str(self.binaries / "postgres"), "-D", data, "-k", str(self.folder)]
        command += ["-c", "listen_addresses=", "-c", "log_min_messages=warning"]
        log = (self.folder / "server.log").open("wb")
        self._process = subprocess.Popen(self._as_user(command), stdout=log, stderr=log, cwd="/")
        log.close()
        self._wait()

    def _user(self) -> pwd.struct_passwd:
        """Who runs the server where the tests run as root, which PostgreSQL refuses."""
        known = {user.pw_name: user for user in pwd.getpwall()}
        return next(known[name] for name in UNPRIVILEGED if name in known)

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
        assert row[0] == str(self.disk / "data")

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.folder), dbname="postgres", user=ROLE, autocommit=True
        ) as connection:
            connection.execute(statement)

    def url(self, name: str, role: str = ROLE) -> str:
        return f"postgresql://{role}@/{name}?host={self.folder}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
        for folder in (self.folder, self.disk):
            shutil.rmtree(folder, ignore_errors=True)


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
    settings.TRANCHE_SIGNER_DIR = data_dir / "signer"
    for alias, wanted in databases(environment(data_dir, url)).items():
        _replace(alias, wanted)


def _replace(alias: str, wanted: dict[str, Any]) -> None:
    """Point one alias elsewhere, with what Django would have filled in at start."""
    blank = dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), "")
    defaults = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False}
    test = {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None}
    connections.settings[alias] = {**defaults, **blank, "TEST": test, **wanted}
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
