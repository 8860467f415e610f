"""Upload links and newer documents: what comes in without a sign-in is kept, and trusted by nobody."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import Office, document

from tranche.actions import upload
from tranche.actions.evidence import document_of
from tranche.formats.errors import FormatError
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import (
    AlreadyThere,
    BadArgument,
    DecisionNotOpen,
    NotAllowed,
    UnknownReference,
)
from tranche.models import Decision, Evidence, LinkUpload, UploadLink
from tranche.store import clock

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")
TOKEN = "t" * 43
PDF = b"%PDF-1.7 an invoice"


@pytest.fixture
def office() -> Office:
    office = Office()
    office.payee()
    return office


def issued(office: Office, who: str = "ua.manager", **changes: Any) -> None:
    link = {
        "record": "PA-1",
        "evidence_kinds": ["invoice", "document"],
        "expires_on": (office.today() + timedelta(days=30)).isoformat(),
        "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
    }
    office.propose(who, "evidence.issue_link", **(link | changes))


def send(office: Office, data: bytes = PDF, kind: str = "invoice", token: str = TOKEN) -> None:
    with clock.at(office.tick()):
        upload.receive(token=token, kind=kind, name="i.pdf", data=data, key=str(uuid.uuid4()))


def test_token_is_kept_as_its_hash_alone(office: Office) -> None:
    issued(office)

    assert UploadLink.objects.get().token_sha256 == hashlib.sha256(TOKEN.encode()).hexdigest()
    assert all(TOKEN.encode() not in bytes(row.content) for row in Decision.objects.all())


def test_file_that_came_is_no_evidence_until_it_is_taken_over(office: Office) -> None:
    issued(office)
    send(office)
    row = LinkUpload.objects.get()
    before = Evidence.objects.filter(sha256=row.sha256).exists()

    office.propose("ua.manager", "evidence.take_over", upload=row.id, evidence=[document_of(row)])

    filed = Evidence.objects.get(sha256=row.sha256)
    assert not before
    assert (filed.record, filed.link, filed.filed_by_id) == (
        row.link.record,
        row.link,
        office.who("ua.manager").person,
    )


def test_file_is_taken_over_once(office: Office) -> None:
    issued(office)
    send(office)
    row = LinkUpload.objects.get()
    taking: dict[str, Any] = {"upload": row.id, "evidence": [document_of(row)]}
    office.propose("ua.manager", "evidence.take_over", **taking)

    caught = refused(GuardFailed, lambda: office.propose("ua.manager", "evidence.take_over", **taking))

    assert caught.guard == "not_taken_over"


def test_another_document_is_not_taken_over_in_its_place(office: Office) -> None:
    issued(office)
    send(office)
    row = LinkUpload.objects.get()
    other = [document("invoice", "another")]

    refused(
        BadArgument,
        lambda: office.propose("ua.manager", "evidence.take_over", upload=row.id, evidence=other),
    )


@pytest.mark.parametrize("who", ["ua.approver1", "ua.payer", "lt.officer", "ua.inspector", "auditor"])
def test_only_a_fund_manager_issues_links(office: Office, who: str) -> None:
    refused(NotAllowed, lambda: issued(office, who))


@pytest.mark.parametrize("days", [0, -1, 31])
def test_link_works_for_one_to_thirty_days(office: Office, days: int) -> None:
    until = (office.today() + timedelta(days=days)).isoformat()

    assert refused(GuardFailed, lambda: issued(office, expires_on=until)).guard == "link_days"


@pytest.mark.parametrize("kinds", [[], ["signed_text"], ["invoice", "invoice"], "invoice"])
def test_link_names_kinds_that_a_supplier_has(office: Office, kinds: object) -> None:
    refused(BadArgument, lambda: issued(office, evidence_kinds=kinds))


def test_link_is_for_records_of_suppliers(office: Office) -> None:
    office.lithuanian_tranche()

    refused(BadArgument, lambda: issued(office, record="LT-UA-2024-T1"))


def test_forged_token_finds_nothing(office: Office) -> None:
    issued(office)

    refused(upload.UnknownLink, lambda: send(office, token="f" * 43))


def test_expired_link_finds_nothing(office: Office) -> None:
    issued(office)
    office.tick(timedelta(days=30))

    refused(upload.UnknownLink, lambda: send(office))


@pytest.mark.by_form("evidence.revoke_link")
def test_revoked_link_finds_nothing(office: Office) -> None:
    issued(office)
    revoke = {"link": UploadLink.objects.get().id, "reason": "Sent to a wrong address."}
    office.propose("ua.manager", "evidence.revoke_link", **revoke)

    refused(upload.UnknownLink, lambda: send(office))
    caught = refused(GuardFailed, lambda: office.propose("ua.manager", "evidence.revoke_link", **revoke))

    assert caught.guard == "link_live"


def test_kind_that_was_not_asked_for_is_refused(office: Office) -> None:
    issued(office)

    refused(BadArgument, lambda: send(office, kind="delivery_note"))


@pytest.mark.parametrize(
    "data", [b"<!doctype html><script>", b"<html>", b"MZ\x90", b"plain", b"\x7fELF", b""]
)
def test_what_is_no_document_is_refused(office: Office, data: bytes) -> None:
    issued(office)

    assert refused(FormatError, lambda: send(office, data)).code == "E_UPLOAD_KIND"


def test_same_file_twice_is_kept_once(office: Office) -> None:
    issued(office)
    send(office)

    refused(AlreadyThere, lambda: send(office))

    assert LinkUpload.objects.count() == 1


def test_one_link_takes_so_many_files_and_no_more(office: Office) -> None:
    issued(office)
    for number in range(upload.UPLOADS_MAX):
        send(office, PDF + bytes([number]))

    caught = refused(BadArgument, lambda: send(office))

    assert caught.code == "too_many"


def newer(office: Office, who: str = "ua.manager", **changes: Any) -> None:
    old = Evidence.objects.get(record__ref="PA-1", kind="bank_letter")
    replacing = {"record": "PA-1", "document": old.sha256, "evidence": [document("bank_letter", "newer")]}
    office.propose(
        who, "evidence.supersede", **(replacing | changes), reason="The bank corrected the address."
    )


def test_newer_document_takes_the_place_of_the_older_one(office: Office) -> None:
    old = Evidence.objects.get(kind="bank_letter")

    newer(office)

    old.refresh_from_db()
    assert old.superseded_by is not None
    assert (old.superseded_by.kind, old.superseded_by.record_id) == (old.kind, old.record_id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"evidence": []}, BadArgument),
        ({"document": "0" * 64}, UnknownReference),
    ],
)
def test_what_is_not_on_file_is_not_replaced(
    office: Office, changes: dict[str, Any], error: type[Exception]
) -> None:
    refused(error, lambda: newer(office, **changes))


def test_document_of_another_kind_does_not_replace(office: Office) -> None:
    other = [document("document", "other")]

    assert refused(GuardFailed, lambda: newer(office, evidence=other)).guard == "same_kind"


def test_superseding_what_a_decision_relies_on_voids_it_and_no_other(office: Office) -> None:
    office.propose(
        "ua.manager",
        "payee.propose",
        ref="PA-9",
        party="MFR-2",
        holder="UA-MOD",
        account_name="Maker Two",
        iban="UA903052992990004149123456789",
        evidence=[document("bank_letter", "PA-9")],
    )
    call = {"number_source": "contract", "number_recorded_on": "2024-01-01", "requested_on": "2024-09-01"}
    call |= {"called_on": "2024-09-02", "spoke_with": "The accountant"}
    office.propose("ua.payer", "payee.verify", payee="PA-9", **call)
    office.tick(timedelta(days=4))
    relies = office.propose("ua.manager", "payee.activate", payee="PA-9").decision_id
    draft = {"title": "Nine", "category": "production", "holder": "UA-MOD"}
    office.propose("ua.manager", "programme.draft", ref="P-9", **draft)
    other = office.propose("ua.manager", "programme.open", programme="P-9").decision_id
    old = Evidence.objects.get(record__ref="PA-9", kind="bank_letter")

    newer(office, record="PA-9", document=old.sha256)

    states = dict(Decision.objects.filter(pk__in=(relies, other)).values_list("id", "state"))
    assert states == {relies: "void", other: "open"}
    refused(DecisionNotOpen, lambda: office.approve("ua.approver1", relies))
