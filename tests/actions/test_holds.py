"""Holds: one person stops, two let go on; what a hold stops, and what it never stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.actions.refusing import allocation, refused
from tests.office import Office, document, eur

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, Held, NotAllowed, ReasonWanted, UnknownReference
from tranche.models import Decision, Hold, HoldRelease

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

WHY = "Somebody called about this account."


@pytest.fixture
def office() -> Office:
    return Office()


def place(office: Office, who: str, scope: str, subject: str, reason: str | None = WHY) -> str:
    """Place a hold for a week; gives its reference."""
    review = (office.today() + timedelta(days=7)).isoformat()
    office.propose(
        who,
        "hold.place",
        reason=reason,
        over=scope,
        over_ref=subject,
        cause="emergency",
        review_on=review,
    )
    return Hold.objects.order_by("-log_seq")[0].ref


def lift(office: Office, who: str, ref: str, *approvers: str) -> None:
    office.do(who, "hold.release", *approvers, reason="It was a mistake.", hold=ref)


@pytest.mark.parametrize(
    ("scope", "subject"),
    [
        ("record", "PAY-1"),
        ("record", "C-1"),
        ("record", "PA-1"),
        ("record", "C-1-M1"),
        ("programme", "P-1"),
        ("agreement", "LT-UA-2024"),
        ("party", "MFR-1"),
        ("party", "UA-MOD"),
        ("party", "LT"),
    ],
)
def test_a_hold_stops_a_payment_from_wherever_it_lies(office: Office, scope: str, subject: str) -> None:
    decision = office.approved_payment()
    ref = place(office, "ua.payer", scope, subject)

    caught = refused(Held, lambda: office.execute("ua.payer", decision))

    assert caught.hold == ref
    assert Decision.objects.get(pk=decision).state == "open"


def test_two_lift_it_and_the_payment_goes_on(office: Office) -> None:
    decision = office.approved_payment()
    ref = place(office, "ua.payer", "record", "PAY-1")

    lift(office, "ua.manager", ref, "ua.approver1")

    assert HoldRelease.objects.filter(hold__ref=ref).exists()
    assert office.execute("ua.payer", decision).state == "executed"


def test_who_placed_it_may_propose_to_lift_it_and_never_approve(office: Office) -> None:
    office.received()
    ref = place(office, "ua.approver1", "agreement", "LT-UA-2024")
    waiting = office.propose("ua.manager", "hold.release", reason="It was a mistake.", hold=ref)

    caught = refused(NotAllowed, lambda: office.approve("ua.approver1", waiting.decision_id))
    office.approve("ua.approver2", waiting.decision_id)

    assert caught.deny.reason is Denied.BARRED
    assert HoldRelease.objects.filter(hold__ref=ref).exists()


def test_nothing_is_proposed_or_approved_under_a_hold_and_rejecting_goes_on(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    place(office, "lt.approver", "programme", "P-1")

    refused(Held, lambda: allocation(office, 100_000_000))
    refused(Held, lambda: office.approve("ua.approver1", decision))
    rejected = office.approve("ua.approver1", decision, verdict="reject", reason="Not under a hold.")

    assert rejected.state == "rejected"


def test_facts_of_the_bank_drafts_and_evidence_go_on_under_a_hold(office: Office) -> None:
    office.authorised()
    place(office, "lt.approver", "agreement", "LT-UA-2024")
    line = office.bank_line(1_000_000_000, "LT-UA-2024-T1")

    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)
    office.programme()

    refused(Held, lambda: allocation(office, 100_000_000))


def test_granting_authority_is_stopped_too(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()
    office.steps()
    place(office, "ua.manager", "record", "LT-UA-2024-T1")

    refused(Held, lambda: office.propose("lt.officer", "tranche.authorise", tranche="LT-UA-2024-T1"))


def test_another_agreement_goes_on(office: Office) -> None:
    decision = office.approved_payment()
    office.danish_pool()
    place(office, "dk.approver1", "agreement", "DK-UA-2024")

    assert office.execute("ua.payer", decision).state == "executed"


@pytest.mark.by_form("hold.place_all", "hold.release_all")
def test_a_hold_over_everything_needs_both_sides_to_go(office: Office) -> None:
    decision = office.approved_payment()
    review = office.today().isoformat()
    office.propose("ua.approver2", "hold.place_all", reason=WHY, cause="audit", review_on=review)
    ref = Hold.objects.get().ref

    refused(Held, lambda: office.execute("ua.payer", decision))
    refused(
        BadArgument,
        lambda: office.propose("ua.manager", "hold.release", reason="Let it all go on.", hold=ref),
    )
    waiting = office.propose("ua.approver1", "hold.release_all", reason="Let it all go on.", hold=ref)
    office.approve("lt.approver", waiting.decision_id)
    barred = refused(NotAllowed, lambda: office.approve("ua.approver2", waiting.decision_id))

    assert barred.deny.reason is Denied.BARRED
    assert not HoldRelease.objects.exists()


def test_a_hold_needs_a_reason_a_near_review_and_something_to_lie_over(office: Office) -> None:
    office.received()
    far = (office.today() + timedelta(days=40)).isoformat()

    refused(ReasonWanted, lambda: place(office, "ua.payer", "agreement", "LT-UA-2024", reason=None))
    refused(UnknownReference, lambda: place(office, "ua.payer", "record", "NOTHING"))
    refused(BadArgument, lambda: place(office, "ua.payer", "programme", "LT-UA-2024"))
    refused(
        GuardFailed,
        lambda: office.propose(
            "ua.payer",
            "hold.place",
            reason=WHY,
            over="agreement",
            over_ref="LT-UA-2024",
            cause="audit",
            review_on=far,
        ),
    )


@pytest.mark.parametrize(
    ("who", "reason"), [("dk.approver1", Denied.WRONG_RELATION), ("lt.officer", Denied.NO_ROLE)]
)
def test_strangers_and_officers_place_none(office: Office, who: str, reason: Denied) -> None:
    office.received()

    caught = refused(NotAllowed, lambda: place(office, who, "agreement", "LT-UA-2024"))

    assert caught.deny.reason is reason


def test_a_hold_is_lifted_once(office: Office) -> None:
    office.received()
    ref = place(office, "ua.payer", "agreement", "LT-UA-2024")
    first = office.propose("ua.manager", "hold.release", reason="It was a mistake.", hold=ref)
    second = office.propose("lt.approver", "hold.release", reason="It was a mistake.", hold=ref)
    office.approve("ua.approver1", first.decision_id)

    assert not HoldRelease.objects.filter(decision_id=second.decision_id).exists()
    refused(
        GuardFailed,
        lambda: office.propose("ua.manager", "hold.release", reason="It was a mistake.", hold=ref),
    )


def test_what_takes_authority_away_goes_on(office: Office) -> None:
    office.contracted()
    place(office, "ua.payer", "party", "MFR-1")

    office.propose("ua.manager", "payee.retire", reason="The account was closed.", payee="PA-1")
    office.propose(
        "ua.manager",
        "contract.draft",
        ref="C-2",
        programme="P-1",
        supplier="MFR-1",
        title="Drafts go on",
        funding="LT-UA-2024-T1",
        price=eur(1_000),
        tender_reference="T-2",
        price_reason="Lowest offer",
    )

    refused(
        Held,
        lambda: office.propose(
            "ua.manager", "contract.sign", contract="C-2", evidence=[document("contract_text", "two")]
        ),
    )
