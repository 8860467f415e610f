"""The whole way on both engines: from the draft to the accepted lot, with the book in order at the end."""

from __future__ import annotations

import pytest
from tests.office import DONORS, Office, document, eur

from tranche.kernel.chart import Kind
from tranche.ledger.balances import balances
from tranche.ledger.verify import verify
from tranche.models import Lot, Record, RecordEvent
from tranche.queries.trace import trace_from, trace_to

pytestmark = pytest.mark.usefixtures("mechanism")


def state(ref: str) -> str:
    return Record.objects.get(ref=ref).state


def test_tranche_goes_from_announcement_to_accepted_lot() -> None:
    office = Office()

    office.paid()
    office.lot("LOT-1", 150_000_000)
    office.accept("LOT-1")

    traced = trace_from("LT-UA-2024-T1")
    assert state("LOT-1") == "accepted"
    assert [(use.ref, use.amount_minor) for use in traced.uses] == [("LOT-1", 150_000_000)]
    assert sum(rest.amount_minor for rest in traced.unspent) == 850_000_000
    assert traced.amount_minor == 1_000_000_000
    assert [(s.donor, s.origin, s.amount_minor) for s in trace_to("LOT-1").sources] == [
        ("LT", "LT:budget", 150_000_000)
    ]
    assert verify().differences == ()


def test_every_event_of_every_record_has_its_log_entry() -> None:
    office = Office()

    office.received()

    seqs = list(RecordEvent.objects.order_by("id").values_list("log_seq", flat=True))
    assert seqs == sorted(seqs)
    assert len(seqs) >= 15


def test_lot_accepted_before_it_is_paid_takes_the_money_when_it_is_settled() -> None:
    office = Office()
    office.verified()
    office.lot("LOT-1", 120_000_000)
    office.accept("LOT-1")
    office.lot("LOT-2", 100_000_000)
    office.accept("LOT-2")

    office.draft_payment()
    decision = office.do(
        "ua.manager", "payment.release", "lt.approver", "ua.approver1", payment="PAY-1"
    ).decision_id
    office.execute("ua.payer", decision)
    line = office.bank_line(-200_000_000, "PAY-1")
    office.do("ua.manager", "payment.settle", "ua.approver1", payment="PAY-1", line=line)

    held = {row.holder: row.balance for row in balances(kinds=(Kind.LOT, Kind.PREPAID))}
    assert held == {"C-1": 0, "LOT-1": 120_000_000, "LOT-2": 80_000_000}
    assert verify().differences == ()


@pytest.mark.by_form("payment.fail")
def test_failed_payment_gives_its_money_back_to_the_contract() -> None:
    office = Office()
    office.execute("ua.payer", office.approved_payment())
    office.do(
        "ua.manager",
        "payment.fail",
        "ua.approver1",
        payment="PAY-1",
        reason="The bank refused the order.",
        evidence=[document("bank_refusal")],
    )

    [contract] = balances(kinds=(Kind.CONTRACT,))
    assert contract.balance == 500_000_000
    assert state("PAY-1") == "failed"
    assert verify().differences == ()


def test_supplier_refund_and_releases_bring_money_back_step_by_step() -> None:
    office = Office()
    office.paid()

    line = office.bank_line(50_000_000, "refund C-1")
    office.do("ua.manager", "contract.book_refund", "ua.approver1", contract="C-1", line=line)
    why = "The rest is no longer needed."
    office.do(
        "ua.manager", "contract.release", "ua.approver1", contract="C-1", amount=eur(350_000_000), reason=why
    )
    office.do(
        "ua.manager",
        "programme.release",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(750_000_000),
        reason=why,
    )

    held = {row.kind: row.balance for row in balances(restriction="LT-UA-2024-T1")}
    assert held == {
        Kind.TRANCHE: 850_000_000,
        Kind.PROGRAMME: 0,
        Kind.CONTRACT: 0,
        Kind.TRANSIT: 0,
        Kind.PREPAID: 150_000_000,
    }
    assert verify().differences == ()


def test_money_above_the_agreed_amount_is_booked_but_not_to_the_tranche() -> None:
    office = Office()
    office.authorised()

    line = office.bank_line(1_000_000_300, "LT-UA-2024-T1")
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    held = {row.code: row.balance for row in balances(kinds=(Kind.TRANCHE, Kind.UNASSIGNED))}
    assert held == {"tranche:LT-UA-2024-T1:EUR": 1_000_000_000, "unassigned:LT:EUR": 300}


def test_rejected_lot_is_repaired_and_accepted() -> None:
    office = Office()
    office.paid()
    office.lot("LOT-1", 150_000_000)

    office.do("ua.inspector", "lot.reject", lot="LOT-1", deviation="documents")
    office.do("ua.manager", "lot.hand_over", lot="LOT-1", evidence=[document("delivery_note", "again")])
    office.accept("LOT-1")

    assert Lot.objects.get(ref="LOT-1").deviation == "documents"
    assert state("LOT-1") == "accepted"


def test_pool_pays_every_lot_in_the_donors_proportion() -> None:
    office = Office()
    office.danish_pool()
    both = ("dk.approver1", "dk.approver2", "ua.approver1", "ua.approver2")

    office.do(
        "ua.manager",
        "programme.allocate",
        *both,
        programme="P-DK",
        funding="DK-UA-2024-POOL",
        amount=eur(10_000_000_000),
    )

    shares = {row.donor: row.balance for row in balances(kinds=(Kind.PROGRAMME,))}
    assert shares == {"DK": 2_324_716_385, "SE": 371_954_621, "IS": 50_213_874, "EU": 7_253_115_120}
    assert sum(shares.values()) == 10_000_000_000
    for ordinal, (donor, amount) in enumerate(DONORS, start=1):
        traced = trace_from(f"DK-UA-2024-T{ordinal}")
        assert traced.amount_minor == amount, donor
        assert sum(rest.amount_minor for rest in traced.unspent) == amount
    assert verify().differences == ()
