"""The page of the witnesses: who vouches for the log, what is wrong with its proof, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from tests.office import Office

from tranche.log import incidents
from tranche.queries.presenters.log_words import ALARMS

SignIn = Callable[[str], Client]


def test_an_alarm_is_named_on_every_page_and_explained_on_one(office: Office, signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    assert "heads are signed in time" in client.get("/proof/witnesses/").content.decode()
    incidents.observe({"witness_refused": "w: not the beginning"}, office.now)

    anywhere = client.get("/agreements/").content.decode()
    page = client.get("/proof/witnesses/").content.decode()

    assert 'href="/proof/witnesses/"' in anywhere
    assert "the log was rewritten" in page
    assert "tranche log check-restore" in page
    assert "w: not the beginning" in page


def test_every_alarm_has_words() -> None:
    assert set(ALARMS) == incidents.CODES
