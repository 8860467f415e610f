"""The whole story on each engine, told once a session and only read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.converted import tell_in_hryvnia
from tests.databases import Server, close, point_at
from tests.story import Told
from tests.story import told as tell_in


@pytest.fixture(scope="session")
def told_on_postgresql(
    postgres_server: Server, template_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Told:
    postgres_server.execute("CREATE DATABASE story TEMPLATE template_tranche")
    return tell_in(tmp_path_factory.mktemp("story"), template_folder, postgres_server.url("story"))


@pytest.fixture(scope="session")
def converted_on_sqlite(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell_in(tmp_path_factory.mktemp("converted"), template_folder, story=tell_in_hryvnia)


@pytest.fixture(scope="session")
def converted_on_postgresql(
    postgres_server: Server, template_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Told:
    postgres_server.execute("CREATE DATABASE converted TEMPLATE template_tranche")
    url = postgres_server.url("converted")
    return tell_in(tmp_path_factory.mktemp("converted"), template_folder, url, tell_in_hryvnia)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def converted(request: pytest.FixtureRequest) -> Iterator[Told]:
    """A mechanism in which a payment crossed currencies; tests that use it write nothing."""
    found: Told = request.getfixturevalue(f"converted_on_{request.param}")
    point_at(found.folder, found.url)
    yield found
    close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    """A mechanism with something of everything; tests that use it write nothing."""
    found: Told = request.getfixturevalue(f"told_on_{request.param}")
    point_at(found.folder, found.url)
    yield found
    close()
