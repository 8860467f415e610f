"""Taking a step back on selections, contributions in kind and joint projects, at the price of both steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests import second
from tests.actions.refusing import refused
from tests.office import Office, document, eur

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, NotAllowed
from tranche.models import Decision, InKind, Record, Selection

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

WHY = "It was recorded by mistake."
BOTH = ("lt.approver", "ua.approver1")


@pytest.fixture
def office() -> Office:
    found = Office()
    found.received()
    found.programme()
    found.hire("lt.inspector", "IN@LT-MOD")
    return found


def state(ref: str) -> str:
    return Record.objects.get(ref=ref).state


def back(office: Office, who: str, ref: str, *approvers: str) -> str:
    kind = Record.objects.get(ref=ref).kind
    return office.do(who, f"{kind}.step_back", *approvers, reason=WHY, **{kind: ref}).state


def guard(act: Callable[[], object]) -> str:
    return refused(GuardFailed, act).guard


@pytest.mark.by_form(
    "selection.assess", "selection.choose", "selection.conclude", "selection.list", "selection.step_back"
)
def test_a_choice_is_taken_back_by_both_sides_and_made_again(office: Office) -> None:
    second.assessed(office, price=600, lowest=500)
    second.concluded(office)
    second.chosen(office, why="It delivers half a year earlier.")

    assert back(office, "ua.manager", "S-1", "ua.approver1") == "open"
    office.approve("lt.approver", last(office))
    assert state("S-1") == "recommended"
    assert Selection.objects.get(ref="S-1").written_reason == ""

    second.chosen(office, why="It delivers half a year earlier.")
    assert state("S-1") == "selected"


def last(office: Office) -> str:
    return Decision.objects.filter(state="open").latest("log_seq").id


def test_a_choice_that_a_contract_names_stands(office: Office) -> None:
    second.assessed(office)
    second.concluded(office)
    second.chosen(office)
    office.do(
        "ua.manager",
        "contract.draft",
        ref="C-9",
        programme="P-1",
        supplier="MFR-1",
        title="Contract nine",
        funding="LT-UA-2024-T1",
        price=eur(500),
        selection="S-1",
        tender_reference="T-1",
        price_reason="Lowest offer",
    )

    assert guard(lambda: back(office, "ua.manager", "S-1")) == "rests_on_it"


def test_a_conclusion_is_taken_back_with_its_screening(office: Office) -> None:
    second.assessed(office)
    second.concluded(office)

    assert back(office, "ua.inspector", "S-1") == "open"
    office.approve("ua.approver1", last(office))

    found = Selection.objects.get(ref="S-1")
    assert (state("S-1"), found.screened_on, found.screening_list) == ("assessing", None, "")
    second.concluded(office, "not_recommended")
    assert state("S-1") == "not_recommended"


def test_a_card_stays_where_it_was_filed(office: Office) -> None:
    second.listed(office)
    second.card(office, "ua.inspector")

    assert guard(lambda: back(office, "ua.inspector", "S-1")) == "way_back"


@pytest.mark.parametrize("action", ["defer", "withdraw"])
def test_a_maker_who_was_deferred_or_withdrawn_is_listed_again(office: Office, action: str) -> None:
    second.listed(office)
    office.do("ua.manager", f"selection.{action}", selection="S-1", reason="Another year perhaps.")

    assert back(office, "ua.manager", "S-1") == "executed"
    assert state("S-1") == "listed"


def test_a_contribution_goes_back_step_by_step_at_the_price_of_each(office: Office) -> None:
    second.agreed(office)
    second.handed_over(office)

    assert back(office, "lt.officer", "IK-1") == "open"
    office.approve("lt.approver", last(office))
    office.approve("ua.approver1", last(office))
    assert (state("IK-1"), InKind.objects.get(ref="IK-1").handed_over_on) == ("agreed", None)
    assert back(office, "lt.officer", "IK-1", *BOTH) == "executed"
    assert state("IK-1") == "offered"
    assert refused(BadArgument, lambda: back(office, "lt.officer", "IK-1")).code == "first_step"


@pytest.mark.by_form(
    "inkind.accept", "inkind.agree", "inkind.hand_over", "inkind.offer", "inkind.reject", "inkind.step_back"
)
def test_a_rejection_is_taken_back_and_an_acceptance_is_not(office: Office) -> None:
    second.agreed(office)
    second.handed_over(office)
    office.do("ua.inspector", "inkind.reject", inkind="IK-1", deviation="damaged")

    assert back(office, "ua.inspector", "IK-1") == "executed"
    assert (state("IK-1"), InKind.objects.get(ref="IK-1").deviation) == ("handed_over", "")
    second.taken_in(office)
    assert guard(lambda: back(office, "ua.inspector", "IK-1")) == "way_back"


@pytest.mark.by_form("joint.step_back")
def test_a_joint_project_goes_back_with_one_approver_of_each_partner(office: Office) -> None:
    allocated(office)
    second.running(office)

    assert back(office, "ua.manager", "J-1", "ua.approver1") == "open"
    error = refused(NotAllowed, lambda: office.approve("ua.approver2", last(office)))
    assert error.deny.reason is Denied.WRONG_RELATION
    office.approve("lt.approver", last(office))
    assert state("J-1") == "agreed"
    assert back(office, "lt.officer", "J-1", *BOTH) == "executed"
    assert state("J-1") == "draft"


def test_a_project_that_was_withdrawn_comes_back_only_where_no_other_took_its_place(office: Office) -> None:
    second.joined(office)
    office.do("ua.manager", "joint.withdraw", *BOTH, joint="J-1", reason="The partners disagree.")
    second.drafted(office, "J-2")

    assert guard(lambda: back(office, "ua.manager", "J-1")) == "rests_on_it"


def test_a_project_that_shared_lots_has_started(office: Office) -> None:
    allocated(office)
    second.running(office)
    contract(office)
    second.accepted_lot(office, "LOT-1", 10)

    assert guard(lambda: back(office, "ua.manager", "J-1")) == "rests_on_it"


def allocated(office: Office) -> None:
    office.do(
        "ua.manager",
        "programme.allocate",
        *BOTH,
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(500_000_000),
    )


def contract(office: Office) -> None:
    office.do(
        "ua.manager",
        "contract.draft",
        ref="C-1",
        programme="P-1",
        supplier="MFR-1",
        title="Contract one",
        funding="LT-UA-2024-T1",
        price=eur(400_000_000),
        tender_reference="T-1",
        price_reason="Lowest offer",
    )
    signed = [document("contract_text")]
    office.do("ua.manager", "contract.sign", *BOTH, contract="C-1", evidence=signed)
