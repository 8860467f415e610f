"""Taking a step back on live records: state, dates, postings, and who must agree."""

from __future__ import annotations

import pytest
from tests.actions.refusing import refused
from tests.office import Office, document

from tranche.kernel.chart import Kind
from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed
from tranche.kernel.refusals import BadArgument, NotAllowed, ReasonWanted
from tranche.ledger.balances import balances
from tranche.ledger.verify import verify
from tranche.models import Lot, Payee, Record, RecordEvent, Step

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

WHY = "It was recorded by mistake."


@pytest.fixture
def office() -> Office:
    return Office()


def state(ref: str) -> str:
    return Record.objects.get(ref=ref).state


def in_kind(kind: Kind) -> int:
    return sum(row.balance for row in balances(kinds=(kind,), using="default"))


@pytest.mark.by_form("lot.step_back")
def test_an_acceptance_is_taken_back_with_its_money(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 150_000_000)
    before = in_kind(Kind.PREPAID)
    office.accept("LOT-1")
    assert in_kind(Kind.LOT) == 150_000_000

    outcome = office.propose("ua.inspector", "lot.step_back", reason=WHY, lot="LOT-1")
    assert outcome.state == "open"
    office.approve("ua.approver1", outcome.decision_id)

    assert state("LOT-1") == "handed_over"
    assert Lot.objects.get(ref="LOT-1").accepted_on is None
    assert (in_kind(Kind.LOT), in_kind(Kind.PREPAID)) == (0, before)
    assert verify(using="default").differences == ()


def test_it_is_accepted_again_after_that(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 150_000_000)
    office.accept("LOT-1")
    office.do("ua.inspector", "lot.step_back", "ua.approver1", reason=WHY, lot="LOT-1")

    office.accept("LOT-1")

    assert (state("LOT-1"), in_kind(Kind.LOT)) == ("accepted", 150_000_000)
    undone = RecordEvent.objects.get(action="lot.step_back")
    assert undone.undoes == RecordEvent.objects.filter(action="lot.accept").order_by("id")[0].id
    assert verify(using="default").differences == ()


@pytest.mark.by_form("milestone.step_back")
def test_two_steps_are_taken_back_one_after_the_other(office: Office) -> None:
    office.contracted()
    office.do("ua.manager", "milestone.claim", milestone="C-1-M1", evidence=[document("invoice")])
    office.do("ua.inspector", "milestone.verify", milestone="C-1-M1", evidence=[document("visit_report")])

    office.do("ua.inspector", "milestone.step_back", reason=WHY, milestone="C-1-M1")
    assert state("C-1-M1") == "claimed"
    office.do("ua.manager", "milestone.step_back", reason=WHY, milestone="C-1-M1")

    assert state("C-1-M1") == "planned"


def test_the_first_step_and_a_missing_reason_are_refused(office: Office) -> None:
    office.contracted()

    refused(
        BadArgument,
        lambda: office.propose("ua.manager", "milestone.step_back", reason=WHY, milestone="C-1-M1"),
    )
    refused(ReasonWanted, lambda: office.propose("ua.manager", "contract.step_back", contract="C-1"))


def test_what_made_more_than_the_step_names_the_way_instead(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    caught = refused(
        GuardFailed,
        lambda: office.propose("lt.officer", "tranche.step_back", reason=WHY, tranche="LT-UA-2024-T1"),
    )

    assert (caught.guard, caught.why) == ("way_back", "tranche.start_procedure")


@pytest.mark.by_form("contract.step_back")
def test_a_signed_contract_goes_back_to_a_draft_while_its_money_is_there(office: Office) -> None:
    office.allocated()
    office.do(
        "ua.manager",
        "contract.draft",
        ref="C-1",
        programme="P-1",
        supplier="MFR-1",
        title="Contract one",
        funding="LT-UA-2024-T1",
        price={"amount_minor": 500_000_000, "currency": "EUR"},
        tender_reference="T-1",
        price_reason="Lowest offer",
    )
    both = ("lt.approver", "ua.approver1")
    text = [document("contract_text")]
    office.do("ua.manager", "contract.sign", *both, contract="C-1", evidence=text)

    office.do("ua.manager", "contract.step_back", *both, reason=WHY, contract="C-1")

    assert state("C-1") == "draft"
    assert in_kind(Kind.CONTRACT) == 0


def test_money_that_has_moved_on_is_named(office: Office) -> None:
    office.paid()

    caught = refused(
        GuardFailed, lambda: office.propose("ua.manager", "contract.step_back", reason=WHY, contract="C-1")
    )

    assert caught.guard == "enough"


@pytest.mark.by_form("payment.step_back")
def test_an_order_is_taken_back_only_on_the_banks_word(office: Office) -> None:
    office.execute("ua.payer", office.approved_payment())
    both = ("lt.approver", "ua.approver1")

    refused(
        EvidenceMissing,
        lambda: office.propose("ua.manager", "payment.step_back", reason=WHY, payment="PAY-1"),
    )
    word = [document("bank_refusal")]
    office.do("ua.manager", "payment.step_back", *both, reason=WHY, payment="PAY-1", evidence=word)

    assert state("PAY-1") == "drafted"
    assert in_kind(Kind.TRANSIT) == 0


@pytest.mark.by_form("payee.retire", "payee.step_back")
def test_a_retired_account_is_not_revived_by_one_person(office: Office) -> None:
    office.contracted()
    office.do("ua.manager", "payee.retire", reason=WHY, payee="PA-1")

    outcome = office.propose("ua.manager", "payee.step_back", reason=WHY, payee="PA-1")
    assert (outcome.state, state("PA-1")) == ("open", "retired")
    refused(NotAllowed, lambda: office.approve("ua.payer", outcome.decision_id))
    office.approve("ua.approver1", outcome.decision_id)

    assert state("PA-1") == "active"
    assert Payee.objects.get(ref="PA-1").active_on is not None


@pytest.mark.by_form("step.step_back")
def test_a_step_of_a_procedure_goes_back_only_before_its_followers(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()
    office.steps()
    ref = "LT-UA-2024-T1-S"

    caught = refused(
        GuardFailed, lambda: office.propose("lt.finance", "step.step_back", reason=WHY, step=f"{ref}2")
    )
    office.do("lt.finance", "step.step_back", reason=WHY, step=f"{ref}5")
    office.do("lt.finance", "step.step_back", reason=WHY, step=f"{ref}4")

    assert caught.guard == "followers_open"
    assert [state(f"{ref}{number}") for number in range(1, 6)] == ["done", "done", "done", "todo", "todo"]
    assert Step.objects.get(ref=f"{ref}5").opened_on is None
    assert Step.objects.get(ref=f"{ref}4").opened_on is not None


def test_strangers_take_nothing_back(office: Office) -> None:
    office.authorised()

    refused(
        NotAllowed,
        lambda: office.propose("dk.officer", "tranche.step_back", reason=WHY, tranche="LT-UA-2024-T1"),
    )
