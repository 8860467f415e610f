"""Who may approve, what voids a decision, what executes it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from tests.actions.refusing import allocation, refused
from tests.office import Office, document, password

from tranche.actions.attestation import Attestation, attest_password
from tranche.actions.decision import approve
from tranche.kernel.policy import Deed, Denied
from tranche.kernel.refusals import (
    BadArgument,
    ContentChanged,
    DecisionNotOpen,
    DecisionNotReady,
    HashDiffers,
    MethodRefused,
    NotAllowed,
    NotYours,
    ReasonWanted,
    WrongPassword,
)
from tranche.models import Decision, Login, Party, Record, RoleGrant
from tranche.store import clock

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def test_the_proposer_never_approves(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    caught = refused(NotAllowed, lambda: office.approve("ua.manager", decision))

    assert caught.deny.reason is Denied.OWN_PROPOSAL


def test_the_same_approver_counts_once(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    office.approve("ua.approver1", decision)

    caught = refused(NotAllowed, lambda: office.approve("ua.approver1", decision))

    assert caught.deny.reason is Denied.ALREADY_APPROVED


def test_two_of_one_side_do_not_stand_for_both(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    office.approve("ua.approver1", decision)

    refused(NotAllowed, lambda: office.approve("ua.approver2", decision))

    assert Decision.objects.get(pk=decision).state == "open"


@pytest.mark.parametrize("who", ["dk.approver1", "lt.officer", "auditor", "operator", "ua.payer"])
def test_people_without_the_role_or_relation_do_not_approve(office: Office, who: str) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    refused(NotAllowed, lambda: office.approve(who, decision))


def test_small_amount_needs_one_approver_and_a_larger_one_both_sides(office: Office) -> None:
    office.received()
    office.programme()

    small = office.approve("ua.approver1", allocation(office, 100_000_000))
    large = office.approve("ua.approver1", allocation(office, 100_000_001))

    assert (small.state, large.state) == ("executed", "open")
    assert office.approve("lt.approver", large.decision_id).state == "executed"


def test_an_altered_hash_is_refused(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    refused(HashDiffers, lambda: office.approve("ua.approver1", decision, shown_hash="00" * 32))


def test_a_wrong_password_is_refused(office: Office) -> None:
    by = office.who("ua.approver1")

    refused(WrongPassword, lambda: attest_password(by.login, password("ua.approver2")))


@pytest.mark.parametrize("method", ["webauthn", "totp", "none"])
def test_a_method_outside_the_policy_is_refused(office: Office, method: str) -> None:
    office.received()
    office.programme()
    decision = Decision.objects.get(pk=allocation(office, 500_000_000))
    by = office.who("ua.approver1")

    def forged() -> None:
        with clock.at(office.now):
            approve(
                decision_id=decision.id,
                shown_hash=bytes(decision.hash).hex(),
                verdict="approve",
                attestation=Attestation(by.login, method),
                key=str(uuid.uuid4()),
                by=by,
            )

    refused(MethodRefused, forged)


def test_an_attestation_of_somebody_else_is_refused(office: Office) -> None:
    office.received()
    office.programme()
    decision = Decision.objects.get(pk=allocation(office, 500_000_000))
    other = office.who("ua.approver2")

    def borrowed() -> None:
        with clock.at(office.now):
            approve(
                decision_id=decision.id,
                shown_hash=bytes(decision.hash).hex(),
                verdict="approve",
                attestation=Attestation(other.login, "password"),
                key=str(uuid.uuid4()),
                by=office.who("ua.approver1"),
            )

    refused(MethodRefused, borrowed)


def test_a_change_of_what_was_relied_on_voids_the_decision(office: Office) -> None:
    office.verified()
    office.draft_payment()
    decision = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
    office.approve("ua.approver1", decision)
    more = document("visit_report", "a second visit")
    office.do("ua.inspector", "evidence.file", record="C-1-M1", evidence=[more])

    with pytest.raises(ContentChanged) as caught:
        office.approve("lt.approver", decision)

    assert caught.value.fields == ("evidence",)
    assert Decision.objects.get(pk=decision).state == "void"
    assert Record.objects.get(ref="PAY-1").state == "drafted"
    refused(DecisionNotOpen, lambda: office.approve("lt.approver", decision))


def test_a_step_of_the_record_voids_other_decisions_about_it(office: Office) -> None:
    office.verified()
    office.draft_payment()
    decision = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
    office.do("ua.manager", "payment.cancel", payment="PAY-1", reason="Drafted with the wrong amount.")

    assert Decision.objects.get(pk=decision).state == "void"
    refused(DecisionNotOpen, lambda: office.approve("ua.approver1", decision))


def test_another_step_of_the_moved_record_voids(office: Office) -> None:
    office.received()
    office.programme()
    first, second = allocation(office, 100_000_000), allocation(office, 90_000_000)
    office.approve("ua.approver1", first)

    ended = Decision.objects.get(pk=second)
    assert (ended.state, ended.end_reason) == ("void", "record version")
    assert Decision.objects.get(pk=first).state == "executed"


def test_what_was_merely_read_voids_nothing(office: Office) -> None:
    office.authorised()
    line = office.bank_line(600_000_000)
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)
    office.programme()
    decision = allocation(office, 100_000_000)

    line = office.bank_line(400_000_000)
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    assert office.approve("ua.approver1", decision).state == "executed"


def test_an_expired_decision_is_not_executed(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    office.tick(timedelta(days=40))

    with pytest.raises(ContentChanged) as caught:
        office.approve("ua.approver1", decision)

    assert caught.value.fields == ("expired",)
    assert Decision.objects.get(pk=decision).state == "expired"


def test_rejecting_needs_a_reason_and_ends_the_decision(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    refused(ReasonWanted, lambda: office.approve("ua.approver1", decision, verdict="reject", reason="no"))
    office.approve("ua.approver1", decision, verdict="reject", reason="The amount is too high.")

    ended = Decision.objects.get(pk=decision)
    assert (ended.state, ended.end_reason) == ("rejected", "The amount is too high.")
    refused(DecisionNotOpen, lambda: office.approve("lt.approver", decision))


def test_only_the_proposer_withdraws(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    refused(NotYours, lambda: office.withdraw("ua.manager2", decision))
    assert office.withdraw("ua.manager", decision).state == "withdrawn"


def test_a_release_waits_for_the_payer(office: Office) -> None:
    decision = office.approved_payment()

    assert Decision.objects.get(pk=decision).state == "open"
    for who in ("ua.manager", "ua.approver1", "ua.approver2", "lt.approver", "auditor"):
        refused(NotAllowed, partial(office.execute, who, decision))
    assert office.execute("ua.payer", decision).state == "executed"
    assert Record.objects.get(ref="PAY-1").state == "released"


def test_the_payer_waits_for_the_approvals(office: Office) -> None:
    office.verified()
    office.draft_payment()
    decision = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
    office.approve("ua.approver1", decision)

    caught = refused(DecisionNotReady, lambda: office.execute("ua.payer", decision))

    assert caught.missing == 1


def test_the_drafter_of_a_contract_does_not_approve_on_its_chain(office: Office) -> None:
    """A fund manager who became an approver keeps the deeds done before."""
    office.verified()
    office.draft_payment()
    decision = office.propose("ua.manager2", "payment.release", payment="PAY-1").decision_id
    RoleGrant.objects.create(
        id=str(uuid.uuid4()),
        person=Login.objects.get(username="ua.manager").person,
        role="RA",
        party=Party.objects.get(ref="UA-MOD"),
        from_at=datetime(2024, 1, 1, tzinfo=UTC),
    )

    caught = refused(NotAllowed, lambda: office.approve("ua.manager", decision))

    assert caught.deny.deeds == {Deed.PROPOSED}


def test_an_approval_whose_grant_ended_does_not_count(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    office.approve("ua.approver1", decision)
    RoleGrant.objects.filter(person__logins__username="ua.approver1").update(to_at=office.now)

    assert office.approve("lt.approver", decision).state == "open"
    assert office.approve("ua.approver2", decision).state == "executed"


def test_a_verdict_of_no_known_word_is_refused(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    refused(BadArgument, lambda: office.approve("ua.approver1", decision, verdict="perhaps"))
