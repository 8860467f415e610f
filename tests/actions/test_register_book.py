"""Accounts, conditions, interests and uploads on both engines: log, rows and files agree."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.office import Office, document

from tranche.actions import upload
from tranche.actions.evidence import document_of
from tranche.ledger.verify import verify
from tranche.models import Condition, Evidence, Interest, LinkUpload, Payee, PayeeCallback
from tranche.store import clock

pytestmark = pytest.mark.usefixtures("mechanism")
TOKEN = "t" * 43


@pytest.fixture
def office() -> Office:
    """Everything of it once."""
    office = Office()
    office.lithuanian_tranche()
    condition = {
        "ref": "CP-1",
        "tranche": "LT-UA-2024-T1",
        "text": "Published.",
        "long_stop_on": "2024-12-31",
    }
    condition |= {"filing_party": "UA-MOD", "judging_party": "LT-MOD"}
    office.propose("lt.officer", "condition.add", **condition)
    office.propose("ua.manager", "condition.file", condition="CP-1", evidence=[document("document", "proof")])
    office.propose("lt.officer", "condition.accept", condition="CP-1")
    office.payee()
    interest = {"party": "MFR-2", "kind": "part_owner", "from_on": "2024-01-01"}
    office.propose("ua.payer", "register.declare_interest", **interest)
    _uploaded(office)
    old = Evidence.objects.get(record__ref="PA-1", kind="bank_letter")
    office.propose(
        "ua.manager",
        "evidence.supersede",
        record="PA-1",
        document=old.sha256,
        evidence=[document("bank_letter", "newer")],
        reason="The bank corrected the address.",
    )
    return office


def _uploaded(office: Office) -> None:
    link: dict[str, Any] = {"record": "PA-1", "evidence_kinds": ["document"]}
    link["expires_on"] = (office.today() + timedelta(days=30)).isoformat()
    link["token_sha256"] = hashlib.sha256(TOKEN.encode()).hexdigest()
    office.propose("ua.manager", "evidence.issue_link", **link)
    with clock.at(office.tick()):
        upload.receive(token=TOKEN, kind="document", name="d.pdf", data=b"%PDF-1.7 d", key=str(uuid.uuid4()))
    row = LinkUpload.objects.get()
    office.propose("ua.manager", "evidence.take_over", upload=row.id, evidence=[document_of(row)])


@pytest.mark.by_form(
    "condition.accept", "condition.add", "condition.file", "evidence.supersede", "register.declare_interest"
)
def test_doctor_finds_every_row_and_file_in_the_log(office: Office) -> None:
    assert verify(using="default").differences == ()


def test_doctor_finds_a_changed_condition_and_warning(office: Office) -> None:
    Condition.objects.update(text="Nothing.")
    Payee.objects.update(name_warning="mixed_scripts")

    codes = {difference.code for difference in verify(using="default").differences}

    assert {"register_text", "register_name_warning"} <= codes


def test_database_keeps_parties_verifiers_and_days_apart(office: Office) -> None:
    condition, call = Condition.objects.get(), PayeeCallback.objects.get()
    second = {"second_verifier_id": call.verifier_id, "second_called_on": call.called_on}

    for rows, change in (
        (Condition.objects.all(), {"judging_party_id": condition.filing_party_id}),
        (PayeeCallback.objects.all(), second | {"second_spoke_with": "X"}),
        (PayeeCallback.objects.all(), {"second_called_on": call.called_on}),
        (Interest.objects.all(), {"to_on": "2023-01-01"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
