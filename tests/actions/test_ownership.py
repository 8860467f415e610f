"""Sister companies: what goes to parties of one owner adds up, so nothing is split over them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.actions.refusing import refused
from tests.office import OTHER_IBAN, Office, eur

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import (
    BadArgument,
    ContentChanged,
    DecisionNotReady,
    NotAllowed,
    UnknownReference,
)
from tranche.models import Decision, Party

HALF = 60_000_000
"""Two of these are above the first limit of a million."""


@pytest.fixture
def office(sqlite_mechanism: Path) -> Office:
    found = Office()
    found.verified()
    sister_contract(found)
    return found


def sister_contract(office: Office) -> None:
    """The second maker has a contract, a milestone that may be paid, and an account of its own."""
    office.payable("C-2", "lt.approver", "ua.approver1", price=300_000_000, milestone=200_000_000)
    office.payee("PA-2", OTHER_IBAN, party="MFR-2")


def group(office: Office, name: str, *parties: str) -> None:
    for party in parties:
        office.do("ua.manager", "register.set_group", "ua.approver2", "lt.approver", party=party, group=name)


def release(office: Office, number: int, amount_minor: int = HALF) -> str:
    """A payment to one of the two makers that waits for its approvers."""
    ref = f"PAY-{number}"
    office.do(
        "ua.manager",
        "payment.draft",
        ref=ref,
        milestone=f"C-{number}-M1",
        payee=f"PA-{number}",
        amount=eur(amount_minor),
    )
    return office.propose("ua.manager", "payment.release", payment=ref).decision_id


def paid(office: Office, number: int) -> None:
    decision = release(office, number)
    office.approve("ua.approver1", decision)
    assert office.execute("ua.payer", decision).state == "executed"


def ready(office: Office, decision: str) -> bool:
    """Whether one approver of the recipient was enough."""
    office.approve("ua.approver1", decision)
    try:
        return office.execute("ua.payer", decision).state == "executed"
    except DecisionNotReady:
        return False


def guard(act: Callable[[], object]) -> str:
    return refused(GuardFailed, act).guard


def test_two_makers_of_different_owners_do_not_add_up(office: Office) -> None:
    paid(office, 1)

    assert ready(office, release(office, 2))


@pytest.mark.by_form("register.set_group")
def test_a_payment_split_over_sisters_needs_both_sides(office: Office) -> None:
    group(office, "OWNER-1", "MFR-1", "MFR-2")
    paid(office, 1)
    second = release(office, 2)

    assert not ready(office, second)
    office.approve("lt.approver", second)
    assert office.execute("ua.payer", second).state == "executed"


def test_what_was_paid_before_the_owner_was_known_counts_as_well(office: Office) -> None:
    paid(office, 1)
    group(office, "OWNER-1", "MFR-1", "MFR-2")

    assert not ready(office, release(office, 2))


def test_of_two_sisters_that_wait_the_later_counts_the_earlier(office: Office) -> None:
    group(office, "OWNER-1", "MFR-1", "MFR-2")
    first, second = release(office, 1), release(office, 2)

    assert ready(office, first)
    assert not ready(office, second)


def test_after_the_days_of_the_policy_sisters_add_up_no_more(office: Office) -> None:
    group(office, "OWNER-1", "MFR-1", "MFR-2")
    paid(office, 1)
    office.tick(timedelta(days=31))

    assert ready(office, release(office, 2))


def test_approvers_see_the_owner_and_a_change_of_it_voids_what_waits(office: Office) -> None:
    waiting = release(office, 1)
    group(office, "OWNER-1", "MFR-1")

    with pytest.raises(ContentChanged) as caught:
        office.approve("ua.approver1", waiting)

    assert caught.value.fields == ("ownership_group",)
    facts = json.loads(bytes(Decision.objects.get(pk=release_again(office)).content))["facts"]
    assert facts["ownership_group"] == "OWNER-1"


def release_again(office: Office) -> str:
    return office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id


def test_a_group_is_set_and_taken_away_by_both_sides(office: Office) -> None:
    decision = office.propose("ua.manager", "register.set_group", party="MFR-1", group="OWNER-1").decision_id

    assert office.approve("ua.approver1", decision).state == "open", "a limit of both is not widened by one"
    assert not Party.objects.get(ref="MFR-1").ownership_group
    assert office.approve("lt.approver", decision).state == "executed"
    assert Party.objects.get(ref="MFR-1").ownership_group == "OWNER-1"
    office.do("lt.officer", "register.set_group", "lt.approver", "ua.approver1", party="MFR-1")
    assert not Party.objects.get(ref="MFR-1").ownership_group


def test_the_sheet_names_who_else_is_in_the_group(office: Office) -> None:
    group(office, "OWNER-1", "MFR-1")
    decision = office.propose("ua.manager", "register.set_group", party="MFR-2", group="OWNER-1").decision_id
    facts = json.loads(bytes(Decision.objects.get(pk=decision).content))["facts"]

    assert facts["group_members"] == ["MFR-1 Party MFR-1"]


def test_what_sets_no_other_group_is_refused(office: Office) -> None:
    group(office, "OWNER-1", "MFR-1")

    def ask(who: str = "ua.manager", **arguments: str) -> None:
        office.propose(who, "register.set_group", **arguments)

    assert guard(lambda: ask(party="MFR-1", group="OWNER-1")) == "another_group"
    assert guard(lambda: ask(party="MFR-2")) == "another_group"
    refused(UnknownReference, lambda: ask(party="MFR-9", group="OWNER-1"))
    refused(BadArgument, lambda: ask(party="MFR-2", group="owner one"))
    error = refused(NotAllowed, lambda: ask("ua.payer", party="MFR-2", group="OWNER-1"))
    assert error.deny.reason is Denied.NO_ROLE
