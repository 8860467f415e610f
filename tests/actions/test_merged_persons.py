"""One human being with several entries counts once, whatever the entries are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from tests.actions.test_authority import failed, person, refused
from tests.office import Office, eur, password

from tranche.kernel.policy import Denied
from tranche.models import Login


@pytest.fixture
def office(mechanism: Path) -> Office:
    return Office()


@pytest.mark.by_form("authority.add_login")
def test_two_sign_ins_of_one_person_approve_once(office: Office) -> None:
    office.do(
        "operator", "authority.add_login", "lt.approver", person=person("ua.approver1"), username="ua.other"
    )
    own = make_password(password("ua.other"))
    Login.objects.filter(username="ua.other").update(password=own, password_until=None, is_active=True)
    office.received()
    office.programme("P-2")
    outcome = office.propose(
        "ua.manager",
        "programme.allocate",
        programme="P-2",
        funding="LT-UA-2024-T1",
        amount=eur(500_000_000),
    )
    office.approve("ua.approver1", outcome.decision_id)

    assert office.who("ua.other").person == office.who("ua.approver1").person
    refused(lambda: office.approve("ua.other", outcome.decision_id), Denied.ALREADY_APPROVED)


def test_merged_entries_count_once_in_open_decisions(office: Office) -> None:
    office.danish_pool()
    outcome = office.propose(
        "ua.manager",
        "programme.allocate",
        programme="P-DK",
        funding="DK-UA-2024-POOL",
        amount=eur(2_600_000_000),
    )
    for who in ("dk.approver1", "dk.approver2", "ua.approver1"):
        office.approve(who, outcome.decision_id)
    office.do(
        "operator",
        "authority.merge_persons",
        "ua.approver1",
        person=person("dk.approver1"),
        duplicate=person("dk.approver2"),
    )

    assert office.approve("ua.approver2", outcome.decision_id).state == "open"


def test_who_took_an_approval_back_does_not_give_it_under_another_name(office: Office) -> None:
    office.danish_pool()
    outcome = office.propose(
        "ua.manager",
        "programme.allocate",
        programme="P-DK",
        funding="DK-UA-2024-POOL",
        amount=eur(2_600_000_000),
    )
    office.approve("dk.approver1", outcome.decision_id)
    office.revoke("dk.approver1", outcome.decision_id)
    office.do(
        "operator",
        "authority.merge_persons",
        "ua.approver1",
        person=person("dk.approver2"),
        duplicate=person("dk.approver1"),
    )

    refused(lambda: office.approve("dk.approver2", outcome.decision_id), Denied.TAKEN_BACK)


@pytest.mark.by_form("programme.close")
def test_a_proposer_who_is_the_approver_under_another_name_is_found_out(office: Office) -> None:
    office.programme("P-2")
    outcome = office.propose("ua.manager2", "programme.close", programme="P-2")
    office.do(
        "operator",
        "authority.merge_persons",
        "lt.approver",
        person=person("ua.manager2"),
        duplicate=person("ua.approver1"),
    )

    refused(lambda: office.approve("ua.approver1", outcome.decision_id), Denied.OWN_PROPOSAL)


def test_entries_with_roles_that_clash_are_not_merged(office: Office) -> None:
    failed(
        lambda: office.propose(
            "operator",
            "authority.merge_persons",
            person=person("lt.approver"),
            duplicate=person("ua.approver1"),
        ),
        "roles_fit",
    )
