"""New mechanisms for a campaign outside the test run: a copied file, or a database of a private server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.databases import (
    Server,
    close,
    copy_template,
    migrate,
    point_at,
    postgres_binaries,
    sqlite_template,
)

Fresh = Callable[[], AbstractContextManager[None]]


@contextmanager
def fresh_mechanisms(engine: str) -> Iterator[Fresh]:
    """Give a maker of mechanisms; each is open inside its own `with` and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tranche-simulation-"))
    try:
        with _on_sqlite(folder) if engine == "sqlite" else _on_postgresql(folder) as fresh:
            yield fresh
    finally:
        close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Fresh]:
    (template := folder / "template").mkdir()
    with sqlite_template(template):
        pass

    @contextmanager
    def fresh() -> Iterator[None]:
        place = Path(tempfile.mkdtemp(dir=folder))
        copy_template(template, place)
        point_at(place)
        try:
            yield
        finally:
            close()
            shutil.rmtree(place)

    yield fresh


@contextmanager
def _on_postgresql(folder: Path) -> Iterator[Fresh]:
    binaries = postgres_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    server, numbers = Server(binaries), iter(range(10**9))
    try:
        server.start()
        server.execute("CREATE DATABASE template_tranche")
        point_at(folder, server.url("template_tranche"))
        migrate()
        close()

        @contextmanager
        def fresh() -> Iterator[None]:
            name = f"simulation_{next(numbers)}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE template_tranche")
            point_at(folder, server.url(name))
            try:
                yield
            finally:
                close()
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")

        yield fresh
    finally:
        close()
        server.stop()
