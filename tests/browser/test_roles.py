"""Each role from sign-in to its main act, by keyboard alone, in three languages, with no finding of axe."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import data_folder
from tests.browser.test_journeys import open_decision, password_of
from tests.browser.test_pages import TAGS
from tests.desk import document

from tranche.actions.decision import propose
from tranche.actions.people import actor_of
from tranche.models import Approval, Decision, Hold, Login, Record

pytestmark = pytest.mark.browser

TABS_MAX = 160
LANGUAGES = ("en", "uk", "lt")
BUTTONS = frozenset({"Record"})
"""Words that are a deed on a button and a thing elsewhere."""

IDENTIFIER = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]+-[A-Z0-9-]+|[0-9]+")
LOOKED_THROUGH: set[tuple[str, str]] = set()
"""Pages by language and address without what is named: another object or person brings no other markup."""


@dataclass
class Hands:
    """Somebody at a keyboard who reads one language; axe looks through every kind of page that opens."""

    page: Page
    language: str

    def say(self, message: str) -> str:
        with override(self.language):
            return pgettext("button", message) if message in BUTTONS else gettext(message)

    def look(self) -> None:
        wrong = self.page.locator("#errors")
        assert not wrong.count(), wrong.first.inner_text()
        assert self.page.locator("html").get_attribute("lang") == self.language
        kind = (self.language, IDENTIFIER.sub("*", urlsplit(self.page.url).path))
        if kind in LOOKED_THROUGH:
            return
        LOOKED_THROUGH.add(kind)
        result = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": TAGS}})
        found = [f"{row['id']}: {row['nodes'][0]['html'][:160]}" for row in result.response["violations"]]
        assert found == [], self.page.url

    def to(self, wanted: Locator) -> None:
        """Press Tab until this element has the focus."""
        for _step in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"no way by keyboard to {wanted} on {self.page.url}")

    def press(self, wanted: Locator) -> None:
        """Go there, press Enter, and look at the page that comes."""
        self.to(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=self.say(name), exact=True).first)

    def section(self, name: str) -> None:
        """An entry of the navigation; its words may end in a number."""
        self.press(self.page.locator(f'nav a[href="/{name}/"]').first)

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=self.say(name), exact=True))

    def type(self, field: str, text: str) -> None:
        self.to(self.page.locator(f"#{field}"))
        self.page.keyboard.type(text)

    def choose(self, field: str, value: str) -> None:
        """Go down the list to the option."""
        chosen = self.page.locator(f"#{field}")
        self.to(chosen)
        for _option in range(chosen.locator("option").count()):
            if chosen.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        assert chosen.input_value() == value

    def sign_in(self, username: str, password: str) -> None:
        """The language first, then name and password."""
        self.page.goto("/account/login/")
        self.press(self.page.locator(f'button[name="language"][value="{self.language}"]'))
        self.type("username", username)
        self.type("password", password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()


SignInAs = Callable[[str], Hands]


@pytest.fixture(params=LANGUAGES)
def hands(request: pytest.FixtureRequest, demo: Path, address: str, chromium: Browser) -> Iterator[SignInAs]:
    """Sign somebody in, in one language after another."""
    context = chromium.new_context(base_url=address, locale="en-GB", bypass_csp=True)

    context.set_default_timeout(8_000)

    def sign_in(username: str) -> Hands:
        them = Hands(context.new_page(), request.param)
        them.sign_in(username, password_of(demo, username))
        return them

    yield sign_in
    context.close()


def asked(username: str, action: str, **arguments: Any) -> Decision:
    """What somebody else has done before, at another desk."""
    by = actor_of(Login.objects.get(username=username).pk, "web")
    outcome = propose(action=action, arguments=arguments, key=str(uuid.uuid4()), by=by)
    return Decision.objects.get(pk=outcome.decision_id)


def test_donor_officer_announces_a_tranche(hands: SignInAs) -> None:
    officer = hands("lt.officer")

    officer.section("agreements")
    officer.press(officer.page.get_by_role("link", name="LT-UA-2024", exact=True).first)
    officer.link("Announce a tranche")
    officer.type("ref", "LT-UA-2024-T9")
    officer.type("ordinal", "9")
    officer.type("title", "Ninth tranche")
    officer.choose("donor", "LT")
    officer.choose("origin", "LT:budget")
    officer.type("amount", "2 000 000.00")
    officer.button("Continue to the check")
    officer.button("Record")

    assert Record.objects.get(ref="LT-UA-2024-T9").state == "announced"


def test_donor_approver_approves(hands: SignInAs) -> None:
    waiting = asked(
        "ua.manager",
        "programme.allocate",
        programme="P-DK-PRODUCTION",
        funding="DK-UA-2024-POOL",
        amount={"amount_minor": 200_000_000, "currency": "EUR"},
    )
    approver = hands("dk.approver1")

    approver.section("decisions")
    approver.press(approver.page.locator(f'a[href="/decisions/{waiting.id}/"]').first)
    approver.link("Approve or reject")
    approver.type("password", password_of(data_folder(), "dk.approver1"))
    approver.button("Approve")

    given = Approval.objects.get(decision=waiting)
    assert given.login_id == Login.objects.get(username="dk.approver1").pk


def test_fund_manager_allocates_money(hands: SignInAs) -> None:
    manager = hands("ua.manager")

    manager.section("programmes")
    manager.press(manager.page.locator('a[href="/programmes/P-DK-PRODUCTION/"]').first)
    manager.link("Allocate money to the programme")
    manager.choose("funding", "DK-UA-2024-POOL")
    manager.type("amount", "1 000.00")
    manager.button("Continue to the check")
    manager.button("Propose")

    assert open_decision("programme.allocate").amount_minor == 100_000


def test_recipient_approver_signs_the_contract(hands: SignInAs) -> None:
    waiting = open_decision("contract.sign")
    approver = hands("ua.approver1")

    approver.section("decisions")
    approver.press(approver.page.locator(f'a[href="/decisions/{waiting.id}/"]').first)
    approver.link("Approve or reject")
    approver.type("password", password_of(data_folder(), "ua.approver1"))
    approver.button("Approve")

    assert Record.objects.get(pk=waiting.record_id).state == "signed"


def test_payer_releases_an_order(hands: SignInAs) -> None:
    waiting = open_decision("payment.release")
    payer = hands("ua.payer")

    payer.section("decisions")
    payer.press(payer.page.locator(f'a[href="/decisions/{waiting.id}/"]').first)
    payer.link("Release the order")
    payer.button("Release the order")

    assert Record.objects.get(pk=waiting.record_id).state == "released"


def test_inspector_accepts_a_lot(hands: SignInAs, tmp_path: Path) -> None:
    asked("ua.manager", "lot.hand_over", lot="C-LT-01-L3", evidence=[document("delivery_note")])
    act = tmp_path / "act.txt"
    act.write_text("Accepted in full.", encoding="utf-8")
    inspector = hands("ua.inspector")

    inspector.section("contracts")
    inspector.press(inspector.page.locator('a[href="/contracts/C-LT-01/"]').first)
    inspector.press(inspector.page.locator('a[href="/lots/C-LT-01-L3/"]').first)
    inspector.link("Accept the lot")
    inspector.to(inspector.page.locator("#evidence_acceptance_act"))
    inspector.page.locator(":focus").set_input_files(act)
    inspector.button("Continue to the check")
    inspector.button("Propose")

    assert open_decision("lot.accept").record_id == Record.objects.get(ref="C-LT-01-L3").id


def test_auditor_stops_a_contract(hands: SignInAs) -> None:
    auditor = hands("auditor")

    auditor.section("contracts")
    auditor.press(auditor.page.locator('a[href="/contracts/C-DK-01/"]').first)
    auditor.link("Place a hold")
    auditor.choose("cause", "audit")
    auditor.to(auditor.page.locator("#review_on"))
    auditor.page.keyboard.type("04042025")
    auditor.type("reason", "Two invoices for one delivery note.")
    auditor.button("Continue to the check")
    auditor.button("Record")

    assert Hold.objects.get(scope_ref="C-DK-01").cause == "audit"
    expect(auditor.page.locator(".strip")).to_contain_text(auditor.say("On hold:"))


def test_operator_proposes_a_role(hands: SignInAs) -> None:
    person = Login.objects.get(username="ua.approver2").person
    operator = hands("operator")

    operator.section("people")
    operator.press(operator.page.locator(f'a[href="/people/{person.id}/"]').first)
    operator.link("Give a role")
    operator.choose("role", "PY")
    operator.choose("party", "UA-MOD")
    operator.button("Continue to the check")
    operator.button("Propose")

    assert open_decision("authority.grant").proposer_login_id == Login.objects.get(username="operator").pk
