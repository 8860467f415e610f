"""Pages of a small office: one mechanism on SQLite, and a browser without script for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.office import Office, password

from tranche.store import clock
from tranche.web.limits import sign_ins
from tranche.web.views.decisions import password_tries


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    sign_ins.clear()
    password_tries.clear()


@pytest.fixture
def office(sqlite_mechanism: Path) -> Office:
    """People and parties, nothing decided yet."""
    return Office()


@pytest.fixture
def signed_in(office: Office) -> Iterator[Callable[[str], Client]]:
    """A client signed in as somebody, at the office's own instant."""

    def sign_in(username: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        answer = client.post(
            "/account/login/", {"username": username, "password": password(username)}, follow=False
        )
        assert answer.status_code == 303, answer.content.decode()
        return client

    with clock.at(office.now):
        yield sign_in
