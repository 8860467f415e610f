"""What people come to do, done in a real browser: by mouse, by keyboard alone, and without script."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tranche.formats.bank.write_camt import EntryOut, StatementOut, write_statement
from tranche.models import BankStatement, Decision, Record

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]


def next_statement(folder: Path) -> Path:
    """The statement after the last one of the recipient's account: interest of 12.34."""
    last = BankStatement.objects.select_related("account").get(
        next__isnull=True, account__party__ref="UA-MOD", account__currency="EUR"
    )
    account = last.account
    day = date(2025, 3, 31)
    entry = EntryOut(day, 1_234, "Bank", "", "Interest for March")
    number = (last.seq_no or 0) + 1
    path = folder / "statement.xml"
    path.write_bytes(
        write_statement(
            StatementOut(
                "DEMO-NEXT", number, account.iban, account.currency, day, day, last.closing_minor, (entry,)
            )
        )
    )
    return path


def password_of(folder: Path, username: str) -> str:
    people = json.loads((folder / "sign-ins.json").read_text(encoding="utf-8"))["people"]
    return str(next(row["password"] for row in people if row["username"] == username))


def open_decision(action: str) -> Decision:
    return Decision.objects.get(state="open", action=action)


def test_fund_manager_uploads_a_statement_and_allocates(
    demo: Path, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in("ua.manager", "/bank/")

    page.get_by_role("link", name="Upload a statement").click()
    page.get_by_label("Bank statement").set_input_files(next_statement(tmp_path))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Statement DEMO-NEXT")
    expect(page.get_by_text("Opening and entries make closing.")).to_be_visible()

    page.goto("/act/programme.allocate/?programme=P-DK-PRODUCTION")
    page.get_by_label("Money of").select_option("DK-UA-2024-POOL")
    page.get_by_label("Amount", exact=True).fill("1,000.00")
    page.get_by_role("button", name="Continue to the check").click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("1,000.00")
    page.get_by_label("Amount", exact=True).fill("1 000.00")
    page.get_by_role("button", name="Continue to the check").click()
    expect(page.get_by_text("It waits until these have approved exactly this content:")).to_be_visible()
    page.get_by_role("button", name="Propose").click()

    expect(page.get_by_text("Still needed:")).to_be_visible()
    made = open_decision("programme.allocate")
    assert (made.amount_minor, made.currency) == (100_000, "EUR")


def test_approver_approves_by_keyboard_alone(demo: Path, signed_in: SignIn) -> None:
    waiting = open_decision("contract.sign")
    page = signed_in("ua.approver1", f"/decisions/{waiting.id}/")

    tab_to(page, page.get_by_role("link", name="Approve or reject"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/approve/")
    expect(page.locator(".short-code")).to_be_visible()
    tab_to(page, page.get_by_label("Your password"))
    page.keyboard.type(password_of(demo, "ua.approver1"))
    tab_to(page, page.get_by_role("button", name="Approve"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/decisions/{waiting.id}/")

    expect(page.get_by_text("This was carried out.")).to_be_visible()
    assert Record.objects.get(pk=waiting.record_id).state == "signed"


def tab_to(page: Page, wanted: object, steps_max: int = 80) -> None:
    """Press Tab until this element has the focus."""
    for _step in range(steps_max):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):  # type: ignore[attr-defined]  # a Locator
            return
    pytest.fail(f"no way by keyboard to {wanted}")


def test_approver_rejects_with_a_reason_and_is_asked_for_it_first(demo: Path, signed_in: SignIn) -> None:
    waiting = open_decision("contract.sign")
    page = signed_in("ua.approver2", f"/decisions/{waiting.id}/approve/")

    page.get_by_label("Your password").fill(password_of(demo, "ua.approver2"))
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#errors")).to_contain_text("A reason is needed")
    page.get_by_label("Reason").fill("The price is above that of the last contract.")
    page.get_by_label("Your password").fill(password_of(demo, "ua.approver2"))
    page.get_by_role("button", name="Reject").click()

    expect(page.get_by_text("The price is above that of the last contract.").first).to_be_visible()
    assert Decision.objects.get(pk=waiting.pk).state == "rejected"


def test_payer_releases_the_waiting_order(demo: Path, signed_in: SignIn) -> None:
    waiting = open_decision("payment.release")
    page = signed_in("ua.payer", "/decisions/")

    page.get_by_role("link", name="Release the payment").click()
    page.get_by_role("link", name="Release the order").click()
    page.get_by_role("button", name="Release the order").click()

    expect(page.get_by_text("This was carried out.")).to_be_visible()
    assert Record.objects.get(pk=waiting.record_id).state == "released"


def test_auditor_without_script_goes_from_decision_to_posting_to_log_entry(
    demo: Path, signed_in: SignIn
) -> None:
    page = signed_in("auditor", "/decisions/?view=all", java_script_enabled=False)

    wanted = page.get_by_role("link", name="Allocate money to the programme")
    while not wanted.count():
        page.get_by_role("link", name="Older").click()
    wanted.first.click()
    postings = page.locator("dd:right-of(dt:text-is('Postings'))").first.get_by_role("link").first
    postings.click()
    assert "/money/entries/" in page.url
    page.go_back()
    page.get_by_role("link", name="log entry").first.click()

    assert "/proof/entries/" in page.url


def test_preferences_work_without_script(demo: Path, signed_in: SignIn) -> None:
    page = signed_in("auditor", "/decisions/", java_script_enabled=False)

    page.locator('button[name="language"][value="lt"]').click()

    assert page.url.endswith("/decisions/")
    assert page.locator("html").get_attribute("lang") == "lt"
