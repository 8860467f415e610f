"""The inbox and the approve page: what is shown is what is hashed, and who may not act is told why."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.actions.test_binding import one_fact, world_where
from tests.office import Office, document, password

from tranche.actions.content import content_of
from tranche.actions.registry import Basis
from tranche.kernel.approval import short_code
from tranche.kernel.refusals import BadArgument
from tranche.log import read as log
from tranche.models import Approval, Decision, Evidence, Record
from tranche.queries import decisions as queries
from tranche.web.access import viewer_for

SignIn = Callable[[str], Client]


@pytest.fixture
def waiting(office: Office) -> Decision:
    """The signature of an agreement, which a donor approver and an approver must approve."""
    office.draft_agreement(title="Memorandum <of> understanding")
    outcome = office.propose(
        "lt.officer",
        "agreement.sign",
        agreement="LT-UA-2024",
        signed_on="2024-11-23",
        evidence=[document("signed_text")],
    )
    return Decision.objects.get(pk=outcome.decision_id)


def verdict(decision: Decision, who: str, **changes: str) -> dict[str, str]:
    """The form of the approve page as this person would send it."""
    return {
        "shown_hash": bytes(decision.hash).hex(),
        "key": str(uuid.uuid4()),
        "verdict": "approve",
        "reason": "",
        "password": password(who),
    } | changes


def approve(client: Client, decision: Decision, who: str, **changes: str) -> Any:
    return client.post(f"/decisions/{decision.id}/approve/", verdict(decision, who, **changes))


def rows_under(page: bytes, heading: str) -> str:
    """The part of a page from one heading to the next."""
    return re.split(r"<h2", page.decode().split(f">{heading}</h2>")[1])[0]


def test_inbox_shows_an_approver_what_waits_for_them(waiting: Decision, signed_in: SignIn) -> None:
    mine = rows_under(signed_in("lt.approver").get("/decisions/").content, "Waiting for you")
    others = rows_under(signed_in("lt.officer").get("/decisions/").content, "Waiting for you")

    assert waiting.id in mine
    assert short_code(bytes(waiting.hash)) in mine
    assert waiting.id not in others


def test_inbox_counts_what_waits_beside_the_menu(waiting: Decision, signed_in: SignIn) -> None:
    assert b'<span class="count">1' in signed_in("lt.approver").get("/decisions/").content
    assert b'<span class="count">' not in signed_in("auditor").get("/decisions/").content


def test_proposer_finds_the_decision_among_the_own_ones(waiting: Decision, signed_in: SignIn) -> None:
    page = signed_in("lt.officer").get("/decisions/?view=proposed").content

    assert waiting.id in rows_under(page, "Proposed by me")


@pytest.mark.parametrize(
    "query", ["view=mine", "view=all&sort=amount", "x=1", "view=all&before=x", "before=0"]
)
def test_unknown_filter_of_the_inbox_is_refused(signed_in: SignIn, query: str) -> None:
    assert signed_in("auditor").get(f"/decisions/?{query}").status_code == 422


def test_list_goes_on_below_its_last_row(
    office: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    office.lithuanian_tranche()
    client = signed_in("auditor")
    seen: list[str] = []
    address: str | None = "/decisions/?view=all"

    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'<th scope="row"><a href="/decisions/([0-9a-f-]{36})/"', page)
        older = re.search(r'rel="next" href="([^"]*)"', page)
        address = f"/decisions/{older[1].replace('&amp;', '&')}" if older else None

    assert len(seen) == len(set(seen)) == Decision.objects.count() > 2


def test_page_is_read_from_the_stored_content_and_escaped(waiting: Decision, signed_in: SignIn) -> None:
    page = signed_in("lt.approver").get(f"/decisions/{waiting.id}/approve/").content.decode()

    assert "Memorandum &lt;of&gt; understanding" in page
    assert short_code(bytes(waiting.hash)) in page
    assert bytes(waiting.hash).hex() in page
    assert "attested by the server, not signed" in page
    assert "donor approver for LT-MOD" in page


def test_unknown_decision_is_not_found(signed_in: SignIn) -> None:
    assert signed_in("auditor").get(f"/decisions/{uuid.uuid4()}/").status_code == 404


def test_two_approvals_carry_the_decision_out(waiting: Decision, signed_in: SignIn) -> None:
    first = approve(signed_in("lt.approver"), waiting, "lt.approver")
    second = approve(signed_in("ua.approver1"), waiting, "ua.approver1")

    assert (first.status_code, second.status_code) == (303, 303)
    assert Record.objects.get(ref="LT-UA-2024").state == "signed"
    page = signed_in("auditor").get(f"/decisions/{waiting.id}/").content.decode()
    assert "This was carried out." in page
    assert page.count("· attested by the server, not signed") == 2


def test_approval_sent_twice_with_one_key_counts_once(waiting: Decision, signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    form = verdict(waiting, "lt.approver")
    client.post(f"/decisions/{waiting.id}/approve/", form)
    before = log.head()

    again = client.post(f"/decisions/{waiting.id}/approve/", form)

    assert again.status_code == 303
    assert log.head() == before
    assert Approval.objects.count() == 2 - 1


def test_wrong_password_writes_nothing_and_keeps_the_reason(waiting: Decision, signed_in: SignIn) -> None:
    before = log.head()

    page = approve(signed_in("lt.approver"), waiting, "lt.approver", password="wrong", reason="I typed this")

    assert page.status_code == 422
    assert b"This is not your password." in page.content
    assert b"I typed this" in page.content
    assert b"wrong" not in page.content.replace(b'class="field wrong"', b"")
    assert log.head() == before


def test_sixth_password_within_a_minute_is_not_even_checked(waiting: Decision, signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    for _attempt in range(5):
        approve(client, waiting, "lt.approver", password="wrong")

    answer = approve(client, waiting, "lt.approver")

    assert answer.status_code == 422
    assert b"Too many attempts" in answer.content
    assert not Approval.objects.exists()


def test_rejection_without_reason_is_refused(waiting: Decision, signed_in: SignIn) -> None:
    page = approve(signed_in("lt.approver"), waiting, "lt.approver", verdict="reject")

    assert page.status_code == 422
    assert b"A reason is needed" in page.content
    assert Decision.objects.get(pk=waiting.pk).state == "open"


def test_rejection_with_reason_ends_the_decision(waiting: Decision, signed_in: SignIn) -> None:
    reason = "The earmark is not what was agreed."

    approve(signed_in("ua.approver1"), waiting, "ua.approver1", verdict="reject", reason=reason)

    assert Decision.objects.get(pk=waiting.pk).state == "rejected"
    assert reason in signed_in("auditor").get(f"/decisions/{waiting.id}/").content.decode()


def test_verdict_that_is_neither_is_refused(waiting: Decision, signed_in: SignIn) -> None:
    answer = approve(signed_in("lt.approver"), waiting, "lt.approver", verdict="perhaps")

    assert answer.status_code == 422
    assert not Approval.objects.exists()


def test_page_that_showed_another_content_cannot_approve(waiting: Decision, signed_in: SignIn) -> None:
    page = approve(signed_in("lt.approver"), waiting, "lt.approver", shown_hash="0" * 64)

    assert page.status_code == 409
    assert b"another content" in page.content
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("lt.officer", "You proposed this yourself"),
        ("ua.manager", "You do not hold the role"),
    ],
)
def test_who_may_not_approve_is_told_why_and_has_no_form(
    waiting: Decision, signed_in: SignIn, who: str, sentence: str
) -> None:
    client = signed_in(who)

    page = client.get(f"/decisions/{waiting.id}/approve/").content.decode()
    answer = approve(client, waiting, who)

    assert sentence in page
    assert 'name="shown_hash"' not in page
    assert answer.status_code == 403
    assert not Approval.objects.exists()


def test_same_approver_twice_is_refused(waiting: Decision, signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    approve(client, waiting, "lt.approver")

    again = approve(client, waiting, "lt.approver")

    assert again.status_code == 403
    assert Approval.objects.count() == 1


def test_decision_over_changed_facts_says_so_and_becomes_void(waiting: Decision, signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    fact = sorted(content_of(waiting)["facts"])[0]

    with world_where(waiting.action, one_fact(fact)):
        page = client.get(f"/decisions/{waiting.id}/").content.decode()
        answer = approve(client, waiting, "lt.approver")

    assert "What the approvers relied on has changed" in page
    assert answer.status_code == 409
    assert b"The decision is void." in answer.content
    assert Decision.objects.get(pk=waiting.pk).state == "void"


def test_decision_whose_record_moved_on_has_ended_and_says_why(
    waiting: Decision, office: Office, signed_in: SignIn
) -> None:
    another = [document("signed_text", "another version")]
    office.do("lt.officer", "evidence.file", record="LT-UA-2024", evidence=another)
    client = signed_in("lt.approver")

    page = client.get(f"/decisions/{waiting.id}/").content.decode()

    assert Decision.objects.get(pk=waiting.pk).state == "void"
    assert "What it rested on has changed" in page
    assert "Void: Documents" in page
    assert approve(client, waiting, "lt.approver").status_code == 409


def test_what_else_waits_about_the_record_is_linked(
    waiting: Decision, office: Office, signed_in: SignIn
) -> None:
    text = [document("signed_text", "drawn up again")]
    again = office.propose(
        "lt.officer", "agreement.sign", agreement="LT-UA-2024", signed_on="2024-11-23", evidence=text
    )

    page = signed_in("lt.approver").get(f"/decisions/{waiting.id}/").content.decode()

    assert f'<a href="/decisions/{again.decision_id}/">Decision ' in page
    assert "waits about the same record" in page


def test_what_cannot_be_rebuilt_stops_nobody_else(waiting: Decision, office: Office) -> None:
    another = [document("signed_text", "another version")]

    def broken(_basis: Basis) -> Basis:
        raise BadArgument("signed_on", "date")

    with world_where(waiting.action, broken):
        office.do("lt.officer", "evidence.file", record="LT-UA-2024", evidence=another)

    assert Evidence.objects.filter(record__ref="LT-UA-2024").count() == 1
    assert Decision.objects.get(pk=waiting.pk).state == "open"


def test_another_donors_decision_about_a_shared_record_is_not_named(
    waiting: Decision, office: Office, signed_in: SignIn
) -> None:
    text = [document("signed_text", "drawn up again")]
    office.propose(
        "lt.officer", "agreement.sign", agreement="LT-UA-2024", signed_on="2024-11-23", evidence=text
    )
    own, other = (viewer_for(office.who(who)) for who in ("lt.approver", "dk.officer"))

    assert len(queries.waiting_about(["LT-UA-2024"], waiting.pk, own)) == 1
    assert queries.waiting_about(["LT-UA-2024"], waiting.pk, other) == ()


def test_proposer_withdraws_with_a_reason(waiting: Decision, signed_in: SignIn) -> None:
    client = signed_in("lt.officer")
    form = {"key": str(uuid.uuid4()), "reason": "short"}

    refused = client.post(f"/decisions/{waiting.id}/withdraw/", form)
    done = client.post(f"/decisions/{waiting.id}/withdraw/", form | {"reason": "Signed on another day."})

    assert (refused.status_code, done.status_code) == (422, 303)
    assert Decision.objects.get(pk=waiting.pk).state == "withdrawn"


def test_nobody_else_withdraws(waiting: Decision, signed_in: SignIn) -> None:
    form = {"key": str(uuid.uuid4()), "reason": "I would rather not have it."}

    answer = signed_in("lt.approver").post(f"/decisions/{waiting.id}/withdraw/", form)

    assert answer.status_code == 403
    assert Decision.objects.get(pk=waiting.pk).state == "open"


@pytest.mark.parametrize("page", ["approve", "execute", "withdraw"])
def test_form_without_a_key_is_refused(waiting: Decision, signed_in: SignIn, page: str) -> None:
    form = verdict(waiting, "lt.approver", key="not-a-key", reason="a reason of some length")

    answer = signed_in("lt.approver").post(f"/decisions/{waiting.id}/{page}/", form)

    assert answer.status_code == 422
    assert Decision.objects.get(pk=waiting.pk).state == "open"


def test_payer_releases_what_was_approved(office: Office, signed_in: SignIn) -> None:
    decision_id = office.approved_payment()
    client = signed_in("ua.payer")

    inbox = client.get("/decisions/").content
    page = client.get(f"/decisions/{decision_id}/execute/").content.decode()
    done = client.post(f"/decisions/{decision_id}/execute/", {"key": str(uuid.uuid4())})

    assert decision_id in rows_under(inbox, "Waiting for you")
    assert "2\u00a0000\u00a0000.00\u00a0EUR" in page
    assert "UA213223130000026007233566001" in page
    assert done.status_code == 303
    assert Record.objects.get(ref="PAY-1").state == "released"


def test_nobody_but_the_payer_releases(office: Office, signed_in: SignIn) -> None:
    decision_id = office.approved_payment()

    answer = signed_in("ua.manager").post(f"/decisions/{decision_id}/execute/", {"key": str(uuid.uuid4())})

    assert answer.status_code == 403
    assert Record.objects.get(ref="PAY-1").state == "drafted"
