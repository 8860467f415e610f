"""While the clock of the server is set back, nobody reads by what has expired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.office import Office

from tranche.store import clock

SignIn = Callable[[str], Client]


@pytest.mark.parametrize(
    "address",
    ["/", "/decisions/", "/account/login/", "/calendar/x.ics", "/upload/x/", "/static/none.css", "/static/"],
)
def test_a_clock_set_back_closes_every_page_and_says_why(
    office: Office, signed_in: SignIn, address: str
) -> None:
    client = signed_in("lt.approver")
    office.programme()

    with clock.at(office.now - timedelta(minutes=6)):
        answer = client.get(address)
        client.get("/static/tranche.css").close()

    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The clock of the server is behind the latest entry of the log" in page
    assert "lt.approver" not in page


def test_clocks_of_one_mechanism_differ_by_minutes(office: Office, signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    office.programme()

    with clock.at(office.now - timedelta(minutes=4)):
        assert client.get("/").status_code == 200


def test_the_page_is_in_the_readers_language(office: Office) -> None:
    with clock.at(office.now - timedelta(days=1)):
        answer = Client(headers={"accept-language": "lt"}).get("/")

    assert "Serverio laikrodis" in answer.content.decode()
