"""Refused attempts in the log: which are noted, what of them, and how often."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from tests.office import Office, document, password

from tranche.kernel.canonical import encode
from tranche.log import read as log
from tranche.models import Decision
from tranche.web import refused

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    refused.noted.clear()
    yield
    refused.noted.clear()


@pytest.fixture
def waiting(office: Office) -> Decision:
    """The signature of an agreement, which the people of its parties may approve and others not know of."""
    office.lithuanian_agreement()
    office.tick()
    found = office.propose(
        "lt.officer", "agreement.amend", agreement="LT-UA-2024", evidence=[document("amendment")]
    )
    return Decision.objects.get(pk=found.decision_id)


def approve(client: Client, decision: Decision, who: str, **changes: str) -> int:
    form = {
        "shown_hash": bytes(decision.hash).hex(),
        "key": str(uuid.uuid4()),
        "verdict": "approve",
        "reason": "Words of my own",
        "password": password(who),
    }
    return client.post(f"/decisions/{decision.id}/approve/", form | changes).status_code


def items(seq: int) -> dict[str, object]:
    found = log.entry(seq)
    assert found is not None
    return {item.name: item.value for item in found.items if item.name}


def test_approval_of_an_own_proposal_is_noted_without_its_words(waiting: Decision, signed_in: SignIn) -> None:
    before = log.head()

    assert approve(signed_in("lt.officer"), waiting, "lt.officer") == 403

    assert log.head() == before + 1
    said = items(before)
    assert said["kind"] == "decision.refuse"
    assert said["object"] == {"id": waiting.id, "type": "decision"}
    assert said["actor"] == waiting.proposer_person_id
    assert said["detail"] == {"action": "approve", "code": "own_proposal"}
    assert "Words of my own" not in str(said)


@pytest.mark.parametrize("way", ["check", "statement"])
def test_looking_for_who_may_do_what_is_noted(waiting: Decision, signed_in: SignIn, way: str) -> None:
    client, before = signed_in("lt.officer"), log.head()
    form = {"then": "check", "ref": "P-9", "title": "Nine", "category": "production", "holder": "UA-MOD"}

    if way == "check":
        answer = client.post("/act/programme.draft/", form | {"key": str(uuid.uuid4())})
    else:
        answer = client.post(f"/decisions/{waiting.id}/statement/", {"verdict": "approve", "reason": ""})

    assert answer.status_code == 403
    assert log.head() == before + 1
    assert items(before)["kind"] == "decision.refuse"


def test_page_with_an_altered_hash_is_noted(waiting: Decision, signed_in: SignIn) -> None:
    before = log.head()

    approve(signed_in("lt.approver"), waiting, "lt.approver", shown_hash="0" * 64)

    assert items(before)["detail"] == {"action": "approve", "code": "hash_differs"}


def test_wrong_password_is_a_slip_and_not_noted(waiting: Decision, signed_in: SignIn) -> None:
    before = log.head()

    assert approve(signed_in("lt.approver"), waiting, "lt.approver", password="wrong") == 422

    assert log.head() == before


def test_forged_reference_is_noted_and_not_repeated(waiting: Decision, signed_in: SignIn) -> None:
    before = log.head()
    form = {"then": "confirm", "arguments": encode({"agreement": "XX-FORGED"}).decode()}

    signed_in("lt.officer").post("/act/agreement.withdraw/", form | {"key": str(uuid.uuid4())})

    said = items(before)
    assert said["detail"] == {"action": "agreement.withdraw", "code": "not_found"}
    assert "XX-FORGED" not in str(said)


def test_nobody_fills_the_log_with_refusals(waiting: Decision, signed_in: SignIn) -> None:
    client, before = signed_in("lt.officer"), log.head()

    for _ in range(refused.NOTED_AN_HOUR + 3):
        client.post(f"/decisions/{waiting.id}/execute/", {"key": str(uuid.uuid4()), "confirm": "yes"})
        refused.noted.take("somebody else", 0.0)

    assert log.head() == before + refused.NOTED_AN_HOUR
