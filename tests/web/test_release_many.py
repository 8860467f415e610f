"""Releasing several payments on the pages: chosen from a list, every line shown, numbers closed to others."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.office import IBAN, Office
from tests.web.test_act import hidden

from tranche.models import Decision

SignIn = Callable[[str], Client]
PATH = "/act/payment.release_many/"


@pytest.fixture
def drafted(office: Office) -> Office:
    office.verified()
    office.draft_payment("PAY-1", 30_000_000)
    office.draft_payment("PAY-2", 10)
    return office


def form(*refs: str) -> dict[str, str]:
    chosen = {f"payments_{ref}": "yes" for ref in refs}
    return {"then": "check", "key": str(uuid.uuid4())} | chosen


def words(page: bytes) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page.decode())).replace("\u00a0", " ").split())


def test_payments_are_chosen_checked_and_proposed(drafted: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    offered = words(client.get(PATH).content)
    checked = client.post(PATH, form("PAY-1", "PAY-2"))
    answer = client.post(PATH, hidden(checked.content) | {"then": "confirm"})

    assert "PAY-1: 300 000.00 EUR, Maker One, Milestone C-1-M1" in offered
    assert checked.status_code == 200
    shown = words(checked.content)
    assert "300 000.10 EUR" in shown
    assert "PAY-2 C-1 Maker One" in shown
    assert answer.status_code == 303
    assert Decision.objects.get(action="payment.release_many").amount_minor == 30_000_010


def test_the_approver_sees_each_line_and_what_to_look_at(drafted: Office, signed_in: SignIn) -> None:
    decision = drafted.propose("ua.manager", "payment.release_many", payments=["PAY-1", "PAY-2"]).decision_id

    page = signed_in("ua.approver1").get(f"/decisions/{decision}/")

    shown = words(page.content)
    assert f"PAY-1 C-1 Maker One {IBAN} first payment to this account 300 000.00 EUR" in shown
    assert "Look closely at 2 payments: PAY-1, PAY-2" in shown
    assert 'href="/agreements/LT-UA-2024/"' in page.content.decode()


def test_a_change_of_a_payees_account_is_told_to_the_approver(drafted: Office, signed_in: SignIn) -> None:
    decision = drafted.propose("ua.manager", "payment.release_many", payments=["PAY-1", "PAY-2"]).decision_id
    client = signed_in("ua.approver1")
    before = words(client.get(f"/decisions/{decision}/").content)
    drafted.propose_account()
    after = client.get(f"/decisions/{decision}/").content.decode()

    assert "PA-2" not in before
    assert 'href="/payees/PA-2/"' in after


def test_answers_stay_chosen_when_they_are_changed(drafted: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = client.post(PATH, form("PAY-2"))

    again = client.post(PATH, hidden(checked.content) | {"then": "edit"}).content.decode()

    assert re.search('name="payments_PAY-2" value="yes" checked', again)
    assert not re.search('name="payments_PAY-1" value="yes" checked', again)


def test_nothing_chosen_is_said_beside_the_list(drafted: Office, signed_in: SignIn) -> None:
    page = signed_in("ua.manager").post(PATH, form())

    assert page.status_code == 422
    assert "Payments: This is needed." in words(page.content)


def test_what_is_not_offered_is_not_taken(drafted: Office, signed_in: SignIn) -> None:
    """A typed name of a field is no choice; an unknown payment in confirmed arguments is not found."""
    client = signed_in("ua.manager")
    typed = client.post(PATH, form("PAY-77"))
    checked = hidden(client.post(PATH, form("PAY-1")).content)
    changed = checked["arguments"].replace("PAY-1", "PAY-77")
    confirmed = client.post(PATH, checked | {"then": "confirm", "arguments": changed})

    assert typed.status_code == 422
    assert confirmed.status_code == 422
    assert "PAY-77" in words(confirmed.content)
    assert not Decision.objects.filter(action="payment.release_many").exists()


def test_another_donor_reads_no_account_numbers(drafted: Office, signed_in: SignIn) -> None:
    """A decision that does not ask somebody's party shows its numbers masked, also line by line."""
    decision = drafted.propose("ua.manager", "payment.release_many", payments=["PAY-1", "PAY-2"]).decision_id

    inspector = signed_in("lt.officer").get(f"/decisions/{decision}/").content.decode()

    assert IBAN not in inspector


def test_payments_that_wait_are_not_asked_for_again(drafted: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    before = words(client.get(reverse("holding")).content)
    drafted.propose("ua.manager", "payment.release_many", payments=["PAY-1", "PAY-2"])
    after = words(client.get(reverse("holding")).content)

    assert "· PAY-1 · 300 000.00 EUR" in before
    assert "· PAY-1 ·" not in after
    assert "Release several payments" in after
    assert "300 000.10 EUR" in after
