"""Fixtures that every suite shares: a fresh mechanism on each engine, copied from a migrated template."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_FOLDER = tempfile.mkdtemp(prefix="tranche-tests-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ.update(
    DJANGO_SETTINGS_MODULE="tranche.conf.settings",
    TRANCHE_DATA_DIR=_FOLDER,
    TRANCHE_DEMO="1",
    TRANCHE_STORAGE_WARNS="1",
    TRANCHE_HOSTS="localhost,127.0.0.1,testserver",
)

import django  # noqa: E402 - the environment comes first

django.setup()

from tests.databases import (  # noqa: E402 - as above
    Server,
    close,
    copy_template,
    migrate,
    point_at,
    postgres_binaries,
    sqlite_template,
)
from tests.log.operator import signed_by  # noqa: E402 - as above
from tests.office import Office  # noqa: E402 - as above
from tests.story import Told, told  # noqa: E402 - as above
from tranche.log.signer import Signer  # noqa: E402 - as above

ROUNDS = 2
"""How often the suite lets threads race; a campaign asks for thousands."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=ROUNDS, help="how often threads race at one decision")


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A migrated SQLite mechanism without any row of its own."""
    with sqlite_template(tmp_path_factory.mktemp("template")) as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A private PostgreSQL with a migrated template database."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    server = Server(binaries)
    try:
        server.start()
        server.execute("CREATE DATABASE template_tranche")
        point_at(tmp_path_factory.mktemp("postgres"), server.url("template_tranche"))
        migrate()
        close()
        yield server
    finally:
        close()
        server.stop()


@pytest.fixture(scope="session")
def told_on_sqlite(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A mechanism with something of everything; who writes into it takes a copy."""
    return told(tmp_path_factory.mktemp("told"), template_folder)


@pytest.fixture
def sqlite_mechanism(template_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A fresh mechanism on SQLite; gives its data folder."""
    copy_template(template_folder, tmp_path)
    point_at(tmp_path)
    yield tmp_path
    close()


_numbers = iter(range(10**9))


@pytest.fixture
def postgresql_mechanism(postgres_server: Server, template_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A fresh mechanism on PostgreSQL; gives its data folder (evidence and sessions stand there)."""
    copy_template(template_folder, tmp_path)
    name = f"mechanism_{next(_numbers)}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE template_tranche")
    point_at(tmp_path, postgres_server.url(name))
    yield tmp_path
    close()
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def mechanism(request: pytest.FixtureRequest) -> Path:
    """A fresh mechanism, on each engine in turn."""
    found: Path = request.getfixturevalue(f"{request.param}_mechanism")
    return found


@pytest.fixture
def office(mechanism: Path) -> Office:
    """The first tranche has been received, unless a file has an office of its own."""
    found = Office()
    found.received()
    return found


@pytest.fixture
def signer(office: Office, mechanism: Path) -> Signer:
    """It signed what there is in the office's log."""
    return signed_by(office, mechanism)
