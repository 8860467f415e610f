"""Holds, approvals taken back and proposals replaced, on their pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from tests.actions.refusing import allocation
from tests.office import Office, password

from tranche.models import ApprovalRevoked, Decision, Hold, HoldRelease

SignIn = Callable[[str], Client]


def act(client: Client, action: str, **typed: str) -> str:
    """Fill a form in and confirm what the check page shows; gives where it leads."""
    path, key = f"/act/{action}/", str(uuid.uuid4())
    checked = client.post(path, {"then": "check", "key": key, **typed})
    page = checked.content.decode()
    assert checked.status_code == 200, page
    carried = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
    carried = {name: value.replace("&quot;", '"').replace("&#x27;", "'") for name, value in carried.items()}
    done = client.post(path, carried | {"then": "confirm"})
    assert done.status_code == 303, done.content.decode()
    return str(done["Location"])


def placed(office: Office, scope: str, subject: str) -> Hold:
    office.propose(
        "ua.payer",
        "hold.place",
        reason="Somebody called about it.",
        over=scope,
        over_ref=subject,
        cause="emergency",
        review_on=(office.today() + timedelta(days=5)).isoformat(),
    )
    return Hold.objects.order_by("-log_seq")[0]


def test_a_hold_is_placed_and_lifted_by_forms_and_every_page_says_so(
    funded: Office, signed_in: SignIn
) -> None:
    payer, manager, approver = (signed_in(who) for who in ("ua.payer", "ua.manager", "ua.approver1"))
    assert b"On hold:" not in payer.get("/").content
    review = (funded.today() + timedelta(days=12)).isoformat()
    typed = {"over": "programme", "over_ref": "P-1", "cause": "emergency", "review_on": review}
    act(payer, "hold.place", reason="Somebody called about it.", **typed)
    hold = Hold.objects.get()

    page = manager.get("/holds/").content.decode()
    assert hold.ref in page
    assert "On hold:" in manager.get("/").content.decode()
    where = act(manager, "hold.release", hold=hold.ref, reason="It was a mistake.")
    decision = Decision.objects.get(pk=where.split("/")[-2])
    approver.post(
        f"/decisions/{decision.id}/approve/",
        {
            "shown_hash": bytes(decision.hash).hex(),
            "key": str(uuid.uuid4()),
            "verdict": "approve",
            "reason": "",
            "password": password("ua.approver1"),
        },
    )

    assert HoldRelease.objects.filter(hold=hold).exists()
    assert "Lifted on" in manager.get("/holds/").content.decode()


def test_a_decision_under_a_hold_says_so_and_offers_no_approval(funded: Office, signed_in: SignIn) -> None:
    decision = allocation(funded, 500_000_000)
    hold = placed(funded, "programme", "P-1")

    page = signed_in("lt.approver").get(f"/decisions/{decision}/").content.decode()

    assert f"{hold.ref} lies over P-1" in page
    assert "Approve or reject</a>" not in page


def test_a_proposal_under_a_hold_is_refused_in_words(funded: Office, signed_in: SignIn) -> None:
    hold = placed(funded, "agreement", "LT-UA-2024")
    typed = {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": "100", "amount_currency": "EUR"}

    answer = signed_in("ua.manager").post(
        "/act/programme.allocate/", {"then": "check", "key": str(uuid.uuid4()), **typed}
    )

    assert answer.status_code == 409
    assert f"{hold.ref} lies over LT-UA-2024" in answer.content.decode()


def test_an_approval_is_taken_back_on_its_page(funded: Office, signed_in: SignIn) -> None:
    decision = allocation(funded, 500_000_000)
    funded.approve("ua.approver1", decision)
    client = signed_in("ua.approver1")
    assert f"/decisions/{decision}/revoke/" in client.get(f"/decisions/{decision}/").content.decode()

    answer = client.post(f"/decisions/{decision}/revoke/", {"key": str(uuid.uuid4())})

    assert answer.status_code == 303
    assert ApprovalRevoked.objects.filter(approval__decision_id=decision).exists()
    assert "taken back on" in client.get(f"/decisions/{decision}/").content.decode()
    assert signed_in("lt.approver").post(
        f"/decisions/{decision}/revoke/", {"key": str(uuid.uuid4())}
    ).status_code in (403, 422)


def test_a_proposal_is_changed_and_proposed_anew(funded: Office, signed_in: SignIn) -> None:
    old = allocation(funded, 500_000_000)
    client = signed_in("ua.manager")
    form = client.get(f"/act/programme.allocate/?replaces={old}").content.decode()
    assert 'value="5 000 000.00"'.replace(" ", "\u00a0") in form

    where = act(
        client,
        "programme.allocate",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount="4000000",
        amount_currency="EUR",
        replaces=old,
    )

    ended = Decision.objects.get(pk=old)
    assert (ended.state, f"/decisions/{ended.replaced_by}/") == ("withdrawn", where)
    assert "Its proposer replaced it." in client.get(f"/decisions/{old}/").content.decode()


def test_what_adds_up_is_shown_to_the_approver(funded: Office, signed_in: SignIn) -> None:
    funded.approve("ua.approver1", allocation(funded, 60_000_000))
    decision = allocation(funded, 60_000_000)

    page = signed_in("lt.approver").get(f"/decisions/{decision}/").content.decode()

    assert "Added up with other decisions" in page
    assert "600 000.00".replace(" ", "\u00a0") in page


def test_every_page_of_a_record_in_scope_says_that_it_is_suspended(funded: Office, signed_in: SignIn) -> None:
    client = signed_in("auditor")
    pages = ("/tranches/LT-UA-2024-T1/", "/tranches/LT-UA-2024-T1/procedure/", "/agreements/LT-UA-2024/")
    assert not any("Suspended:" in client.get(page).content.decode() for page in (*pages, "/programmes/P-1/"))
    hold = placed(funded, "agreement", "LT-UA-2024")

    for page in pages:
        shown = client.get(page).content.decode()
        assert "Suspended:" in shown
        assert hold.ref in shown
        assert "Emergency" in shown
    assert "Suspended:" not in client.get("/programmes/P-1/").content.decode()


def test_a_hold_over_an_account_is_seen_on_its_page(funded: Office, signed_in: SignIn) -> None:
    funded.payee()
    placed(funded, "record", "PA-1")

    assert "Suspended:" in signed_in("auditor").get("/payees/PA-1/").content.decode()
