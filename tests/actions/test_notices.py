"""Every deed tells whom it concerns, once, in its own transaction."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from tests.office import Office, document

from tranche.actions.attestation import attest_password
from tranche.actions.decision import approve, propose
from tranche.kernel.refusals import ContentChanged
from tranche.models import Agreement, Decision, Outbox, Person
from tranche.store import clock

FIRST = "LT-UA-2024-T1"
SECRET = ("amount", "iban", "name", "EUR", "UA21")
ANOTHER_IBAN = "UA903052992990004149123456789"


def told(kind: str, **payload: str) -> list[str]:
    """Who was told, by sign-in, in the order of telling."""
    rows = Outbox.objects.filter(kind=kind).order_by("id")
    fits = [row for row in rows if all(row.payload.get(name) == value for name, value in payload.items())]
    return sorted(row.person.logins.get().username for row in fits)


def grant_asked(office: Office, key: str | None = None) -> str:
    person = Person.objects.get(logins__username="lt.finance")
    with clock.at(office.tick()):
        return propose(
            action="authority.grant",
            arguments={"person": person.id, "role": "DA", "party": "LT-FIN"},
            key=key or str(uuid.uuid4()),
            by=office.who("operator"),
        ).decision_id


def test_whoever_is_asked_is_told_once_however_often_it_is_sent(mechanism: Path) -> None:
    office, key = Office(), str(uuid.uuid4())

    first, second = grant_asked(office, key), grant_asked(office, key)

    assert first == second
    asked = ["dk.approver1", "dk.approver2", "lt.approver", "ua.approver1", "ua.approver2"]
    assert told("decision_waiting", id=first) == asked
    assert Outbox.objects.count() == len(asked)


@pytest.mark.usefixtures("sqlite_mechanism")
def test_the_proposer_hears_how_it_ended() -> None:
    office = Office()
    carried, refused = grant_asked(office), grant_asked(office)

    with clock.at(office.tick()):
        by = office.who("dk.approver1")
        approve(
            decision_id=refused,
            shown_hash=bytes(Decision.objects.get(pk=refused).hash).hex(),
            verdict="reject",
            reason="It is not needed at all.",
            attestation=attest_password(by.login, "correct horse battery dk.approver1"),
            key=str(uuid.uuid4()),
            by=by,
        )
    office.approve("dk.approver1", carried)

    assert not Outbox.objects.filter(kind="decision_waiting", settled_at__isnull=True).exists()
    assert told("decision_ended", id=carried, rule="executed") == ["operator"]
    assert told("decision_ended", id=refused, rule="rejected") == ["operator"]


@pytest.mark.usefixtures("sqlite_mechanism")
def test_everybody_behind_a_void_decision_hears_of_it() -> None:
    office = Office()
    office.lithuanian_agreement()
    office.do(
        "lt.officer",
        "agreement.draft",
        ref="LT-UA-2025",
        title="Second memorandum",
        kind="memorandum",
        spending_rule="earmark",
        approving_party="LT-MOD",
        recipient="UA-MOD",
        parties=[{"party": "LT", "role": "donor"}, {"party": "UA-MOD", "role": "recipient"}],
    )
    decision = office.do(
        "lt.officer",
        "agreement.sign",
        "lt.approver",
        agreement="LT-UA-2025",
        signed_on="2024-09-02",
        evidence=[document("signed_text", "second")],
    ).decision_id
    Agreement.objects.filter(ref="LT-UA-2025").update(title="Another text")

    with pytest.raises(ContentChanged):
        office.approve("ua.approver1", decision)

    assert told("decision_void", id=decision) == ["lt.approver", "lt.officer"]


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_step_is_told_to_its_owner_when_it_opens_and_not_again() -> None:
    office = Office()
    office.lithuanian_tranche()
    office.procedure()

    assert [told("step_open", ref=f"{FIRST}-S{n}") for n in (1, 2, 3, 4)] == [
        ["lt.officer"],
        ["lt.finance"],
        ["ua.manager", "ua.manager2"],
        [],
    ]

    office.tick(timedelta(days=1))
    office.do("lt.officer", "step.complete", step=f"{FIRST}-S1", evidence=[document("legal_opinion")])
    office.do("lt.finance", "step.complete", step=f"{FIRST}-S2", evidence=[document("budget_reference")])

    waiting = Outbox.objects.filter(kind="step_open", settled_at__isnull=True)
    assert {row.payload["ref"] for row in waiting} == {f"{FIRST}-S3", f"{FIRST}-S4"}
    assert told("step_open", ref=f"{FIRST}-S4") == ["lt.finance"]
    assert told("step_open", ref=f"{FIRST}-S3") == ["ua.manager", "ua.manager2"]


@pytest.mark.usefixtures("sqlite_mechanism")
def test_money_payees_and_holds_are_told_and_no_figure_with_them() -> None:
    office = Office()
    decision = office.approved_payment()
    answered = Outbox.objects.filter(subject=decision, person__name="lt.approver")

    assert [row.settled_at is not None for row in answered] == [True]
    assert told("decision_waiting", id=decision, rule="execute") == ["ua.payer"]

    office.execute("ua.payer", decision)
    assert told("payment_file", ref="PAY-1") == ["ua.manager", "ua.manager2"]
    assert told("decision_ended", id=decision, rule="executed") == ["ua.manager"]

    office.payee("PA-2", ANOTHER_IBAN, predecessor="PA-1")
    proposed = told("payee_changed", ref="PA-2", rule="propose")
    assert proposed == ["lt.approver", "ua.approver1", "ua.approver2", "ua.manager2", "ua.payer"]
    assert told("payee_changed", ref="PA-2", rule="activate")

    review = (office.now + timedelta(days=3)).date().isoformat()
    office.propose(
        "ua.payer",
        "hold.place",
        reason="The invoice names another firm.",
        over="record",
        over_ref="C-1",
        cause="dispute",
        review_on=review,
    )
    placed = told("hold_placed")
    assert placed == [
        "lt.approver",
        "lt.officer",
        "ua.approver1",
        "ua.approver2",
        "ua.manager",
        "ua.manager2",
    ]
    for row in Outbox.objects.all():
        assert not any(word in str(row.payload) for word in SECRET), row.payload


@pytest.mark.by_form("party.register")
@pytest.mark.usefixtures("sqlite_mechanism")
def test_telling_costs_two_statements_where_somebody_is_asked_and_none_where_nobody_is() -> None:
    office = Office()
    party = {"kind": "bank", "country": "UA", "org_scheme": "XX", "name": "A bank"}

    with CaptureQueriesContext(connections["default"]) as alone:
        office.propose("ua.manager", "party.register", ref="BANK-1", org_number="BANK-1", **party)
    with CaptureQueriesContext(connections["default"]) as asking:
        decision = grant_asked(office)

    assert not [row for row in alone.captured_queries if '"outbox"' in row["sql"]]
    written = [row["sql"] for row in asking.captured_queries if '"outbox"' in row["sql"]]
    assert len(written) == 1
    assert written[0].startswith("INSERT OR IGNORE")
    assert told("decision_waiting", id=decision)


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_deed_that_is_not_logged_is_told_to_nobody() -> None:
    office = Office()

    with (
        patch("tranche.actions.decision.append", side_effect=OSError("no log")),
        pytest.raises(OSError, match="no log"),
    ):
        grant_asked(office)

    assert not Decision.objects.filter(action="authority.grant", state="open").exists()
    assert Outbox.objects.count() == 0
