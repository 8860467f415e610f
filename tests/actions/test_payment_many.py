"""One decision over many payments: every line binds it, it adds up line by line, and all go or none does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.actions.refusing import refused
from tests.actions.test_payees import declare
from tests.office import OTHER_IBAN, Office, document, eur
from tests.till import proved

from tranche.actions.content import content_of
from tranche.kernel.ledger import Kind
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Deed, Denied
from tranche.kernel.refusals import BadArgument, ContentChanged, DecisionNotOpen, NotAllowed, UnknownReference
from tranche.ledger.balances import balances
from tranche.models import Decision, Payment, Record

SMALL = 30_000_000


@pytest.fixture
def office(mechanism: Path) -> Office:
    return Office()


@pytest.fixture
def lite(sqlite_mechanism: Path) -> Office:
    return Office()


def drafted(office: Office, *amounts: int) -> list[str]:
    """Payments of these amounts for the one milestone."""
    office.verified()
    refs = [f"PAY-{number}" for number in range(1, len(amounts) + 1)]
    for ref, amount in zip(refs, amounts, strict=True):
        office.draft_payment(ref, amount)
    return refs


def ask(office: Office, refs: list[str], who: str = "ua.manager") -> str:
    return office.propose(who, "payment.release_many", payments=refs).decision_id


def in_transit() -> dict[str, int]:
    found = balances(kinds=(Kind.TRANSIT,), using="default")
    return {row.holder: row.balance for row in found}


def test_all_payments_are_released_by_one_approval_and_one_release(office: Office) -> None:
    refs = drafted(office, SMALL, SMALL, 10)
    decision = ask(office, refs)

    assert office.approve("ua.approver1", decision).state == "open"
    assert office.execute("ua.payer", decision).state == "executed"

    assert in_transit() == {"PAY-1": SMALL, "PAY-2": SMALL, "PAY-3": 10}
    assert set(Record.objects.filter(ref__in=refs).values_list("state", "version")) == {("released", 2)}
    assert set(Payment.objects.values_list("released_on", flat=True)) == {office.today()}
    assert proved()


def test_the_approvers_see_every_line_and_the_total(lite: Office) -> None:
    refs = drafted(lite, SMALL, 10)

    content = content_of(Decision.objects.get(pk=ask(lite, refs)))

    assert content["facts"]["total"] == {"amount_minor": SMALL + 10, "currency": "EUR"}
    assert content["facts"]["payments_count"] == 2
    assert [line["payment"] for line in content["facts"]["lines"]] == refs
    assert content["facts"]["lines"][1]["amount"] == {"amount_minor": 10, "currency": "EUR"}
    assert content["facts"]["lines"][0]["first_payment"] is True
    assert content["records"] == [["PAY-1", 1], ["PAY-2", 1]]


@pytest.mark.by_form("payment.cancel", "payment.release_many")
def test_one_cancelled_payment_voids_all(lite: Office) -> None:
    refs = drafted(lite, SMALL, 10)
    decision = ask(lite, refs)
    lite.approve("ua.approver1", decision)
    lite.do("ua.manager", "payment.cancel", payment="PAY-2", reason="Drawn up twice.")

    ended = Decision.objects.get(pk=decision)
    assert (ended.state, "record version" in str(ended.end_reason)) == ("void", True)
    refused(DecisionNotOpen, lambda: lite.execute("ua.payer", decision))
    assert in_transit() == {}


def test_whatever_else_would_release_a_payment_ends_with_its_release(lite: Office) -> None:
    refs = drafted(lite, SMALL, 10)
    many, again = ask(lite, refs), ask(lite, [refs[1]])
    alone = lite.do("ua.manager", "payment.release", "ua.approver1", payment=refs[1]).decision_id

    lite.execute("ua.payer", alone)

    ended = dict(Decision.objects.filter(pk__in=[many, again]).values_list("state", "end_reason"))
    assert list(ended) == ["void"]
    assert in_transit() == {refs[1]: 10}
    assert proved()


def test_another_document_behind_one_line_voids_all(lite: Office) -> None:
    refs = drafted(lite, SMALL, 10)
    decision = ask(lite, refs)
    more = [document("invoice", "another")]
    lite.do("ua.manager", "evidence.file", record="C-1-M1", evidence=more)

    with pytest.raises(ContentChanged) as caught:
        lite.approve("ua.approver1", decision)

    assert caught.value.fields == ("lines",)


def test_a_payment_elsewhere_voids_nothing(lite: Office) -> None:
    refs = drafted(lite, SMALL, 10, 10)
    decision = ask(lite, refs[:2])
    alone = lite.propose("ua.manager", "payment.release", payment="PAY-3").decision_id
    lite.approve("ua.approver1", alone)
    lite.execute("ua.payer", alone)
    lite.approve("ua.approver1", decision)

    assert lite.execute("ua.payer", decision).state == "executed"


def test_together_above_the_limit_both_sides_approve(lite: Office) -> None:
    decision = ask(lite, drafted(lite, 60_000_000, 60_000_000))

    lite.approve("ua.approver1", decision)
    assert lite.approve("lt.approver", decision).state == "open"
    assert lite.execute("ua.payer", decision).state == "executed"


def test_payments_alone_and_many_add_up_and_each_payee_by_its_own_lines(lite: Office) -> None:
    """What went to the payee in a batch counts for a later payment, and no more than went there."""
    drafted(lite, 60_000_000, 20_000_000, 30_000_000)
    lite.do("ua.manager", "payment.release_many", "ua.approver1", payments=["PAY-1", "PAY-2"])
    later = lite.propose("ua.manager", "payment.release", payment="PAY-3").decision_id

    lite.approve("ua.approver1", later)
    refused(NotAllowed, lambda: lite.approve("ua.approver2", later))
    lite.approve("lt.approver", later)


def test_what_fell_to_another_payee_does_not_count(lite: Office) -> None:
    other_contract(lite)
    lite.draft_payment("PAY-1", 10_000_000)
    lite.draft_payment("PAY-9", 85_000_000, "C-2-M1", "PA-2")
    lite.draft_payment("PAY-2", 30_000_000)
    lite.do("ua.manager", "payment.release_many", "ua.approver1", payments=["PAY-1", "PAY-9"])
    later = lite.propose("ua.manager", "payment.release", payment="PAY-2").decision_id
    lite.approve("ua.approver1", later)

    assert lite.execute("ua.payer", later).state == "executed"


def other_contract(office: Office) -> None:
    """A second contract with another maker, its milestone verified and its account an active one."""
    office.verified()
    office.payable("C-2", "ua.approver1", price=90_000_000)
    office.payee("PA-2", OTHER_IBAN, party="MFR-2")


def test_who_stands_in_the_way_of_one_line_does_not_approve_all(lite: Office) -> None:
    """An approver with an interest in one of two suppliers."""
    other_contract(lite)
    lite.draft_payment("PAY-1", 10)
    lite.draft_payment("PAY-9", 10, "C-2-M1", "PA-2")
    declare(lite, "ua.approver1", party="MFR-2")
    decision = ask(lite, ["PAY-1", "PAY-9"])

    deny = refused(NotAllowed, lambda: lite.approve("ua.approver1", decision)).deny

    assert deny.reason is Denied.INTEREST


def test_who_approved_all_does_not_release_them(lite: Office) -> None:
    lite.hire("ua.both", "RA@UA-MOD", "PY@UA-MOD")
    decision = ask(lite, drafted(lite, 10, 10))
    lite.approve("ua.both", decision)

    deny = refused(NotAllowed, lambda: lite.execute("ua.both", decision)).deny

    assert (deny.reason, deny.deeds) == (Denied.CONFLICT, frozenset({Deed.APPROVED}))


def test_who_verified_the_account_of_one_line_does_not_approve_all(lite: Office) -> None:
    """The payer made the call to the first payee; here it holds an approver's role besides."""
    lite.hire("ua.both", "RA@UA-MOD", "PY@UA-MOD")
    refs = drafted(lite, 10, 10)
    lite.do("ua.both", "evidence.file", record="PAY-2", evidence=[document("invoice", "late")])
    decision = ask(lite, refs)

    deny = refused(NotAllowed, lambda: lite.approve("ua.both", decision)).deny

    assert (deny.reason, deny.deeds) == (Denied.CONFLICT, frozenset({Deed.FILED}))


