"""Pages of payee accounts and conditions, and the alerts on the first page and on decisions."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.office import IBAN, START, Office, document

from tranche.models import Evidence, RecordEvent, RoleGrant
from tranche.store import clock

SignIn = Callable[[str], Client]
OTHER = "UA903052992990004149123456789"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def changed(office: Office) -> None:
    """An active account, and another one that is to replace it."""
    office.payee()
    office.propose_account(iban=OTHER, name="M\u0430ker One")


def test_list_shows_accounts_and_who_must_act(office: Office, signed_in: SignIn) -> None:
    changed(office)

    page = text(signed_in("ua.approver1"), "/payees/")

    assert "PA-2 is to replace PA-1" in page
    assert "payer for UA-MOD" in page
    assert "none yet" in page
    assert IBAN not in page
    assert "PA-2" not in text(signed_in("lt.approver"), "/payees/")  # pays this supplier nothing


def test_account_page_shows_calls_and_warnings(office: Office, signed_in: SignIn) -> None:
    changed(office)
    manager = signed_in("ua.payer")

    first, second = text(manager, "/payees/PA-1/"), text(manager, "/payees/PA-2/")

    assert "The accountant" in first
    assert "Nothing was paid to this account yet" in first
    assert "One word has letters of two alphabets." in second
    assert "It can be taken for a name of MFR-1." in second
    assert "Nobody has called yet" in second


def test_account_is_unknown_to_those_who_pay_its_supplier_nothing(office: Office, signed_in: SignIn) -> None:
    office.payee()

    for who in ("lt.officer", "operator"):
        assert signed_in(who).get("/payees/PA-1/").status_code == 404


@pytest.mark.parametrize(("who", "whole"), [("ua.payer", True), ("auditor", True), ("lt.officer", False)])
def test_whole_number_is_for_those_who_pay_and_audit(
    office: Office, signed_in: SignIn, who: str, whole: bool
) -> None:
    office.contracted()

    printed = " ".join(IBAN[at : at + 4] for at in range(0, len(IBAN), 4))
    assert (printed in text(signed_in(who), "/payees/PA-1/")) is whole


@pytest.mark.parametrize(("who", "status"), [("ua.payer", 200), ("auditor", 200), ("lt.officer", 404)])
def test_letter_with_the_whole_number_is_for_those_who_read_the_number(
    office: Office, signed_in: SignIn, who: str, status: int
) -> None:
    office.contracted()
    sha256 = Evidence.objects.get(kind="bank_letter").sha256
    client = signed_in(who)

    page = text(client, "/payees/PA-1/")

    assert client.get(f"/evidence/{sha256}/").status_code == status
    assert (f"/evidence/{sha256}/" in page) is (status == 200)
    assert 'href=""' not in page


def test_role_for_one_contract_reads_no_account_in_the_log(office: Office, signed_in: SignIn) -> None:
    office.contracted()
    office.hire("narrow", "FM@UA-MOD")
    RoleGrant.objects.filter(person__name="narrow").update(scope="contract", scope_ref="C-1")
    seq = RecordEvent.objects.get(action="payee.propose").log_seq

    shown = {who: text(signed_in(who), f"/proof/entries/{seq}/") for who in ("ua.manager", "narrow")}

    assert {who: IBAN in page for who, page in shown.items()} == {"ua.manager": True, "narrow": False}


def test_declared_interest_is_listed_with_its_end(office: Office, signed_in: SignIn) -> None:
    interest = {"party": "MFR-1", "kind": "part_owner", "from_on": "2024-01-01"}
    office.propose("ua.payer", "register.declare_interest", **interest)

    page = text(signed_in("ua.manager"), "/payees/")

    assert "Propose its end" in page
    assert "Owns a part of it" not in page


def test_document_of_the_account_can_be_replaced(office: Office, signed_in: SignIn) -> None:
    office.payee()
    page = text(signed_in("ua.manager"), "/payees/PA-1/")
    found = re.search('href="(/act/evidence.supersede/[^"]*)"', page)
    assert found is not None

    form = text(signed_in("ua.manager"), html.unescape(found[1]))

    assert 'name="evidence_bank_letter"' in form


def test_unknown_account_is_not_found(office: Office, signed_in: SignIn) -> None:
    assert signed_in("ua.payer").get("/payees/PA-9/").status_code == 404


def test_unknown_parameter_is_refused(office: Office, signed_in: SignIn) -> None:
    assert signed_in("ua.payer").get("/payees/?order=iban").status_code == 422


def test_change_is_alerted_on_the_overview_and_on_the_payment(funded: Office, signed_in: SignIn) -> None:
    clock_now = funded.now
    funded.do(
        "ua.manager",
        "programme.allocate",
        "lt.approver",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount={"amount_minor": 900_000_000, "currency": "EUR"},
    )
    assert clock_now < funded.now
    _payment_waits(funded)
    approver = signed_in("lt.approver")
    decision = funded.propose("ua.manager", "payment.release", payment="PAY-1").decision_id

    overview, shown = text(approver, "/"), text(approver, f"/decisions/{decision}/approve/")

    assert "PA-2 is to replace PA-1" in overview
    assert "This is the first payment to this account." in shown
    assert "PA-2 is to replace PA-1" in shown


def _payment_waits(office: Office) -> None:
    """A contract with a verified milestone, its payment drafted, and an account that is to be changed."""
    contract = {
        "ref": "C-1",
        "programme": "P-1",
        "supplier": "MFR-1",
        "title": "One",
        "tender_reference": "T",
    }
    contract |= {"funding": "LT-UA-2024-T1", "price_reason": "Lowest"}
    price = {"amount_minor": 500_000_000, "currency": "EUR"}
    office.propose("ua.manager", "contract.draft", **contract, price=price)
    signing: dict[str, Any] = {"contract": "C-1", "evidence": [document("contract_text")]}
    office.do("ua.manager", "contract.sign", "lt.approver", "ua.approver1", **signing)
    office.milestone("C-1-M1", 200_000_000)
    changed(office)
    office.do("ua.manager", "milestone.claim", milestone="C-1-M1", evidence=[document("invoice")])
    office.do("ua.inspector", "milestone.verify", milestone="C-1-M1", evidence=[document("visit_report")])
    office.draft_payment()


def test_tranche_page_lists_conditions_with_what_is_missing(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_tranche()
    condition = {
        "ref": "CP-1",
        "tranche": "LT-UA-2024-T1",
        "text": "Published.",
        "long_stop_on": "2024-09-05",
    }
    condition |= {"filing_party": "UA-MOD", "judging_party": "LT-MOD"}
    office.propose("lt.officer", "condition.add", **condition)

    page = text(signed_in("ua.manager"), "/tranches/LT-UA-2024-T1/")

    assert "1 missing" in page
    assert "Party UA-MOD files the proof." in page
    assert "/act/condition.file/?condition=CP-1" in page
    assert "late" in page.split('id="CP-1"')[1].split("</tr>")[0]


def test_forms_of_the_new_actions_open(office: Office, signed_in: SignIn) -> None:
    office.payee()
    manager = signed_in("ua.manager")

    for action in (
        *("condition.add", "condition.file", "condition.accept", "condition.waive", "payee.confirm_call"),
        *("register.declare_interest", "register.end_interest", "evidence.supersede", "evidence.revoke_link"),
    ):
        assert text(manager, f"/act/{action}/")
    with clock.at(START + timedelta(days=11)):
        assert text(manager, "/uploads/issue/PA-1/")
