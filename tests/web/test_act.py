"""The form of every action: filled in, checked, proposed; refused input is shown again with what to type."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office import Office

from tranche.actions import decision as decisions
from tranche.actions.registry import find, names
from tranche.log import read as log
from tranche.models import Decision, Evidence, Party, Programme, Record
from tranche.queries.presenters.action_words import TITLES
from tranche.queries.presenters.fact_words import LABELS
from tranche.queries.viewer import UNFILTERED
from tranche.store.errors import CommitUncertain, StorageFull
from tranche.store.write import write_transaction
from tranche.web.views.act_form import UNOFFERED, fields_of

SignIn = Callable[[str], Client]
NBSP = "\u00a0"
ALLOCATE = "/act/programme.allocate/"


def allocation(**changes: str) -> dict[str, str]:
    """The allocation form as the fund manager fills it in."""
    return {
        "then": "check",
        "key": str(uuid.uuid4()),
        "programme": "P-1",
        "funding": "LT-UA-2024-T1",
        "amount": "4 000 000.00",
        "amount_currency": "EUR",
    } | changes


def hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    form = page.decode().rsplit("<form", 1)[1]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def test_form_is_prefilled_from_the_address(funded: Office, signed_in: SignIn) -> None:
    page = signed_in("ua.manager").get(f"{ALLOCATE}?programme=P-1").content.decode()

    assert '<option value="P-1" selected>' in page
    assert f"LT-UA-2024-T1: 10{NBSP}000{NBSP}000.00{NBSP}EUR" in page
    assert 'inputmode="decimal"' in page


def test_what_may_be_chosen_is_named_in_the_readers_language(funded: Office, signed_in: SignIn) -> None:
    Party.objects.filter(ref="UA-MOD").update(name_uk="Міністерство")
    Programme.objects.filter(ref="P-1").update(title_uk="Програма")
    client = signed_in("ua.manager")
    client.post("/preferences/", {"language": "uk", "next": "/"})

    allocating = client.get(ALLOCATE).content.decode()
    opening = client.get("/act/priority.set/").content.decode()
    tracing = client.get("/trace/").content.decode()

    assert "P-1: Програма" in allocating
    assert "UA-MOD: Міністерство" in opening
    assert "LT-UA-2024-T1: " in tracing


def test_check_page_shows_figures_facts_and_who_must_approve(funded: Office, signed_in: SignIn) -> None:
    page = signed_in("ua.manager").post(ALLOCATE, allocation())

    text = page.content.decode()
    assert page.status_code == 200
    assert f"4{NBSP}000{NBSP}000.00{NBSP}EUR" in text
    assert "donor approver for LT-MOD: 1 person" in text
    assert "approver for UA-MOD: 1 person" in text
    assert not Decision.objects.filter(action="programme.allocate").exists()


def test_confirming_proposes_exactly_what_was_checked(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = hidden(client.post(ALLOCATE, allocation()).content)

    answer = client.post(ALLOCATE, checked | {"then": "confirm"})

    made = Decision.objects.get(action="programme.allocate")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/decisions/{made.id}/")
    assert (made.state, made.amount_minor, made.currency) == ("open", 400_000_000, "EUR")


def test_confirming_twice_with_one_key_proposes_once(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = hidden(client.post(ALLOCATE, allocation()).content) | {"then": "confirm"}

    first, second = client.post(ALLOCATE, checked), client.post(ALLOCATE, checked)

    assert first.headers["Location"] == second.headers["Location"]
    assert Decision.objects.filter(action="programme.allocate").count() == 1


def test_answers_can_be_changed_after_the_check(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = hidden(client.post(ALLOCATE, allocation()).content)

    page = client.post(ALLOCATE, checked | {"then": "edit"}).content.decode()

    assert f'value="4{NBSP}000{NBSP}000.00"' in page
    assert checked["key"] in page


@pytest.mark.parametrize(
    ("language", "typed", "offered"),
    [
        ("en", "1e5", "Write it as 1234"),
        ("en", "1,234", "1 234"),
        ("uk", "1,000.00", "1 000,00"),
        ("lt", "1,000.00", "1 000,00"),
        ("en", "-5", "Write it as 1234"),
        ("en", "0", "above zero"),
        ("en", "10.000.000", "10 000 000"),
    ],
)
def test_amount_that_may_mean_two_things_is_refused_with_the_form_to_type(
    funded: Office, signed_in: SignIn, language: str, typed: str, offered: str
) -> None:
    client = signed_in("ua.manager")
    client.post("/preferences/", {"language": language})

    page = client.post(ALLOCATE, allocation(amount=typed))

    text = page.content.decode()
    assert page.status_code == 422
    assert f'value="{typed}"' in text
    assert 'href="#amount"' in text
    assert 'aria-invalid="true"' in text
    if language == "en" or offered.startswith("1 000"):
        assert offered in text


@pytest.mark.parametrize(
    ("language", "typed"), [("en", "4000000"), ("uk", "4 000 000,00"), ("lt", f"4{NBSP}000{NBSP}000,00")]
)
def test_amount_as_people_of_a_language_write_it_is_taken(
    funded: Office, signed_in: SignIn, language: str, typed: str
) -> None:
    client = signed_in("ua.manager")
    client.post("/preferences/", {"language": language})

    page = client.post(ALLOCATE, allocation(amount=typed))

    assert page.status_code == 200
    assert '"amount_minor":400000000' in hidden(page.content)["arguments"]


def test_allocating_more_than_is_there_names_what_is_missing(funded: Office, signed_in: SignIn) -> None:
    before = log.head()

    page = signed_in("ua.manager").post(ALLOCATE, allocation(amount="10 000 000.01"))

    assert page.status_code == 409
    assert f"There is not enough money: 0.01{NBSP}EUR is missing." in page.content.decode()
    assert log.head() == before


def test_other_currency_than_the_money_is_refused(funded: Office, signed_in: SignIn) -> None:
    page = signed_in("ua.manager").post(ALLOCATE, allocation(amount_currency="DKK"))

    assert page.status_code == 422
    assert b"The amount is in DKK, but the money lies in EUR." in page.content


def test_money_spent_between_check_and_confirm_is_refused_then(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = hidden(client.post(ALLOCATE, allocation(amount="9 000 000.00")).content)
    funded.do(
        "ua.manager",
        "programme.allocate",
        "lt.approver",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount={"amount_minor": 200_000_000, "currency": "EUR"},
    )

    page = client.post(ALLOCATE, checked | {"then": "confirm"})

    assert page.status_code == 409
    assert f'value="9{NBSP}000{NBSP}000.00"' in page.content.decode()
    assert Decision.objects.filter(action="programme.allocate", state="open").count() == 0


def test_person_without_the_role_is_told_and_refused(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("auditor")

    page = client.get(ALLOCATE).content
    answer = client.post(ALLOCATE, allocation())

    assert b"You do not hold a role that does this." in page
    assert answer.status_code == 403


def test_refusal_of_the_storage_is_a_page_and_no_fault(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = hidden(client.post(ALLOCATE, allocation()).content) | {"then": "confirm"}

    with patch.object(decisions, "write_transaction", side_effect=StorageFull):
        page = client.post(ALLOCATE, checked)

    assert page.status_code == 503
    assert b"The disk of the server is full." in page.content
    assert checked["key"] in page.content.decode()


def test_unknown_outcome_offers_the_same_form_with_the_same_key(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("ua.manager")
    checked = hidden(client.post(ALLOCATE, allocation()).content) | {"then": "confirm"}
    real = write_transaction

    def lose_the_answer(**request: Any) -> Any:
        real(**request)
        raise CommitUncertain

    with patch.object(decisions, "write_transaction", side_effect=lose_the_answer):
        page = client.post(ALLOCATE, checked)
    repeated = hidden(page.content)
    answer = client.post(ALLOCATE, repeated)

    assert page.status_code == 503
    assert b"We do not know whether this was recorded" in page.content
    assert b"Try again (safe)" in page.content
    assert {name: repeated[name] for name in checked if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in checked.items() if name != "csrfmiddlewaretoken"
    }
    assert answer.status_code == 303
    assert Decision.objects.filter(action="programme.allocate").count() == 1


def test_step_is_completed_with_an_uploaded_document(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_tranche()
    office.procedure()
    client = signed_in("lt.officer")
    opinion = SimpleUploadedFile("opinion.pdf", b"%PDF opinion", content_type="application/pdf")
    form: dict[str, Any] = {
        "then": "check",
        "key": str(uuid.uuid4()),
        "step": "LT-UA-2024-T1-S1",
        "evidence_legal_opinion": opinion,
        "back": "/tranches/LT-UA-2024-T1/",
    }

    asked = client.get("/act/step.complete/?step=LT-UA-2024-T1-S1").content.decode()
    checked = client.post("/act/step.complete/", form)
    answer = client.post("/act/step.complete/", hidden(checked.content) | {"then": "confirm"})

    assert 'name="evidence_legal_opinion"' in asked
    assert b"opinion.pdf" in checked.content
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tranches/LT-UA-2024-T1/")
    assert Record.objects.get(ref="LT-UA-2024-T1-S1").state == "done"
    assert Evidence.objects.get(name="opinion.pdf").media_type == "application/pdf"


def test_missing_document_is_named(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_tranche()
    office.procedure()
    form = {"then": "check", "key": str(uuid.uuid4()), "step": "LT-UA-2024-T1-S1"}

    page = signed_in("lt.officer").post("/act/step.complete/", form)

    assert page.status_code == 409
    assert b"A document is missing: Legal opinion." in page.content


def test_reference_that_the_form_does_not_offer_is_wrong_input(funded: Office, signed_in: SignIn) -> None:
    page = signed_in("ua.manager").post(ALLOCATE, allocation(programme="P-99"))

    assert page.status_code == 422
    assert b"Choose one of the values in the list." in page.content


@pytest.mark.parametrize("query", ["colour=blue", "programme=P-1&sort=x"])
def test_unknown_parameter_in_the_address_is_refused(signed_in: SignIn, query: str) -> None:
    assert signed_in("ua.manager").get(f"{ALLOCATE}?{query}").status_code == 422


@pytest.mark.parametrize("action", ["programme.explode", *sorted(UNOFFERED)])
def test_action_without_a_form_is_refused(signed_in: SignIn, action: str) -> None:
    assert signed_in("ua.manager").get(f"/act/{action}/").status_code == 422


@pytest.mark.parametrize(
    "changes",
    [{"then": "jump"}, {"then": "confirm", "arguments": "not json"}, {"then": "confirm", "arguments": "[]"}],
)
def test_form_that_was_tampered_with_is_refused(
    funded: Office, signed_in: SignIn, changes: dict[str, str]
) -> None:
    before = log.head()

    answer = signed_in("ua.manager").post(ALLOCATE, allocation(**changes))

    assert answer.status_code == 422
    assert log.head() == before


@pytest.mark.parametrize(
    "kept",
    ["[1]", '[{"sha256":"00"}]', "{}", '{"kind":1}', "7", "[" * 20_000, '[{"kind":1,"name":2,"sha256":3}]'],
)
def test_documents_that_were_tampered_with_are_refused(funded: Office, signed_in: SignIn, kept: str) -> None:
    answer = signed_in("ua.manager").post(ALLOCATE, allocation(kept=kept))

    assert answer.status_code == 422
    assert b"Add the document again." in answer.content


@pytest.mark.parametrize("then", ["edit", "confirm"])
@pytest.mark.parametrize("carried", ['{"evidence":[1]}', '{"evidence":7}'])
def test_answers_with_documents_that_are_none_are_refused(
    funded: Office, signed_in: SignIn, then: str, carried: str
) -> None:
    answer = signed_in("ua.manager").post(ALLOCATE, allocation(then=then, arguments=carried))

    assert answer.status_code == 422


def test_refused_field_is_named_once_in_the_summary(office: Office, signed_in: SignIn) -> None:
    form = {"then": "check", "key": str(uuid.uuid4()), "ref": "no ref", "title": "x"}

    page = signed_in("ua.manager").post(
        "/act/programme.draft/", form | {"holder": "UA-MOD", "category": "ammunition"}
    )

    assert page.status_code == 422
    assert b"Reference: A reference has capital letters" in page.content
    assert b"Reference: Reference:" not in page.content


def test_procedure_asks_for_its_template_then_for_the_owners(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_tranche()
    client = signed_in("lt.officer")

    first = client.get("/act/tranche.start_procedure/?tranche=LT-UA-2024-T1").content.decode()
    second = client.get(
        "/act/tranche.start_procedure/?tranche=LT-UA-2024-T1&template=lt-illustrative"
    ).content.decode()

    assert 'name="owners_donor_treasury"' not in first
    assert 'name="owners_donor_treasury"' in second


def test_every_action_has_a_title_and_every_argument_a_label() -> None:
    offered = names() - {"system.setup", "authority.grant"}

    assert sorted(offered - set(TITLES)) == []
    assert sorted({a.name for name in offered for a in find(name).arguments} - set(LABELS)) == []


def test_every_offered_action_has_a_form_with_all_its_arguments(office: Office) -> None:
    for name in sorted(names() - UNOFFERED):
        action = find(name)

        asked = fields_of(action, {}, "en", UNFILTERED)

        assert [field.name for field in asked] == [argument.name for argument in action.arguments], name
