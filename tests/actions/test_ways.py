"""Ways out, ways back and ends that no story needs: each is done once, and tried by everybody by form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.office import Office, document, eur
from tests.second import listed, need
from tests.story import published

from tranche.models import Identity, Login, Record

T1 = "LT-UA-2024-T1"
REASON = "It is no longer wanted by either side."


@pytest.fixture
def office(sqlite_mechanism: Path) -> Office:
    return Office()


def state(ref: str) -> str:
    return Record.objects.get(ref=ref).state


@pytest.mark.by_form("agreement.bring_into_force", "agreement.step_back")
def test_an_agreement_comes_into_force_and_goes_back_to_signed_at_the_price_of_both(office: Office) -> None:
    office.lithuanian_agreement()
    notes = [document("notes_exchanged")]
    given = {"agreement": "LT-UA-2024"}

    signed: dict[str, Any] = {"on": "2024-09-02", "evidence": notes}
    office.do("lt.officer", "agreement.bring_into_force", "lt.approver", **signed, **given)
    assert state("LT-UA-2024") == "in_force"

    asked = office.do("lt.officer", "agreement.step_back", "lt.approver", reason=REASON, **given)
    assert asked.state == "open"
    office.approve("ua.approver1", asked.decision_id)
    assert state("LT-UA-2024") == "signed"


@pytest.mark.by_form("agreement.end")
def test_an_agreement_without_money_is_ended_by_both_sides(office: Office) -> None:
    office.lithuanian_agreement()

    office.do(
        "lt.officer",
        "agreement.end",
        "lt.approver",
        "ua.approver1",
        agreement="LT-UA-2024",
        on="2024-09-02",
        cause="expired",
        reason=REASON,
        evidence=[document("notice")],
    )

    assert state("LT-UA-2024") == "ended"


@pytest.mark.by_form("agreement.withdraw")
def test_a_draft_of_an_agreement_is_withdrawn_by_who_may_draft(office: Office) -> None:
    office.draft_agreement("A-2", "ua.manager")

    office.do("ua.manager", "agreement.withdraw", agreement="A-2", reason=REASON)

    assert state("A-2") == "withdrawn"


@pytest.mark.by_form("tranche.report_sent", "tranche.step_back")
def test_a_transfer_is_reported_as_sent_and_taken_back_by_both_sides(office: Office) -> None:
    office.authorised()

    office.do("lt.officer", "tranche.report_sent", tranche=T1, reference="SWIFT-1", value_on="2024-09-02")
    assert state(T1) == "sent"

    office.do("lt.officer", "tranche.step_back", "lt.approver", "ua.approver1", tranche=T1, reason=REASON)
    assert state(T1) == "authorised"


@pytest.mark.by_form("tranche.withdraw")
def test_a_tranche_is_withdrawn_on_the_donors_letter(office: Office) -> None:
    office.lithuanian_tranche()

    letter = [document("letter")]
    office.do("lt.officer", "tranche.withdraw", "lt.approver", tranche=T1, reason=REASON, evidence=letter)

    assert state(T1) == "withdrawn"


@pytest.mark.by_form("tranche.close")
def test_a_tranche_that_is_all_in_accepted_lots_is_closed_by_both_sides(office: Office) -> None:
    whole, both = 1_000_000_000, ("lt.approver", "ua.approver1")
    office.allocated(whole)
    office.payable("C-9", *both, price=whole, supplier="MFR-1")
    office.payee()
    office.draft_payment("PAY-9", whole, "C-9-M1")
    release = office.do("ua.manager", "payment.release", *both, payment="PAY-9")
    office.execute("ua.payer", release.decision_id)
    line = office.bank_line(-whole, "PAY-9")
    office.do("ua.manager", "payment.settle", "ua.approver1", payment="PAY-9", line=line)
    office.lot("LOT-9", whole, "C-9-M1", "C-9")
    office.accept("LOT-9")

    report = [document("final_report")]
    office.do("ua.manager", "tranche.close", *both, tranche=T1, evidence=report)

    assert state(T1) == "closed"


@pytest.mark.by_form("step.skip")
def test_a_step_is_skipped_by_two_and_opens_its_followers(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    office.do("lt.officer", "step.skip", "lt.approver", step=f"{T1}-S1", reason=REASON)
    office.do("lt.finance", "step.complete", step=f"{T1}-S2", evidence=[document("budget_reference")])

    assert (state(f"{T1}-S1"), state(f"{T1}-S2")) == ("skipped", "done")


@pytest.mark.by_form("programme.step_back")
def test_an_opened_programme_goes_back_to_its_draft(office: Office) -> None:
    office.programme()

    office.do("ua.manager", "programme.step_back", "ua.approver1", programme="P-1", reason=REASON)

    assert state("P-1") == "draft"


@pytest.mark.by_form("milestone.cancel", "contract.close")
def test_a_contract_without_money_and_milestones_is_closed(office: Office) -> None:
    office.contracted()
    office.do("ua.manager", "milestone.cancel", "ua.approver1", milestone="C-1-M1", reason=REASON)
    office.do(
        "ua.manager",
        "contract.release",
        "ua.approver1",
        contract="C-1",
        amount=eur(500_000_000),
        reason=REASON,
    )

    office.do("ua.manager", "contract.close", "ua.approver1", contract="C-1")

    assert (state("C-1-M1"), state("C-1")) == ("cancelled", "closed")


@pytest.mark.by_form("lot.drop")
def test_a_lot_that_was_lost_is_dropped_by_two(office: Office) -> None:
    office.contracted()
    office.lot("LOT-1", 100_000_000)

    office.do("ua.manager", "lot.drop", "ua.approver1", lot="LOT-1", cause="lost", reason=REASON)

    assert state("LOT-1") == "dropped"


@pytest.mark.by_form("payee.reject")
def test_an_account_that_nobody_knows_is_rejected_by_whoever_called(office: Office) -> None:
    office.propose_account(predecessor=None)

    office.do("ua.payer", "payee.reject", payee="PA-2", reason=REASON)

    assert state("PA-2") == "rejected"


@pytest.mark.by_form("claim.supersede", "claim.step_back")
def test_a_claim_is_superseded_and_stands_again(office: Office) -> None:
    office.lithuanian_agreement()
    published(office)
    office.do("lt.officer", "claim.confirm", claim="DOC-1-C1")

    office.do("lt.officer", "claim.supersede", claim="DOC-1-C1")
    assert state("DOC-1-C1") == "superseded"

    office.do("lt.officer", "claim.step_back", claim="DOC-1-C1", reason=REASON)
    assert state("DOC-1-C1") == "confirmed"


@pytest.mark.by_form("priority.amend", "priority.withdraw", "priority.step_back")
def test_a_need_is_amended_withdrawn_and_stands_again(office: Office) -> None:
    need(office, "N-1", eur(300))
    more: dict[str, Any] = {"amount": eur(400), "quantity": 100, "evidence": [document("document", "2")]}
    office.do("ua.manager", "priority.amend", "ua.approver1", priority="N-1", **more)

    office.do("ua.manager", "priority.withdraw", "ua.approver1", priority="N-1", reason=REASON)
    assert state("N-1") == "withdrawn"

    office.do("ua.manager", "priority.step_back", "ua.approver1", priority="N-1", reason=REASON)
    assert state("N-1") == "set"


@pytest.mark.by_form("selection.defer", "selection.withdraw")
def test_a_maker_is_deferred_and_another_is_withdrawn(office: Office) -> None:
    office.allocated()
    listed(office)
    listed(office, "S-2")

    office.do("ua.manager", "selection.defer", selection="S-1", reason=REASON)
    office.do("ua.manager", "selection.withdraw", selection="S-2", reason=REASON)

    assert (state("S-1"), state("S-2")) == ("deferred", "withdrawn")


@pytest.mark.by_form("authority.link_identity", "authority.unlink_identity", "authority.disable_login")
def test_a_sign_in_of_the_ministry_is_linked_unlinked_and_shut(office: Office) -> None:
    login = Login.objects.get(username="lt.finance").id
    given = {"login": login, "issuer": "https://login.example", "subject": "7"}

    office.do("operator", "authority.link_identity", "ua.approver1", **given)
    office.do("operator", "authority.unlink_identity", identity=Identity.objects.get().id)
    office.do("operator", "authority.disable_login", login=login)

    assert Identity.objects.get().ended_at is not None
    assert not Login.objects.get(pk=login).is_active


@pytest.mark.by_form("authority.set_mail")
def test_everybody_says_how_to_be_written_to(office: Office) -> None:
    office.do("auditor", "authority.set_mail", mail="daily", email="auditor@example.org", language="uk")

    assert Login.objects.get(username="auditor").person.email == "auditor@example.org"
