"""What may happen next to a record, and who may do it."""

from __future__ import annotations

import pytest
from tests.office import Office

from tranche.actions.registry import names
from tranche.queries.presenters.actions import BEGUN_ON, NextStep, next_steps
from tranche.queries.trace import UnknownRef

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def steps(office: Office, ref: str, who: str) -> dict[str, NextStep]:
    return {row.action: row for row in next_steps(ref, office.who(who), office.now)}


def test_state_decides_which_steps_there_are(office: Office) -> None:
    office.lithuanian_tranche()

    assert set(steps(office, "LT-UA-2024-T1", "lt.officer")) == {
        "tranche.start_procedure",
        "tranche.withdraw",
        "condition.add",
        "hold.place",
        "tranche.step_back",
    }


def test_condition_is_added_by_officers_of_the_agreement(office: Office) -> None:
    office.lithuanian_tranche()

    own = steps(office, "LT-UA-2024-T1", "lt.officer")["condition.add"]
    other = steps(office, "LT-UA-2024-T1", "dk.officer")["condition.add"]

    assert (own.allowed, own.url) == (True, "/act/condition.add/?tranche=LT-UA-2024-T1")
    assert not other.allowed


def test_documents_of_a_supplier_are_asked_for_by_a_link(office: Office) -> None:
    office.contracted()

    asked = steps(office, "C-1", "ua.manager")["evidence.issue_link"]

    assert (asked.allowed, asked.url) == (True, "/uploads/issue/C-1/")


def test_role_and_party_decide_who_may_take_them(office: Office) -> None:
    office.lithuanian_tranche()

    own = steps(office, "LT-UA-2024-T1", "lt.officer")["tranche.start_procedure"]
    other = steps(office, "LT-UA-2024-T1", "dk.officer")["tranche.start_procedure"]
    auditor = steps(office, "LT-UA-2024-T1", "auditor")["tranche.start_procedure"]

    assert (own.allowed, own.why) == (True, "")
    assert own.url == "/act/tranche.start_procedure/?tranche=LT-UA-2024-T1"
    assert not other.allowed
    assert "another party" in other.why
    assert "This is done by: donor officer." in auditor.why


def test_records_that_begin_below_a_record_are_offered_there(office: Office) -> None:
    office.allocated()

    found = steps(office, "P-1", "ua.manager")

    assert found["contract.draft"].url == "/act/contract.draft/?programme=P-1"
    assert found["programme.allocate"].allowed


def test_receipt_starts_from_the_bank(office: Office) -> None:
    office.authorised()

    assert steps(office, "LT-UA-2024-T1", "ua.manager")["tranche.confirm_receipt"].url == "/bank/"


def test_every_record_of_the_path_answers_with_known_actions(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 100_000_000)

    for ref in (
        "LT-UA-2024",
        "LT-UA-2024-T1",
        "LT-UA-2024-T1-S1",
        "P-1",
        "C-1",
        "C-1-M1",
        "PAY-1",
        "PA-1",
        "LOT-1",
    ):
        assert {row.action for row in next_steps(ref, office.who("ua.manager"), office.now)} <= names(), ref


def test_actions_that_begin_a_record_are_real() -> None:
    assert {action for made in BEGUN_ON.values() for action in made} <= names()


def test_unknown_reference_is_an_error(office: Office) -> None:
    with pytest.raises(UnknownRef):
        next_steps("NO-SUCH", office.who("auditor"), office.now)
