"""The page that checks a receipt in the browser decides as the verifier does, and sends nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import SignIn
from tests.verifier.minilog import NOW_S, POLICY, WITNESSES, example

from tranche.kernel.log_policy import parse_policy
from tranche.log.keys import check
from tranche.verifier.archive import NoMembers
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Verdict

RECEIPT = example().receipt(1).encoded()
MUTATIONS = 400
ASK = """async ([receipt, policy]) => {
  try { return (await window.tranche.verify(receipt, policy)).enough ? "valid" : "few"; }
  catch (error) { return `invalid ${error.message}`; }
}"""
WORDS = {Verdict.VALID: "valid", Verdict.NO_QUORUM: "few"}


@pytest.fixture
def page(signed_in: SignIn) -> Page:
    found = signed_in("auditor")
    found.goto("/proof/verify/")
    return found


def asked(page: Page, receipt: str, policy: str = POLICY) -> str:
    return str(page.evaluate(ASK, [receipt, policy]))


def expected(raw: bytes) -> str:
    verdict = verify(NoMembers(), Wanted(parse_policy(POLICY), NOW_S + 60, check=check), raw).verdict
    return WORDS.get(verdict, "invalid")


def mutated(chosen: random.Random) -> str:
    """A letter, a run of letters or a line of the receipt is another one, gone, or there twice."""
    text, at = RECEIPT.decode(), chosen.randrange(len(RECEIPT.decode()))
    end = min(len(text), at + chosen.choice([0, 1, 1, 1, 2, 44]))
    put = chosen.choice(["", chr(chosen.randrange(32, 127)), "\n", "=", "A", text[:20]])
    return text[:at] + put + text[end:]


def test_a_receipt_is_checked_with_two_files_and_its_limits_are_said(page: Page, tmp_path: Path) -> None:
    (tmp_path / "1.tlog-proof").write_bytes(RECEIPT)
    (tmp_path / "policy").write_text(POLICY, encoding="utf-8")
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_label("Proof as a file").set_input_files(tmp_path / "1.tlog-proof")
    page.get_by_label("Policy").set_input_files(tmp_path / "policy")
    page.get_by_role("button", name="Check").press("Enter")
    page.get_by_role("status").get_by_text("Valid: the log's key signed").wait_for()

    answer = page.get_by_role("status").inner_text()
    assert "witness.one, 2026-11-20T09:30:00.000Z" in answer
    assert "ref: T-1" in answer
    assert "It does not show that what was entered is true" in answer
    assert (blocked, sent) == ([], [])


def test_a_wrong_file_is_named_in_words(page: Page, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(POLICY, encoding="utf-8")

    page.get_by_label("Proof as a file").set_input_files(tmp_path / "policy")
    page.get_by_label("Policy").set_input_files(tmp_path / "policy")
    page.get_by_role("button", name="Check").click()

    page.get_by_role("status").get_by_text("The file is no proof of a log entry, or was changed.").wait_for()


def test_the_page_decides_as_the_verifier_does(page: Page) -> None:
    chosen = random.Random(11)  # noqa: S311 - the same ones each time
    texts = [RECEIPT.decode(), *(mutated(chosen) for _ in range(MUTATIONS))]

    differing = [
        (text, found)
        for text in texts
        if not (found := asked(page, text)).startswith(expected(text.encode()))
    ]

    assert differing == []


def test_its_quorum_is_that_of_the_policy(page: Page) -> None:
    text, second = RECEIPT.decode(), WITNESSES[1]
    lonely = text[: text.index(f"\u2014 {second.name}")]
    any_of = POLICY.replace("group both all", "group both any")

    assert asked(page, lonely) == "few"
    assert asked(page, lonely, any_of) == "valid"
    assert asked(page, text, POLICY.splitlines()[0] + "\nquorum none\n") == "valid"
    assert asked(page, text, "quorum none\n") == "invalid policy"
    until = f"# tranche-until {example().log.vkey.id.hex()} 4\n"
    assert asked(page, text, POLICY + until) == "invalid signature"