@pytest.mark.parametrize(
    ("refs", "problem"),
    [
        ([], "missing"),
        (["PAY-1", "PAY-1"], "twice"),
        (["pay-1"], "ref"),
        ("PAY-1", "list"),
        ([f"PAY-{number}" for number in range(501)], "most"),
        ([7], "ref"),
    ],
)
def test_a_list_that_is_none_is_refused(lite: Office, refs: list[str], problem: str) -> None:
    drafted(lite, 10)

    assert refused(BadArgument, lambda: ask(lite, refs)).code == problem


def test_an_unknown_payment_is_refused(lite: Office) -> None:
    refs = drafted(lite, 10)

    assert refused(UnknownReference, lambda: ask(lite, [*refs, "PAY-77"])).ref == "PAY-77"


def test_a_released_payment_is_not_released_again(lite: Office) -> None:
    refs = drafted(lite, 10, 10)
    lite.execute(
        "ua.payer", lite.do("ua.manager", "payment.release_many", "ua.approver1", payments=refs).decision_id
    )

    failed = refused(GuardFailed, lambda: ask(lite, refs))

    assert (failed.guard, failed.why) == ("drafted", "PAY-1 released, PAY-2 released")


def test_more_than_lies_in_the_contract_is_refused(lite: Office) -> None:
    refs = drafted(lite, 100_000_000, 100_000_000)
    lite.do(
        "ua.manager",
        "contract.release",
        "ua.approver1",
        contract="C-1",
        amount=eur(350_000_000),
        reason="A smaller order.",
    )

    failed = refused(GuardFailed, lambda: ask(lite, refs))

    assert (failed.guard, failed.why) == ("enough", "50000000 EUR")


def test_a_refused_payment_of_a_batch_fails_alone(office: Office) -> None:
    """The bank takes the others; the money of this one goes back to its contract."""
    refs = drafted(office, SMALL, 10)
    decision = office.do("ua.manager", "payment.release_many", "ua.approver1", payments=refs).decision_id
    office.execute("ua.payer", decision)
    office.tick(timedelta(hours=1))
    office.do(
        "ua.manager",
        "payment.fail",
        "ua.approver1",
        payment="PAY-2",
        reason="The bank refused it.",
        evidence=[document("bank_refusal")],
    )

    assert in_transit() == {"PAY-1": SMALL, "PAY-2": 0}
    assert Record.objects.get(ref="PAY-1").state == "released"
    assert proved()


def test_one_line_of_a_batch_is_not_stepped_back_with_all_its_entries(lite: Office) -> None:
    refs = drafted(lite, SMALL, 10)
    decision = lite.do("ua.manager", "payment.release_many", "ua.approver1", payments=refs).decision_id
    lite.execute("ua.payer", decision)
    lite.do("ua.manager", "evidence.file", record="PAY-2", evidence=[document("bank_refusal")])

    failed = refused(
        GuardFailed,
        lambda: lite.propose("ua.manager", "payment.step_back", payment="PAY-2", reason="Not wanted now."),
    )

    assert (failed.guard, failed.why) == ("way_back", "payment.release")
