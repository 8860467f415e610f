"""Security keys in a real browser: registered, used to sign and to sign in, and every wrong one refused."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test.utils import override_settings
from playwright.sync_api import CDPSession, Page, Route, expect
from tests.browser.test_journeys import password_of

from tranche.actions.decision import propose
from tranche.actions.people import actor_of
from tranche.models import Approval, Credential, Decision, Login

SignIn = Callable[..., Page]

WHO = "ua.approver2"
ANSWER_MS_MAX = 30_000
"""A browser may look for a foreign name on the network before it says no."""
WAITING = re.compile("/decisions/[0-9a-f-]{36}/$")


@pytest.fixture
def address(address: str) -> str:
    """Keys answer for a name only: the same server as localhost."""
    return address.replace("127.0.0.1", "localhost")


class Device:
    """Chromium's own virtual authenticator, plugged into one page."""

    def __init__(self, page: Page, **changes: Any) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options | changes})
        self.id = made["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def clear(self) -> None:
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})

    def unplug(self) -> None:
        self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})

    def verified(self, is_verified: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": is_verified})


def make_key(page: Page, label: str = "blue key") -> None:
    page.goto("/account/keys/")
    page.get_by_label("Name of the key").fill(label)
    page.get_by_role("button", name="Make a key").click()


def registered_for(username: str) -> Credential:
    """What two others did in the pages of another test, done here at once."""
    person = Login.objects.get(username=username).person_id
    Credential.objects.filter(person_id=person).update(registered_at="2025-03-31T08:00:00Z", registered_seq=1)
    return Credential.objects.get(person_id=person)


def one_more(reference: str) -> str:
    """A further decision that waits for the recipient's approvers."""
    manager = actor_of(Login.objects.get(username="ua.manager").pk, "web")
    arguments = {"title": reference, "ref": reference, "category": "production", "holder": "UA-MOD"}
    propose(action="programme.draft", arguments=arguments, key=str(uuid.uuid4()), by=manager)
    opened = propose(
        action="programme.open", arguments={"programme": reference}, key=str(uuid.uuid4()), by=manager
    )
    return opened.decision_id


@pytest.fixture
def holder(signed_in: SignIn) -> tuple[Page, Device]:
    """A page of an approver whose key is in use, with the key plugged in."""
    page = signed_in(WHO, "/account/keys/")
    device = Device(page)
    make_key(page)
    expect(page.get_by_text("waits", exact=True)).to_be_visible()
    registered_for(WHO)
    return page, device


def sign(page: Page, decision: str) -> None:
    page.goto(f"/decisions/{decision}/approve/")
    page.get_by_role("button", name="Approve with key").click()


def why_not(page: Page) -> str:
    """What the page says was wrong, by the script or by the server."""
    said = page.locator("[data-key-status].note-box, .errors")
    expect(said.first).to_be_visible(timeout=ANSWER_MS_MAX)
    return said.first.inner_text()


def test_a_key_is_made_registered_by_two_others_and_signs(signed_in: SignIn, demo: Path) -> None:
    page = signed_in(WHO, "/account/keys/")
    Device(page)
    make_key(page)
    expect(page.get_by_text("waits", exact=True)).to_be_visible()

    operator = signed_in("operator", "/act/authority.register_credential/")
    operator.locator("select[name=credential]").select_option(index=1)
    operator.get_by_role("button", name="Continue to the check").click()
    operator.get_by_role("button", name="Propose").click()
    operator.wait_for_url(WAITING)
    approver = signed_in("lt.approver", urlsplit(operator.url).path + "approve/")
    approver.get_by_label("Your password").fill(password_of(demo, "lt.approver"))
    approver.get_by_role("button", name="Approve", exact=True).click()
    approver.wait_for_url(WAITING)

    page.reload()
    expect(page.get_by_text("in use", exact=True)).to_be_visible()
    decision = one_more("P-KEY-1")
    sign(page, decision)
    page.wait_for_url(WAITING)
    expect(page.get_by_text("signed with a security key")).to_be_visible()
    assert Approval.objects.get(decision_id=decision).method == "webauthn"


def test_a_key_signs_its_holder_in(holder: tuple[Page, Device]) -> None:
    page, _device = holder
    page.context.clear_cookies()
    page.goto("/account/login/?next=/account/keys/")

    page.get_by_role("button", name="Sign in with a security key").click()

    page.wait_for_url(re.compile("/account/keys/$"))
    expect(page.get_by_role("heading", name="Your keys")).to_be_visible()


def test_a_further_key_is_put_to_use_by_the_first(holder: tuple[Page, Device]) -> None:
    page, first = holder
    kept = first.credentials()[0]
    first.unplug()
    second = Device(page)
    make_key(page, "red key")
    expect(page.get_by_text("waits", exact=True)).to_be_visible()
    second.unplug()
    Device(page).put(kept)

    page.get_by_role("button", name="Put red key to use").click()

    expect(page.get_by_text("in use", exact=True)).to_have_count(2)


def test_a_key_asked_by_another_origin_is_refused(holder: tuple[Page, Device]) -> None:
    page, _device = holder
    decision = one_more("P-KEY-1")

    with override_settings(TRANCHE_ORIGIN="http://localhost:1"):
        sign(page, decision)
        assert "another site" in why_not(page)

    assert not Approval.objects.filter(decision_id=decision).exists()


def test_a_page_under_another_name_gets_no_answer_from_the_key(holder: tuple[Page, Device]) -> None:
    page, _device = holder
    decision = one_more("P-KEY-1")
    page.route("**/statement/", lambda route: route.fulfill(json=changed(route, rpId="example.org")))

    sign(page, decision)

    assert "gave no answer" in why_not(page)


def test_a_key_that_does_not_verify_its_holder_is_refused(holder: tuple[Page, Device]) -> None:
    page, device = holder
    decision = one_more("P-KEY-1")
    device.verified(False)
    page.route(
        "**/statement/", lambda route: route.fulfill(json=changed(route, userVerification="discouraged"))
    )

    sign(page, decision)

    assert "did not check that it was you" in why_not(page)


def test_a_synced_key_is_not_offered_outside_the_demonstration(signed_in: SignIn, address: str) -> None:
    page = signed_in(WHO, "/account/keys/")
    Device(page, defaultBackupEligibility=True)

    with override_settings(TRANCHE_DEMO=False, TRANCHE_ORIGIN=address):
        make_key(page)
        assert "can be copied to other devices" in why_not(page)

    assert not Credential.objects.filter(person__logins__username=WHO).exists()


def test_a_copy_with_an_old_counter_is_refused(holder: tuple[Page, Device]) -> None:
    page, device = holder
    copied = device.credentials()[0]
    sign(page, one_more("P-KEY-1"))
    page.wait_for_url(WAITING)
    device.clear()
    device.put(copied)
    decision = one_more("P-KEY-2")

    sign(page, decision)

    assert "counter of the key did not rise" in why_not(page)
    assert not Approval.objects.filter(decision_id=decision).exists()


def test_a_signature_of_one_decision_approves_no_other(holder: tuple[Page, Device]) -> None:
    page, _device = holder
    first, second = one_more("P-KEY-1"), one_more("P-KEY-2")
    shown = bytes(Decision.objects.get(pk=second).hash).hex()
    sent: list[dict[str, list[str]]] = []

    def keep(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(parse_qs(route.request.post_data or ""))
        route.abort()

    page.route(f"**/decisions/{first}/approve/", keep)
    sign(page, first)
    expect(page.locator("main")).to_be_visible()
    page.wait_for_timeout(1_500)
    form: dict[str, Any] = {name: values[0] for name, values in sent[0].items()} | {"shown_hash": shown}

    other = page.request.post(f"/decisions/{second}/approve/", form=form)
    own = page.request.post(
        f"/decisions/{first}/approve/", form={**form, "shown_hash": sent[0]["shown_hash"][0]}, max_redirects=0
    )
    again = page.request.post(
        f"/decisions/{first}/approve/",
        form={**form, "shown_hash": sent[0]["shown_hash"][0], "key": str(uuid.uuid4())},
    )

    assert "What you signed is not what would be recorded" in other.text()
    assert own.status == 303
    assert again.status in (403, 409)
    assert not Approval.objects.filter(decision_id=second).exists()


def changed(route: Route, **options: str) -> dict[str, Any]:
    """What the server would send, with some options of the browser replaced."""
    found = dict(route.fetch().json())
    return found | {"publicKey": found["publicKey"] | options}
