"""Splitting under a limit, approvals taken back, and proposals replaced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.actions.refusing import allocation, refused
from tests.office import Office, eur

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import DecisionNotOpen, DecisionNotReady, NotAllowed, NotYours
from tranche.models import Approval, ApprovalRevoked, Decision

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

HALF = 60_000_000
"""Two of these are above the first limit of a million."""


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def funded(office: Office) -> Office:
    office.received()
    office.programme()
    return office


def test_the_second_part_of_a_split_needs_both_sides(funded: Office) -> None:
    first = allocation(funded, HALF)
    assert funded.approve("ua.approver1", first).state == "executed"

    second = allocation(funded, HALF)

    assert funded.approve("ua.approver1", second).state == "open"
    assert funded.approve("lt.approver", second).state == "executed"


def test_of_two_that_wait_the_later_counts_the_earlier(funded: Office) -> None:
    first, second = allocation(funded, HALF), allocation(funded, HALF)

    assert funded.approve("ua.approver1", second).state == "open"
    assert funded.approve("ua.approver1", first).state == "executed"


def two_payments(office: Office) -> tuple[str, str]:
    """Two payments of half a million each to the same supplier that wait; gives their decisions."""
    office.verified()
    for ref in ("PAY-A", "PAY-B"):
        office.draft_payment(ref, HALF)
    first, second = (
        office.propose("ua.manager", "payment.release", payment=ref) for ref in ("PAY-A", "PAY-B")
    )
    return first.decision_id, second.decision_id


def test_the_earlier_counts_the_later_once_that_is_carried_out(office: Office) -> None:
    first, second = two_payments(office)
    office.approve("ua.approver1", second)
    office.approve("lt.approver", second)
    assert office.execute("ua.payer", second).state == "executed"
    office.approve("ua.approver1", first)

    missing = refused(DecisionNotReady, lambda: office.execute("ua.payer", first))

    assert missing.missing == 1


def test_after_thirty_days_nothing_adds_up(funded: Office) -> None:
    funded.approve("ua.approver1", allocation(funded, HALF))
    funded.tick(timedelta(days=31))

    assert funded.approve("ua.approver1", allocation(funded, HALF)).state == "executed"


def test_withdrawn_ones_and_other_programmes_do_not_add_up(funded: Office) -> None:
    funded.programme("P-2")
    funded.withdraw("ua.manager", allocation(funded, HALF))
    funded.propose(
        "ua.manager", "programme.allocate", programme="P-2", funding="LT-UA-2024-T1", amount=eur(HALF)
    )

    assert funded.approve("ua.approver1", allocation(funded, HALF)).state == "executed"


def test_payments_to_one_party_add_up_over_its_accounts_and_contracts(office: Office) -> None:
    first, second = two_payments(office)
    office.approve("ua.approver1", first)
    office.execute("ua.payer", first)
    office.approve("ua.approver1", second)

    refused(DecisionNotReady, lambda: office.execute("ua.payer", second))


def test_an_approval_is_taken_back_for_good(funded: Office) -> None:
    decision = allocation(funded, 500_000_000)
    funded.approve("ua.approver1", decision)
    funded.revoke("ua.approver1", decision)

    again = refused(NotAllowed, lambda: funded.approve("ua.approver1", decision))
    assert again.deny.reason is Denied.TAKEN_BACK
    assert funded.approve("lt.approver", decision).state == "open"
    assert funded.approve("ua.approver2", decision).state == "executed"


def test_only_its_giver_takes_an_approval_back_and_only_while_it_waits(funded: Office) -> None:
    decision = allocation(funded, 500_000_000)
    funded.approve("ua.approver1", decision)

    refused(NotYours, lambda: funded.revoke("lt.approver", decision))
    funded.approve("lt.approver", decision)
    refused(DecisionNotOpen, lambda: funded.revoke("ua.approver1", decision))

    assert not ApprovalRevoked.objects.exists()


def test_a_replaced_decision_ends_and_names_the_new_one(funded: Office) -> None:
    old = allocation(funded, 500_000_000)
    funded.approve("ua.approver1", old)
    new = funded.propose(
        "ua.manager",
        "programme.allocate",
        replaces=old,
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(400_000_000),
    ).decision_id

    ended = Decision.objects.get(pk=old)
    assert (ended.state, ended.replaced_by) == ("withdrawn", new)
    assert not Approval.objects.filter(decision_id=new).exists()


def test_only_the_proposer_replaces_and_a_refused_one_replaces_nothing(funded: Office) -> None:
    funded.hire("ua.manager9", "FM@UA-MOD")
    old = allocation(funded, 500_000_000)
    values = {"programme": "P-1", "funding": "LT-UA-2024-T1"}

    refused(
        NotYours,
        lambda: funded.propose(
            "ua.manager9", "programme.allocate", replaces=old, amount=eur(400_000_000), **values
        ),
    )
    refused(
        GuardFailed,
        lambda: funded.propose(
            "ua.manager", "programme.allocate", replaces=old, amount=eur(10_000_000_000), **values
        ),
    )

    assert Decision.objects.get(pk=old).state == "open"
