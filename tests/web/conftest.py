"""Pages of a small office: one mechanism on SQLite, and a browser without script for each person."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from tests.databases import close, copy_template, point_at
from tests.office import START, Office, password
from tests.stages import mark
from tests.story import Told

from tranche.store import clock
from tranche.web.limits import password_tries, sign_ins


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    sign_ins.clear()
    password_tries.clear()


def _built(folder: Path, template: Path, build: Callable[[Office], None]) -> tuple[Path, Office]:
    """A mechanism brought to some point, closed and ready to copy."""
    copy_template(template, folder)
    point_at(folder)
    office = Office()
    build(office)
    for alias in ("default", "scratch"):
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    return folder, office


@pytest.fixture(scope="session")
def _empty(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    return _built(tmp_path_factory.mktemp("empty"), template_folder, lambda office: None)


@pytest.fixture(scope="session")
def _funded(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    def build(office: Office) -> None:
        office.received()
        office.programme()

    return _built(tmp_path_factory.mktemp("funded"), template_folder, build)


@pytest.fixture(scope="module")
def story(told_on_sqlite: Told, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A mechanism with something of everything, a copy for each module."""
    folder = tmp_path_factory.mktemp("story")
    shutil.copytree(told_on_sqlite.folder, folder, dirs_exist_ok=True)
    return replace(told_on_sqlite, folder=folder)


def _copied(built: tuple[Path, Office], folder: Path) -> Office:
    copy_template(built[0], folder)
    point_at(folder)
    found = copy.copy(built[1])
    if found.now == START:
        connections["default"].ensure_connection()
        found.untouched = mark()
    return found


@pytest.fixture
def office(_empty: tuple[Path, Office], tmp_path: Path) -> Iterator[Office]:
    """People and parties, nothing decided yet."""
    yield _copied(_empty, tmp_path)
    close()


@pytest.fixture
def funded(_funded: tuple[Path, Office], tmp_path: Path) -> Iterator[Office]:
    """Ten million euro received and an open programme."""
    yield _copied(_funded, tmp_path)
    close()


@pytest.fixture
def signed_in(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Client]]:
    """A client signed in as somebody; the clock stands after all that was done, before anything expires."""
    request.getfixturevalue("funded" if "funded" in request.fixturenames else "office")

    def sign_in(username: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        answer = client.post("/account/login/", {"username": username, "password": password(username)})
        assert answer.status_code == 303, answer.content.decode()
        return client

    with clock.at(START + timedelta(days=10)):
        yield sign_in
