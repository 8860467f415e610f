"""Keys and their signatures on both engines: the same bytes go in and come out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings
from tests.keyring import add, approve_by_key, offer, registered, stated
from tests.office import Office

from tranche.cli.demo.soft_key import ORIGIN, SoftKey
from tranche.kernel.approval import statement_hash
from tranche.models import Approval, Credential

pytestmark = pytest.mark.usefixtures("mechanism")


@override_settings(TRANCHE_ORIGIN=ORIGIN)
def test_a_key_signs_and_its_parts_are_kept_as_they_were(mechanism: Path) -> None:
    office = Office()
    first, second = registered(office, "ua.approver1"), SoftKey()
    add(office, "ua.approver1", offer(office, "ua.approver1", second), first)
    office.propose(
        "ua.manager", "programme.draft", ref="P-1", title="One", category="production", holder="UA-MOD"
    )
    decision = office.propose("ua.manager", "programme.open", programme="P-1").decision_id
    said = stated(office, "ua.approver1", decision)
    answer = second.sign(statement_hash(said))

    outcome = approve_by_key(office, "ua.approver1", decision, second, statement=said, assertion=answer)

    row = Approval.objects.get(decision_id=decision)
    assert outcome.state == "executed"
    assert (bytes(row.statement), row.credential_id) == (said, answer.handle)
    parts = (row.authenticator_data, row.client_data, row.signature)
    assert tuple(bytes(part or b"") for part in parts) == answer[1:]
    keys = Credential.objects.order_by("offered_at")
    assert [bytes(key.public_key) for key in keys] == [first.public_key, second.public_key]
    assert [key.sign_count for key in keys] == [1, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"method": "password"},
        {"registered_seq": None},
        {"revoked_at": "2025-01-01T00:00:00Z"},
    ],
)
@override_settings(TRANCHE_ORIGIN=ORIGIN)
def test_the_database_refuses_half_a_state(mechanism: Path, change: dict[str, object]) -> None:
    office = Office()
    registered(office, "lt.approver")

    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.update(**change)
