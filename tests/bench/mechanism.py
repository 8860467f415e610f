"""A mechanism to measure: migrated in a new folder on a real disk, on either engine; and processor time."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from tests.databases import Server, close, migrate, point_at, postgres_binaries

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Where it stands; `server` is given on PostgreSQL, with the name of its database."""

    folder: Path
    server: Server | None = None
    name: str = ""

    @property
    def engine(self) -> str:
        return "PostgreSQL" if self.server else "SQLite"

    @property
    def url(self) -> str:
        return self.server.url(self.name) if self.server else ""

    @property
    def database(self) -> Path:
        """The file of the embedded database."""
        return self.folder / "tranche.sqlite3"

    def cpu_seconds(self) -> float:
        """Processor time so far, of this process and of the server's."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        server = server_cpu_seconds(self.server.pid) if self.server else 0.0
        return used.ru_utime + used.ru_stime + server


def server_cpu_seconds(postmaster: int) -> float:
    """Processor time of a PostgreSQL server: its own, of its children, and of those that have ended."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number = int(stat.parent.name)
            fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended meanwhile
        if number == postmaster:
            total += sum(map(int, fields[11:15]))
        elif int(fields[1]) == postmaster:
            total += sum(map(int, fields[11:13]))
    return total / TICKS


def set_up() -> None:
    """Make Django ready for measurements, away from every real mechanism."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tranche.conf.settings")
    os.environ.update(TRANCHE_DATA_DIR=tempfile.mkdtemp(), TRANCHE_DEMO="1")
    django.setup()


@contextmanager
def sqlite_mechanism(folder: Path) -> Iterator[Mechanism]:
    """A fresh embedded mechanism in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="sqlite-", dir=folder) as name:
        point_at(Path(name))
        migrate()
        try:
            yield Mechanism(Path(name))
        finally:
            close()


@contextmanager
def postgres_server(folder: Path) -> Iterator[Server | None]:
    """A private server whose data lie in this folder, or None where PostgreSQL is not installed."""
    binaries = postgres_binaries()
    if binaries is None:
        yield None
        return
    server = Server(binaries, folder)
    try:
        server.start()
        yield server
    finally:
        close()
        server.stop()


@contextmanager
def postgres_mechanism(server: Server, folder: Path) -> Iterator[Mechanism]:
    """A fresh mechanism in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="postgres-", dir=folder) as path:
        name = f"bench_{os.getpid()}_{next(_numbers)}"
        server.execute(f"CREATE DATABASE {name}")
        point_at(Path(path), server.url(name))
        migrate()
        try:
            yield Mechanism(Path(path), server, name)
        finally:
            close()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


_numbers = iter(range(10**9))
