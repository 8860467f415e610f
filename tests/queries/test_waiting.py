"""Who must act and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.office import IBAN, Office, document

from tranche.queries.turns import Turn
from tranche.queries.waiting import Waiting, waiting

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def of_kind(office: Office, kind: str, later: timedelta = timedelta()) -> list[Waiting]:
    return [row for row in waiting((office.now + later).date()) if row.kind == kind]


def test_open_steps_name_their_owner_and_due_date(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    steps = {row.subject: row for row in of_kind(office, "step")}

    assert sorted(steps) == ["LT-UA-2024-T1-S1", "LT-UA-2024-T1-S2", "LT-UA-2024-T1-S3"]
    assert steps["LT-UA-2024-T1-S1"].turns == (Turn(("DO",), ("LT-MOD",), 1),)
    assert steps["LT-UA-2024-T1-S1"].ref == "LT-UA-2024-T1"
    assert steps["LT-UA-2024-T1-S1"].since == office.today()
    assert steps["LT-UA-2024-T1-S1"].late_days == 0


def test_late_step_counts_days_and_comes_first(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    rows = waiting((office.now + timedelta(days=100)).date())

    assert rows[0].late_days >= rows[-1].late_days > 0


def test_finished_step_no_longer_waits_and_its_follower_does(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()
    office.steps()

    assert of_kind(office, "step") == []


def test_title_is_given_in_the_language_of_the_reader(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    english = {row.subject: row.title for row in waiting(office.today(), "en") if row.kind == "step"}
    ukrainian = {row.subject: row.title for row in waiting(office.today(), "uk") if row.kind == "step"}

    assert english.keys() == ukrainian.keys()
    assert all(english[ref] != ukrainian[ref] for ref in english)


def test_open_decision_names_the_approvals_still_wanted(office: Office) -> None:
    office.lithuanian_agreement()
    outcome = office.propose(
        "lt.officer",
        "agreement.bring_into_force",
        agreement="LT-UA-2024",
        on="2024-12-01",
        evidence=[document("notes_exchanged")],
    )

    (row,) = of_kind(office, "decision")

    assert (row.subject, row.action, row.ref) == (
        outcome.decision_id,
        "agreement.bring_into_force",
        "LT-UA-2024",
    )
    assert row.turns == (Turn(("DA",), ("LT-MOD",), 1),)


def test_drafted_payment_waits_for_the_fund_manager_until_its_release_is_proposed(office: Office) -> None:
    office.verified()
    office.draft_payment()
    before = of_kind(office, "payment")
    office.propose("ua.manager", "payment.release", payment="PAY-1")

    assert [(row.subject, row.turns) for row in before] == [("PAY-1", (Turn(("FM",), ("UA-MOD",), 1),))]
    assert of_kind(office, "payment") == []


def test_approved_release_waits_for_the_payer(office: Office) -> None:
    decision_id = office.approved_payment()

    (row,) = of_kind(office, "release")

    assert row.subject == decision_id
    assert row.turns == (Turn(("PY",), ("UA-MOD",), 1),)
    assert of_kind(office, "decision") == []


def test_account_waits_for_its_call_and_then_for_whoever_puts_it_to_use(office: Office) -> None:
    office.propose_account("PA-1", IBAN, predecessor=None)
    [called] = of_kind(office, "payee")
    office.do(
        "ua.payer",
        "payee.verify",
        payee="PA-1",
        number_source="contract",
        number_recorded_on="2024-01-01",
        requested_on="2024-09-01",
        called_on="2024-09-02",
        spoke_with="The accountant",
    )
    [used] = of_kind(office, "payee")
    office.tick(timedelta(days=4))
    office.propose("ua.manager", "payee.activate", payee="PA-1")

    assert (called.action, called.turns) == ("payee.verify", (Turn(("PY", "RA"), ("UA-MOD",), 1),))
    assert (used.action, used.turns) == ("payee.activate", (Turn(("FM",), ("UA-MOD",), 1),))
    assert of_kind(office, "payee") == [], "the decision waits instead"


def test_condition_waits_for_its_document_and_then_for_the_other_party(office: Office) -> None:
    office.lithuanian_tranche()
    office.do(
        "lt.officer",
        "condition.add",
        ref="CP-1",
        tranche="LT-UA-2024-T1",
        text="The account is open.",
        long_stop_on="2024-09-30",
        filing_party="UA-MOD",
        judging_party="LT-MOD",
    )
    [wanted] = of_kind(office, "condition", timedelta(days=60))
    office.do("ua.manager", "condition.file", condition="CP-1", evidence=[document("document", "CP-1")])
    [judged] = of_kind(office, "condition")
    office.do("lt.officer", "condition.accept", condition="CP-1")

    assert (wanted.action, wanted.turns) == ("condition.file", (Turn(("FM",), ("UA-MOD",), 1),))
    assert wanted.late_days > 0
    assert (judged.action, judged.turns) == ("condition.accept", (Turn(("DO",), ("LT-MOD",), 1),))
    assert of_kind(office, "condition") == []
