"""Versions of the policy, recovery and ownership on their pages: forms, sheets, and who is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from tests.actions.refusing import allocation
from tests.actions.test_recovery import THREE, three
from tests.actions.test_recovery import ask as ask_recovery
from tests.office import START, Office, eur, password
from tests.web.test_holds import act

from tranche.models import Decision, Party
from tranche.store import clock

SignIn = Callable[[str], Client]
HISTORY = "/policy/history/"
LATER = (START + timedelta(days=30)).date().isoformat()


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_the_first_version_comes_from_the_set_up(office: Office, signed_in: SignIn) -> None:
    shown = page(signed_in("auditor"), HISTORY)

    assert "Version 1" in shown
    assert "the set-up of this mechanism" in shown
    assert "Nobody is named yet." in shown
    assert "authority.change_policy" not in shown


def test_a_version_shows_what_changed_and_by_which_decision(office: Office, signed_in: SignIn) -> None:
    done = office.change_policy(limit_one=eur(50_000_000), window_days=60)

    shown = page(signed_in("lt.approver"), HISTORY)

    assert shown.index("Version 2") < shown.index("Version 1")
    assert "before: 30" in shown
    assert f"/decisions/{done.decision_id}/" in shown
    assert "/act/authority.change_policy/" in shown


def test_a_change_is_asked_for_by_a_form_that_says_what_becomes_void(
    funded: Office, signed_in: SignIn
) -> None:
    allocation(funded, 500_000_000)
    client = signed_in("ua.approver2")
    form = page(client, "/act/authority.change_policy/")
    assert "Security keys, and changing codes where these are enough" in form
    typed = {"effective_on": LATER, "window_days": "60", "limit_one": "500 000", "limit_one_currency": "EUR"}
    checked = client.post(
        "/act/authority.change_policy/", {"then": "check", "key": str(uuid.uuid4()), **typed}
    ).content.decode()
    assert "1 open decision becomes void on that day" in checked

    where = act(client, "authority.change_policy", **typed, password=password("ua.approver2"))

    sheet = page(signed_in("lt.approver"), where)
    assert "Days over which amounts add up, afterwards" in sheet
    assert "1 open decision becomes void on that day" in sheet


def test_what_the_form_refuses_is_said_at_its_field(office: Office, signed_in: SignIn) -> None:
    typed = {"effective_on": "2024-09-01", "window_days": "60"}
    answer = signed_in("ua.approver2").post(
        "/act/authority.change_policy/", {"then": "check", "key": str(uuid.uuid4()), **typed}
    )

    assert answer.status_code == 409
    assert "A policy holds from tomorrow at the earliest" in answer.content.decode()


def test_everybody_is_told_of_a_recovery_and_the_named_can_stop_it(office: Office, signed_in: SignIn) -> None:
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))
    decision = ask_recovery(office)

    with clock.at(office.tick()):
        for who in ("auditor", "dk.officer", *THREE):
            assert "Recovery:" in page(signed_in(who), "/")
        sheet = page(signed_in("ua.payer"), f"/decisions/{decision}/")
        other = page(signed_in("dk.officer"), f"/decisions/{decision}/")
    assert "each of them can stop it" in sheet
    assert f"/decisions/{decision}/withdraw/" in sheet
    assert f"/decisions/{decision}/approve/" not in sheet
    assert "Everybody is still being told" in sheet
    assert "Change and propose anew" not in sheet
    assert f"/decisions/{decision}/withdraw/" not in other

    signed_in("ua.payer").post(
        f"/decisions/{decision}/withdraw/", {"reason": "Nobody is missing.", "key": str(uuid.uuid4())}
    )

    assert Decision.objects.get(pk=decision).state == "withdrawn"
    assert "Recovery:" not in page(signed_in("auditor"), "/")


def test_after_the_notice_a_named_person_may_approve(office: Office, signed_in: SignIn) -> None:
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))
    decision = ask_recovery(office)

    sheet = page(signed_in("lt.officer"), f"/decisions/{decision}/")

    assert f"/decisions/{decision}/approve/" in sheet
    assert "2 recovery persons" in sheet
    assert "lt.officer" in page(signed_in("auditor"), HISTORY)


def test_recovery_persons_are_chosen_in_a_form(office: Office, signed_in: SignIn) -> None:
    client = signed_in("operator")
    act(client, "authority.name_recovery", **three(*THREE), password=password("operator"))

    assert Decision.objects.get(action="authority.name_recovery").state == "open"


def test_the_owner_of_a_maker_stands_on_the_page_of_its_account(funded: Office, signed_in: SignIn) -> None:
    funded.payee()
    client = signed_in("ua.manager")
    assert "/act/register.set_group/?party=MFR-1" in page(client, "/payees/PA-1/")
    act(client, "register.set_group", party="MFR-1", group="OWNER-1")
    funded.now = clock.now()
    for who in ("ua.approver1", "lt.approver"):
        funded.approve(who, Decision.objects.get(action="register.set_group").id)

    assert "OWNER-1" in page(client, "/payees/PA-1/")
    assert Party.objects.get(ref="MFR-1").ownership_group == "OWNER-1"
