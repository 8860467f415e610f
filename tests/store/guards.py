"""The list of PostgreSQL guards from a migrated database: python -m tests.store.guards > FILE."""

from __future__ import annotations

import sys
from typing import Any


def listed(connection: Any) -> str:
    """Triggers of every table, and constraints of the tables that the shipped SQL makes."""
    from tranche.store.schema import guards

    managed = {*connection.introspection.django_table_names(), "django_migrations"}
    rows = [
        f"{sha256}  {name}\n"
        for name, sha256 in sorted(guards(connection).items())
        if name.startswith("trigger ") or name.split()[1].split(".")[0] not in managed
    ]
    return "".join(rows)


def main() -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    import tests.conftest  # noqa: F401 - sets Django up
    from django.db import connections
    from tests.databases import Server, close, migrate, point_at, postgres_binaries

    binaries = postgres_binaries()
    assert binaries is not None, "PostgreSQL is not installed"
    server = Server(binaries)
    with TemporaryDirectory() as folder:
        try:
            server.start()
            server.execute("CREATE DATABASE listing")
            point_at(Path(folder), server.url("listing"))
            migrate()
            sys.stdout.write(listed(connections["default"]))
        finally:
            close()
            server.stop()


if __name__ == "__main__":
    main()
