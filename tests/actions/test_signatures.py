"""What an approval by key proves: a statement, whole and once; a copy, a change or a delay is refused."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from tests.actions.refusing import allocation, refused
from tests.keyring import approve_by_key, registered, stated
from tests.office import Office

from tranche.actions.attestation import attest_key
from tranche.actions.decision import approve
from tranche.cli.demo.soft_key import ORIGIN
from tranche.formats.security_key import Assertion, Site, check_assertion, from_base64url
from tranche.kernel.approval import statement_hash
from tranche.kernel.canonical import decode, encode
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import (
    DecisionNotOpen,
    NotAllowed,
    SignatureRefused,
)
from tranche.log import read as log
from tranche.models import Approval, Decision
from tranche.store import clock

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Iterator[Office]:
    with override_settings(TRANCHE_ORIGIN=ORIGIN):
        yield Office()


@pytest.fixture
def waiting(office: Office) -> str:
    """An allocation that both sides have to approve."""
    office.received()
    office.programme()
    return allocation(office, 500_000_000)


def kept_in_log(seq: int) -> dict[str, str]:
    """The approval by key as a log entry holds it."""
    entry = log.entry(seq, using="default")
    assert entry is not None
    approvals: Any = next(item.value for item in entry.items if item.name == "approvals")
    return next(row for row in approvals if row["method"] == "webauthn")


def test_an_approval_by_key_is_kept_whole_and_checked_from_the_log_alone(
    office: Office, waiting: str
) -> None:
    key = registered(office, "ua.approver1")
    approve_by_key(office, "ua.approver1", waiting, key)
    outcome = office.approve("lt.approver", waiting)

    row = Approval.objects.get(decision_id=waiting, method="webauthn")
    kept = kept_in_log(outcome.log_seq)
    assert outcome.state == "executed"
    assert bytes(row.statement).decode() == kept["statement"]
    parts = ("authenticator_data", "client_data", "signature")
    answer = Assertion(kept["credential"], *(from_base64url(kept[name]) for name in parts))
    challenge, site = statement_hash(kept["statement"].encode()), Site("localhost", ORIGIN)
    assert check_assertion(answer, challenge, key.public_key, 0, site) == key.counter


def test_the_statement_names_everything_that_was_signed(office: Office, waiting: str) -> None:
    said = json.loads(stated(office, "ua.approver1", waiting))

    decision = Decision.objects.get(pk=waiting)
    assert said["decision_hash"] == bytes(decision.hash).hex()
    assert (said["verdict"], said["role"], said["previous"]) == ("approve", "RA", [])
    assert (said["person"], said["method"]) == (office.who("ua.approver1").person, "webauthn")


def test_a_statement_of_one_decision_approves_no_other(office: Office, waiting: str) -> None:
    key, other = registered(office, "ua.approver1"), allocation(office, 1_000_000)
    said = stated(office, "ua.approver1", other)

    caught = refused(
        SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key, statement=said)
    )

    assert caught.code == "other_content"


def test_an_answer_to_one_statement_proves_no_other(office: Office, waiting: str) -> None:
    key, other = registered(office, "ua.approver1"), allocation(office, 1_000_000)
    answer = key.sign(statement_hash(stated(office, "ua.approver1", other)))

    caught = refused(
        SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key, assertion=answer)
    )

    assert caught.code == "challenge"


@pytest.mark.parametrize("name", ["verdict", "person", "role", "grant", "decision_hash", "reason", "method"])
def test_each_altered_field_of_a_statement_is_refused(office: Office, waiting: str, name: str) -> None:
    key = registered(office, "ua.approver1")
    said = decode(stated(office, "ua.approver1", waiting))
    assert isinstance(said, dict)
    altered = encode({**said, name: "altered"})

    caught = refused(
        SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key, statement=altered)
    )

    assert caught.code == "other_content"


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"{", b'{"made_at":1,"expires_at":1,"previous":1}'])
def test_a_statement_that_is_none_is_refused(office: Office, waiting: str, raw: bytes) -> None:
    key = registered(office, "ua.approver1")
    answer = key.sign(statement_hash(raw))

    def act() -> object:
        by = office.who("ua.approver1")
        shown = bytes(Decision.objects.get(pk=waiting).hash).hex()
        with clock.at(office.tick()):
            return approve(
                decision_id=waiting,
                shown_hash=shown,
                verdict="approve",
                attestation=attest_key(by.login, raw, answer),
                key=str(uuid.uuid4()),
                by=by,
            )

    assert refused(SignatureRefused, act).code == "form"


def test_a_statement_is_good_for_five_minutes(office: Office, waiting: str) -> None:
    key = registered(office, "ua.approver1")
    said = stated(office, "ua.approver1", waiting)
    office.tick(timedelta(minutes=5))

    caught = refused(
        SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key, statement=said)
    )

    assert caught.code == "expired"


def test_the_same_signed_form_twice_has_one_effect(office: Office, waiting: str) -> None:
    key, form = registered(office, "ua.approver1"), str(uuid.uuid4())
    said = stated(office, "ua.approver1", waiting)
    answer = key.sign(statement_hash(said))

    first, second = (
        approve_by_key(office, "ua.approver1", waiting, key, statement=said, assertion=answer, key=form)
        for _time in range(2)
    )

    assert (first.replayed, second.replayed) == (False, True)
    assert Approval.objects.filter(decision_id=waiting).count() == 1


def test_a_signed_form_sent_anew_is_refused(office: Office, waiting: str) -> None:
    key = registered(office, "ua.approver1")
    said = stated(office, "ua.approver1", waiting)
    answer = key.sign(statement_hash(said))
    approve_by_key(office, "ua.approver1", waiting, key, statement=said, assertion=answer)

    caught = refused(
        NotAllowed,
        lambda: approve_by_key(office, "ua.approver1", waiting, key, statement=said, assertion=answer),
    )

    assert caught.deny.reason is Denied.ALREADY_APPROVED


def test_a_counter_that_does_not_rise_is_refused(office: Office, waiting: str) -> None:
    key = registered(office, "ua.approver1")
    approve_by_key(office, "ua.approver1", waiting, key)
    other = allocation(office, 1_000_000)
    key.counter -= 1

    caught = refused(SignatureRefused, lambda: approve_by_key(office, "ua.approver1", other, key))

    assert caught.code == "counter"


def test_the_key_of_somebody_else_proves_nothing(office: Office, waiting: str) -> None:
    key = registered(office, "ua.approver2")

    caught = refused(SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key))

    assert caught.code == "unknown"


def test_a_rejection_is_signed_as_well(office: Office, waiting: str) -> None:
    key = registered(office, "ua.approver1")

    outcome = approve_by_key(
        office, "ua.approver1", waiting, key, verdict="reject", reason="The amount is not agreed."
    )

    assert outcome.state == "rejected"
    assert refused(DecisionNotOpen, lambda: stated(office, "lt.approver", waiting)).state == "rejected"
