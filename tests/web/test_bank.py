"""Statements in the browser: uploaded whole or refused whole, matched by rule, booked by a person."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office import IBAN, Office
from tests.web.test_act import hidden

from tranche.actions import decision as decisions
from tranche.formats.bank.write_camt import EntryOut, StatementOut, write_statement
from tranche.log import read as log
from tranche.models import BankStatement, Decision, ImportFile
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.store.write import write_transaction
from tranche.web import fields

SignIn = Callable[[str], Client]
UPLOAD = "/bank/upload/"
NBSP = "\u00a0"


def statement(
    *entries: tuple[int, str], number: str = "2024-010", opening: int = 0, iban: str = IBAN
) -> bytes:
    """A camt.053 file of these amounts and texts."""
    rows = tuple(EntryOut(date(2024, 9, 9), amount, "A treasury", "", text) for amount, text in entries)
    return write_statement(
        StatementOut(number, 10, iban, "EUR", date(2024, 9, 9), date(2024, 9, 9), opening, rows)
    )


def send(client: Client, data: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("statement.xml", data, content_type="application/xml")
    return client.post(UPLOAD, {"key": str(uuid.uuid4()), "file": file} | more)


@pytest.fixture
def authorised(office: Office) -> Office:
    """A tranche whose money may come."""
    office.authorised()
    return office


def test_statement_opens_on_its_page_with_its_proof(authorised: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")

    answer = send(client, statement((1_000_000_000, "LT-UA-2024-T1")))
    page = client.get(answer.headers["Location"]).content.decode()

    assert answer.status_code == 303
    assert "Opening and entries make closing." in page
    assert "0 of 1" in page
    assert f"10{NBSP}000{NBSP}000.00{NBSP}EUR" in page


def test_line_that_fits_offers_its_booking_and_says_why(authorised: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    page = client.get(
        send(client, statement((1_000_000_000, "Transfer LT-UA-2024-T1"))).headers["Location"]
    ).content.decode()

    offered = re.search(r'href="(/act/tranche\.confirm_receipt/[^"]*)"', page)

    assert offered is not None
    assert "names our reference and has the same amount" in page
    form = client.get(offered[1].replace("&amp;", "&")).content.decode()
    assert '<option value="LT-UA-2024-T1" selected>' in form
    assert 'name="rule" value="M3"' in form


def test_offered_booking_is_proposed_approved_and_shown_as_booked(
    authorised: Office, signed_in: SignIn
) -> None:
    client = signed_in("ua.manager")
    address = send(client, statement((1_000_000_000, "LT-UA-2024-T1"))).headers["Location"]
    offered = re.search(r'href="(/act/tranche\.confirm_receipt/[^"]*)"', client.get(address).content.decode())
    assert offered is not None
    query = dict(re.findall(r"(\w+)=([^&]+)", offered[1].replace("&amp;", "&").split("?")[1]))
    form = query | {"then": "check", "key": str(uuid.uuid4())}

    checked = hidden(client.post("/act/tranche.confirm_receipt/", form).content)
    client.post("/act/tranche.confirm_receipt/", checked | {"then": "confirm"})
    made = Decision.objects.get(action="tranche.confirm_receipt")
    authorised.now = clock.now()
    authorised.approve("ua.approver1", made.id)

    page = client.get(address).content.decode()
    assert "1 of 1" in page
    assert "Booked for tranche LT-UA-2024-T1" in page
    assert f"/decisions/{made.id}/" in page


def test_line_with_our_reference_and_another_amount_is_no_match(
    authorised: Office, signed_in: SignIn
) -> None:
    client = signed_in("ua.manager")

    page = client.get(
        send(client, statement((999_999_999, "LT-UA-2024-T1"))).headers["Location"]
    ).content.decode()

    assert "Differs:" in page
    assert "the amount" in page
    assert "&amp;rule=" not in page


def test_line_that_nothing_expects_is_booked_by_hand_or_left(authorised: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")

    page = client.get(send(client, statement((5_00, "interest"))).headers["Location"]).content.decode()

    assert "Nothing expected fits this line." in page
    assert "/act/contract.book_refund/?line=" in page


def test_same_file_twice_leads_to_the_statement_that_is_there(authorised: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    address = send(client, statement((1, "x"))).headers["Location"]

    again = send(client, statement((1, "x")))

    assert again.status_code == 409
    assert address in again.content.decode()
    assert BankStatement.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (statement((100, "x"))[:-200], "E_XML_SYNTAX"),
        (statement((100, "x")).replace(b"<Document", b"<!DOCTYPE a><Document", 1), "E_XML_DOCTYPE"),
        (statement((100, "x")).replace(b"1.00", b"1.01", 1), "E_STMT_SUM"),
        (statement((100, "x"), iban="LT121000011101001000"), "E_STMT_ACCOUNT"),
        (statement((100, "x"), opening=7), "E_STMT_GAP"),
        (b"%PDF-1.7 not a statement", "E_FILE_KIND"),
    ],
)
def test_file_that_does_not_hold_is_refused_whole_with_code_and_what_to_do(
    authorised: Office, signed_in: SignIn, data: bytes, code: str
) -> None:
    before = log.head()

    page = send(signed_in("ua.manager"), data)

    text = page.content.decode()
    assert page.status_code == 422
    assert code in text
    assert "none of its entries was kept" in text
    assert log.head() == before
    assert not ImportFile.objects.exists()


def test_empty_missing_and_large_files_are_refused(
    authorised: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("ua.manager")
    monkeypatch.setattr(fields, "UPLOAD_BYTES_MAX", 100)

    empty = send(client, b"")
    none = client.post(UPLOAD, {"key": str(uuid.uuid4())})
    large = send(client, statement((1, "x")))

    assert [page.status_code for page in (empty, none, large)] == [422, 422, 422]
    assert b"The file is empty." in empty.content
    assert b"Choose a file first." in none.content
    assert b"larger than 20 MB" in large.content


def test_person_without_the_role_cannot_import(authorised: Office, signed_in: SignIn) -> None:
    page = send(signed_in("ua.payer"), statement((1, "x")))

    assert page.status_code == 403
    assert not ImportFile.objects.exists()


def test_unknown_outcome_repeats_the_file_that_was_kept(authorised: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    real = write_transaction

    def lose_the_answer(**request: Any) -> Any:
        real(**request)
        raise CommitUncertain

    with patch.object(decisions, "write_transaction", side_effect=lose_the_answer):
        page = send(client, statement((1, "x")))
    answer = client.post(UPLOAD, hidden(page.content))

    assert page.status_code == 503
    assert answer.status_code == 303
    assert BankStatement.objects.count() == 1


def test_statement_of_another_party_is_not_there(authorised: Office, signed_in: SignIn) -> None:
    address = send(signed_in("ua.manager"), statement((1, "x"))).headers["Location"]

    hidden_page = signed_in("lt.officer").get(address)
    unknown = signed_in("lt.officer").get(f"/bank/{uuid.uuid4()}/")
    seen = signed_in("auditor").get(address)

    assert (hidden_page.status_code, unknown.status_code, seen.status_code) == (404, 404, 200)


def test_what_the_bank_says_is_not_for_inspectors(authorised: Office, signed_in: SignIn) -> None:
    address = send(signed_in("ua.manager"), statement((1_000_000_000, "LT-UA-2024-T1"))).headers["Location"]
    inspector, auditor = signed_in("ua.inspector"), signed_in("auditor")
    file = ImportFile.objects.get().sha256

    assert inspector.get(address).status_code == 404
    assert inspector.get(f"/evidence/{file}/").status_code == 404
    assert "2024-010" not in inspector.get("/bank/").content.decode()
    assert 'href="/bank/"' not in inspector.get("/").content.decode()
    assert auditor.get(address).status_code == 200


def test_file_is_given_out_as_a_download_to_who_may_read_it(authorised: Office, signed_in: SignIn) -> None:
    data = statement((1, "x"))
    send(signed_in("ua.manager"), data)
    address = f"/evidence/{ImportFile.objects.get().sha256}/"

    answer = signed_in("auditor").get(address)

    assert answer.content == data
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.xml"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert signed_in("lt.officer").get(address).status_code == 404
    assert signed_in("operator").get(address).status_code == 404
