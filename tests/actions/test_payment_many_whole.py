"""A batch of payments in the proof, under a hold, replaced, and paid from a pool of several donors."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.actions.refusing import refused
from tests.actions.test_payment_many import SMALL, ask, drafted, in_transit
from tests.bench.orders import ordered
from tests.office import Office, eur
from tests.tampering import guards_off, tamper
from tests.till import proved

from tranche.actions.payment_many import MOST
from tranche.kernel.ledger import Kind
from tranche.kernel.refusals import BadArgument, Held
from tranche.ledger.balances import balances
from tranche.ledger.verify import verify
from tranche.models import Decision, Payee, Record


@pytest.fixture
def office(mechanism: Path) -> Office:
    return Office()


@pytest.fixture
def lite(sqlite_mechanism: Path) -> Office:
    return Office()


TAMPERED = {
    "a deleted event": (
        "DELETE FROM record_event WHERE action = 'payment.release'"
        " AND record_id = (SELECT id FROM record WHERE ref = 'PAY-2')",
        "event_missing",
    ),
    "an event of a payment that the entry does not name": (
        "UPDATE record_event SET record_id = (SELECT id FROM record WHERE ref = 'PAY-3'), version = 9,"
        " prev_version = 8 WHERE action = 'payment.release'"
        " AND record_id = (SELECT id FROM record WHERE ref = 'PAY-2')",
        "event_added",
    ),
    "the part of a payee": (
        "UPDATE decision_subject SET amount_minor = 1 WHERE subject = 'party:MFR-1' AND amount_minor > 1",
        "decision_subject",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_proof_names_what_was_changed_beside_the_program(lite: Office, what: str) -> None:
    refs = drafted(lite, SMALL, 10, 10)
    decision = lite.do("ua.manager", "payment.release_many", "ua.approver1", payments=refs[:2]).decision_id
    lite.execute("ua.payer", decision)
    statement, code = TAMPERED[what]
    guards_off()
    tamper(statement)

    assert code in {row.code for row in verify(using="default").differences}


@pytest.mark.parametrize(
    ("over", "over_ref"), [("record", "PAY-2"), ("record", "C-1"), ("party", "MFR-1"), ("programme", "P-1")]
)
def test_a_hold_over_one_line_stops_all(lite: Office, over: str, over_ref: str) -> None:
    decision = ask(lite, drafted(lite, 10, 10))
    lite.approve("ua.approver1", decision)
    held = {"over": over, "over_ref": over_ref, "cause": "dispute", "review_on": lite.today().isoformat()}
    lite.propose("ua.payer", "hold.place", reason="For this test alone.", **held)

    refused(Held, lambda: lite.execute("ua.payer", decision))

    assert Decision.objects.get(pk=decision).state == "open"


def test_a_line_is_dropped_by_a_decision_in_its_place(lite: Office) -> None:
    refs = drafted(lite, 10, 10, 10)
    first = ask(lite, refs)
    second = lite.propose("ua.manager", "payment.release_many", payments=refs[:2], replaces=first).decision_id

    assert Decision.objects.get(pk=first).state == "withdrawn"
    lite.approve("ua.approver1", second)
    assert lite.execute("ua.payer", second).state == "executed"
    assert set(in_transit()) == {"PAY-1", "PAY-2"}


def test_of_a_pool_each_donor_pays_his_part_of_every_line(office: Office) -> None:
    """Two payments from one contract: the second is divided over what the first left."""
    office.danish_pool()
    pooled_contract(office, "C-DK")
    for ref, amount in (("PAY-1", 101), ("PAY-2", 57)):
        office.draft_payment(ref, amount, "C-DK-M1")
    decision = ask(office, ["PAY-1", "PAY-2"])
    office.approve("ua.approver1", decision)
    office.execute("ua.payer", decision)

    sums: dict[str, int] = {}
    for row in balances(kinds=(Kind.TRANSIT,), using="default"):
        sums[row.holder] = sums.get(row.holder, 0) + row.balance
    assert sums == {"PAY-1": 101, "PAY-2": 57}
    assert proved()


def pooled_contract(office: Office, ref: str) -> None:
    """A contract paid from the Danish pool, its milestone verified, its account an active one."""
    office.do(
        "ua.manager",
        "programme.allocate",
        "ua.approver1",
        programme="P-DK",
        funding="DK-UA-2024-POOL",
        amount=eur(10_000),
    )
    fund = "DK-UA-2024-POOL"
    office.payable(ref, "ua.approver1", price=10_000, programme="P-DK", funding=fund, supplier="MFR-1")
    office.payee()


@pytest.mark.usefixtures("sqlite_mechanism")
def test_as_many_as_a_decision_may_hold_go_together() -> None:
    office, orders = ordered(1, each=MOST)
    [refs] = orders.batches
    decision = office.propose("ua.manager", "payment.release_many", payments=list(refs)).decision_id
    office.approve("ua.approver1", decision)

    assert office.execute("ua.payer", decision).state == "executed"
    assert Record.objects.filter(kind="payment", state="released").count() == MOST


@pytest.mark.usefixtures("sqlite_mechanism")
def test_more_text_than_a_decision_holds_is_refused() -> None:
    """Names may be long and in any script: the bytes count, whatever the number of payments."""
    office, orders = ordered(1, each=MOST)
    Payee.objects.update(account_name="\u0429" * 200)

    refs = list(orders.batches[0])
    failed = refused(BadArgument, lambda: ask(office, refs))

    assert (failed.name, failed.code) == ("payments", "lines_long")
