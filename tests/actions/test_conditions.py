"""Conditions precedent: one party shows, another one judges, and nothing is authorised before."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import Office, document

from tranche.actions.content import content_of
from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.policy import Deed, Denied
from tranche.kernel.refusals import BadArgument, ContentChanged, NotAllowed, ReasonWanted
from tranche.models import Condition, Decision

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")
CONDITION = {
    "ref": "CP-1",
    "tranche": "LT-UA-2024-T1",
    "text": "The framework contract is published.",
    "long_stop_on": "2024-12-31",
    "filing_party": "UA-MOD",
    "judging_party": "LT-MOD",
}


@pytest.fixture
def office() -> Office:
    office = Office()
    office.lithuanian_tranche()
    return office


def added(office: Office, **changes: Any) -> None:
    office.propose("lt.officer", "condition.add", **(CONDITION | changes))


def filed(office: Office) -> None:
    added(office)
    office.propose("ua.manager", "condition.file", condition="CP-1", evidence=[document("document", "proof")])


def state() -> str:
    return Condition.objects.get(ref="CP-1").record.state


def authorise(office: Office) -> str:
    return office.propose("lt.officer", "tranche.authorise", tranche="LT-UA-2024-T1").decision_id


def test_condition_is_filed_accepted_and_then_met(office: Office) -> None:
    filed(office)

    office.propose("lt.officer", "condition.accept", condition="CP-1")

    assert state() == "met"


def test_judging_party_is_another_than_the_filing_one(office: Office) -> None:
    caught = refused(BadArgument, lambda: added(office, judging_party="UA-MOD"))

    assert (caught.name, caught.code) == ("judging_party", "another")


@pytest.mark.parametrize("name", ["filing_party", "judging_party"])
def test_only_parties_of_the_agreement_file_and_judge(office: Office, name: str) -> None:
    caught = refused(BadArgument, lambda: added(office, **{name: "DK-MOD"}))

    assert (caught.name, caught.code) == (name, "choice")


def test_party_without_anybody_to_act_is_refused(office: Office) -> None:
    caught = refused(GuardFailed, lambda: added(office, filing_party="LT-FIN"))

    assert (caught.guard, caught.why) == ("owners_have_holders", "LT-FIN FM")


def test_filer_may_not_judge(office: Office) -> None:
    office.grant("ua.manager", "DO", "LT-MOD")
    filed(office)

    caught = refused(NotAllowed, lambda: office.propose("ua.manager", "condition.accept", condition="CP-1"))

    assert (caught.deny.reason, caught.deny.deeds) == (Denied.CONFLICT, frozenset({Deed.FILED}))


@pytest.mark.parametrize("who", ["lt.finance", "dk.officer", "ua.approver1"])
def test_only_the_judging_party_accepts(office: Office, who: str) -> None:
    filed(office)

    refused(NotAllowed, lambda: office.propose(who, "condition.accept", condition="CP-1"))


def test_filing_needs_its_document(office: Office) -> None:
    added(office)

    refused(EvidenceMissing, lambda: office.propose("ua.manager", "condition.file", condition="CP-1"))


def test_open_condition_is_not_accepted(office: Office) -> None:
    added(office)

    refused(NoSuchTransition, lambda: office.propose("lt.officer", "condition.accept", condition="CP-1"))


@pytest.mark.by_form("condition.waive")
def test_waiving_needs_reason_letter_and_approver(office: Office) -> None:
    added(office)
    letter: dict[str, Any] = {"condition": "CP-1", "evidence": [document("letter", "waiver")]}
    reason = "The publication was replaced by a letter."

    refused(ReasonWanted, lambda: office.propose("lt.officer", "condition.waive", **letter))
    refused(
        EvidenceMissing,
        lambda: office.propose("lt.officer", "condition.waive", condition="CP-1", reason=reason),
    )
    waiting = office.propose("lt.officer", "condition.waive", reason=reason, **letter)
    office.approve("lt.approver", waiting.decision_id)

    assert waiting.state == "open"
    assert state() == "waived"


def test_authorising_waits_for_every_condition(office: Office) -> None:
    filed(office)
    office.procedure()
    office.steps()

    caught = refused(GuardFailed, lambda: authorise(office))
    office.propose("lt.officer", "condition.accept", condition="CP-1")
    waiting = authorise(office)

    assert (caught.guard, caught.why) == ("conditions_met", "CP-1 filed")
    told = content_of(Decision.objects.get(pk=waiting))["facts"]["conditions_precedent"]
    assert told == [["CP-1", "met", CONDITION["text"]]]


def test_condition_added_meanwhile_voids_the_decision(office: Office) -> None:
    office.procedure()
    office.steps()
    waiting = authorise(office)

    added(office)

    with pytest.raises(ContentChanged):
        office.approve("lt.approver", waiting)
    assert Decision.objects.get(pk=waiting).state == "void"


def test_condition_comes_too_late_after_authorising(office: Office) -> None:
    office.procedure()
    office.steps()
    waiting = authorise(office)
    office.approve("lt.approver", waiting)
    office.approve("ua.approver1", waiting)

    caught = refused(GuardFailed, lambda: added(office))

    assert caught.guard == "before_authorised"


def test_one_officer_may_announce_accept_and_authorise(office: Office) -> None:
    filed(office)
    office.propose("lt.officer", "condition.accept", condition="CP-1")
    office.procedure()
    office.steps()

    assert authorise(office)
