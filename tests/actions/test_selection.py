"""Selection: two free assessors, a screening, and a written reason for a choice that is not obvious."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import Office, document, eur
from tests.second import SCREENED, assessed, card, chosen, concluded, listed

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.refusals import (
    AlreadyThere,
    BadArgument,
    CurrencyDiffers,
    DecisionNotOpen,
    NotAllowed,
    ReasonWanted,
)
from tranche.models import Contract, Decision, Selection, SelectionCard


@pytest.fixture
def office(mechanism: str) -> Office:
    """On either engine: a signed agreement, an open programme, a second inspector from the donor."""
    found = Office()
    found.allocated()
    found.hire("lt.inspector", "IN@LT-MOD")
    return found


def state(ref: str = "S-1") -> str:
    return Selection.objects.get(ref=ref).record.state


def test_maker_is_listed_assessed_recommended_and_chosen(office: Office) -> None:
    assessed(office)
    concluded(office)
    chosen(office)

    found = Selection.objects.get(ref="S-1")
    assert found.record.state == "selected"
    assert (found.screening_list, found.screening_version) == ("Consolidated list", "2024-09-01")
    assert found.screening_sha256 == "a" * 64
    assert SelectionCard.objects.count() == 2


def test_one_card_or_a_card_with_an_interest_is_not_enough(office: Office) -> None:
    listed(office)
    card(office, "ua.inspector")
    card(office, "lt.inspector", interest=True)

    error = refused(GuardFailed, lambda: concluded(office))

    assert (error.guard, error.why) == ("two_assessors", "1")


def test_an_assessor_files_one_card(office: Office) -> None:
    listed(office)
    card(office, "ua.inspector")

    refused(AlreadyThere, lambda: card(office, "ua.inspector", advice="against"))


def test_screening_record_is_needed(office: Office) -> None:
    assessed(office)

    refused(
        EvidenceMissing,
        lambda: office.do(
            "ua.inspector", "selection.conclude", selection="S-1", verdict="recommended", **SCREENED
        ),
    )


def test_whom_the_screening_found_is_neither_recommended_nor_chosen(office: Office) -> None:
    assessed(office)

    error = refused(GuardFailed, lambda: concluded(office, screening_result="hit"))
    concluded(office, "not_recommended", screening_result="hit")
    choice = refused(GuardFailed, lambda: chosen(office, why="We want this maker all the same."))

    assert (error.guard, choice.guard) == ("screening_allows", "screening_passed")


@pytest.mark.parametrize(("verdict", "price"), [("not_recommended", 500), ("recommended", 501)])
def test_choice_that_is_not_obvious_needs_its_reason(office: Office, verdict: str, price: int) -> None:
    assessed(office, price=price)
    concluded(office, verdict)

    error = refused(GuardFailed, lambda: chosen(office))
    chosen(office, why="Delivers half a year earlier than the others.")

    assert error.guard == "reason_written"
    assert Selection.objects.get(ref="S-1").written_reason.startswith("Delivers")


def test_choice_is_of_both_sides(office: Office) -> None:
    assessed(office)
    concluded(office)

    office.do("ua.manager", "selection.choose", "ua.approver1", selection="S-1")

    assert state() == "recommended"


def test_later_card_voids_nothing_once_concluded_and_an_earlier_conclusion(office: Office) -> None:
    office.hire("ua.inspector2", "IN@UA-MOD")
    assessed(office)
    waiting = office.propose(
        "ua.inspector",
        "selection.conclude",
        selection="S-1",
        verdict="recommended",
        evidence=[document("screening")],
        **SCREENED,
    )
    card(office, "ua.inspector2", advice="against")

    refused(DecisionNotOpen, lambda: office.approve("ua.approver1", waiting.decision_id))
    assert Decision.objects.get(pk=waiting.decision_id).state == "void"


def test_who_listed_does_not_assess_and_who_assessed_does_not_approve(office: Office) -> None:
    office.hire("both", "FM@UA-MOD", "IN@UA-MOD")
    office.hire("judge", "IN@UA-MOD", "RA@UA-MOD")
    office.do(
        "both",
        "selection.list",
        ref="S-1",
        programme="P-1",
        agreement="LT-UA-2024",
        supplier="MFR-1",
        title="Maker",
        tender_reference="T-1",
        price=eur(5),
        lowest=eur(5),
    )

    refused(NotAllowed, lambda: card(office, "both"))
    card(office, "judge")
    card(office, "ua.inspector")
    waiting = office.propose(
        "ua.inspector",
        "selection.conclude",
        selection="S-1",
        verdict="recommended",
        evidence=[document("screening")],
        **SCREENED,
    )
    refused(NotAllowed, lambda: office.approve("judge", waiting.decision_id))


def test_an_inspector_of_neither_side_does_not_assess(office: Office) -> None:
    office.hire("dk.inspector", "IN@DK-MOD")
    listed(office)

    refused(NotAllowed, lambda: card(office, "dk.inspector"))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"lowest": eur(501)}, BadArgument),
        ({"lowest": {"amount_minor": 5, "currency": "UAH"}}, CurrencyDiffers),
        ({"supplier": "UA-MOD"}, BadArgument),
    ],
)
def test_offer_that_cannot_be_is_refused(
    office: Office, changed: dict[str, Any], error: type[Exception]
) -> None:
    arguments: dict[str, Any] = {
        "ref": "S-1",
        "programme": "P-1",
        "agreement": "LT-UA-2024",
        "supplier": "MFR-1",
        "title": "Maker",
        "tender_reference": "T-1",
        "price": eur(500),
        "lowest": eur(500),
    }

    refused(error, lambda: office.do("ua.manager", "selection.list", **(arguments | changed)))


def test_screening_of_tomorrow_is_refused(office: Office) -> None:
    assessed(office)

    refused(BadArgument, lambda: concluded(office, screened_on="2099-01-01"))


@pytest.mark.parametrize("action", ["defer", "withdraw"])
def test_listed_maker_may_be_left_with_a_reason(office: Office, action: str) -> None:
    listed(office)

    refused(ReasonWanted, lambda: office.do("ua.manager", f"selection.{action}", selection="S-1"))
    office.do("ua.manager", f"selection.{action}", selection="S-1", reason="Offered too late for this year.")

    assert state() == {"defer": "deferred", "withdraw": "withdrawn"}[action]
    refused(NoSuchTransition, lambda: card(office, "ua.inspector"))


def contract(office: Office, selection: str, supplier: str = "MFR-1", ref: str = "C-1") -> None:
    office.do(
        "ua.manager",
        "contract.draft",
        ref=ref,
        programme="P-1",
        supplier=supplier,
        title="Contract",
        funding="LT-UA-2024-T1",
        price=eur(500),
        tender_reference="T-1",
        price_reason="Lowest offer",
        selection=selection,
    )


def test_contract_rests_on_a_selection_of_its_maker_that_was_chosen_and_is_free(office: Office) -> None:
    assessed(office)
    early = refused(GuardFailed, lambda: contract(office, "S-1"))
    concluded(office)
    chosen(office)
    other = refused(GuardFailed, lambda: contract(office, "S-1", supplier="MFR-2"))

    contract(office, "S-1")
    again = refused(GuardFailed, lambda: contract(office, "S-1", ref="C-2"))

    assert {early.guard, other.guard, again.guard} == {"selection_chosen"}
    assert early.why == "S-1 assessing"
    named = Contract.objects.get(ref="C-1").selection
    assert named is not None
    assert named.ref == "S-1"
