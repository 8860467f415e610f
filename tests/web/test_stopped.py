"""A mechanism whose database is behind what was signed can be read, and says that nothing is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.office import Office
from tests.web.test_act import ALLOCATE, allocation, hidden

from tranche.log import read
from tranche.store import standstill

SignIn = Callable[[str], Client]


@pytest.mark.parametrize("address", ["/", "/agreements/", "/proof/", "/decisions/"])
def test_pages_say_that_nothing_is_written(office: Office, signed_in: SignIn, address: str) -> None:
    client = signed_in("lt.approver")
    office.programme()
    standstill.stop("the database is older")
    page = client.get(address)
    standstill.resume()

    assert page.status_code == 200
    assert "Read only:" in page.content.decode()
    assert "Read only:" not in client.get(address).content.decode()


def test_a_form_is_refused_with_what_to_do(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    carried = hidden(client.post(ALLOCATE, allocation()).content)
    before = read.head("default")
    standstill.stop("the database is older")
    answer = client.post(ALLOCATE, carried | {"then": "confirm"})

    assert answer.status_code == 503
    assert "tranche log check-restore" in answer.content.decode()
    assert read.head("default") == before
    standstill.resume()
    assert client.post(ALLOCATE, carried | {"then": "confirm"}).status_code == 303
