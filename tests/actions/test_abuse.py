"""Ways around the rules that once worked, each refused now: money, names, states and duties of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.actions.refusing import allocation, refused
from tests.actions.test_imports import stage, statement
from tests.office import IBAN, Office, document, eur

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, CurrencyDiffers, NotAllowed, ReferenceTaken
from tranche.models import Decision, RoleGrant

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def guard(act: Callable[[], object]) -> str:
    return refused(GuardFailed, act).guard


def second_ministry(office: Office) -> None:
    office.hire("two.manager", "FM@UA-MIN2")
    office.hire("two.approver", "RA@UA-MIN2")
    office.do(
        "two.manager", "programme.draft", ref="P-2", title="Two", category="production", holder="UA-MIN2"
    )
    office.do("two.manager", "programme.open", "two.approver", programme="P-2")


def test_another_ministry_does_not_spend_the_recipients_money(office: Office) -> None:
    office.received()
    second_ministry(office)

    assert (
        guard(
            lambda: office.propose(
                "two.manager", "programme.allocate", programme="P-2", funding="LT-UA-2024-T1", amount=eur(5)
            )
        )
        == "own_money"
    )
    assert guard(lambda: contract(office, "two.manager", "P-2")) == "own_money"


def contract(office: Office, who: str = "ua.manager", programme: str = "P-1") -> None:
    office.propose(
        who,
        "contract.draft",
        ref="C-9",
        programme=programme,
        supplier="MFR-1",
        title="Nine",
        funding="LT-UA-2024-T1",
        price=eur(5),
        tender_reference="T",
        price_reason="Lowest offer",
    )


def agreement(office: Office, **changes: Any) -> None:
    arguments: dict[str, Any] = {
        "ref": "LT-UA-2025",
        "title": "Another",
        "kind": "memorandum",
        "spending_rule": "pro_rata",
        "pool_ref": "LT-UA-2025-POOL",
        "approving_party": "LT-MOD",
        "recipient": "UA-MOD",
        "parties": [{"party": "LT", "role": "donor"}, {"party": "UA-MOD", "role": "recipient"}],
    }
    office.propose("ua.manager", "agreement.draft", **(arguments | changes))


def test_a_pool_does_not_take_the_name_of_a_tranche_nor_a_record_that_of_a_pool(office: Office) -> None:
    office.lithuanian_tranche()
    agreement(office)

    refused(ReferenceTaken, lambda: agreement(office, ref="LT-X", pool_ref="LT-UA-2024-T1"))
    refused(ReferenceTaken, lambda: agreement(office, ref="LT-UA-2025-POOL", pool_ref="OTHER"))
    refused(BadArgument, lambda: agreement(office, ref="SAME", pool_ref="SAME"))


@pytest.mark.parametrize(
    "parties",
    [
        ["x"],
        [["DK"]],
        [{"party": "LT", "role": "donor"}, {"party": "LT", "role": "donor"}],
        [{"party": "LT"}],
        "LT",
    ],
)
def test_malformed_parties_are_refused_in_words(office: Office, parties: object) -> None:
    refused(BadArgument, lambda: agreement(office, parties=parties))


def announce(office: Office, **changes: Any) -> None:
    arguments: dict[str, Any] = {
        "ref": "DK-UA-2024-T9",
        "agreement": "DK-UA-2024",
        "ordinal": 9,
        "title": "Ninth",
        "donor": "DK",
        "origin": "DK:budget",
        "amount": eur(5),
    }
    office.propose("dk.officer", "tranche.announce", **(arguments | changes))


def test_one_announcement_does_not_freeze_a_pool(office: Office) -> None:
    office.danish_pool()

    refused(CurrencyDiffers, lambda: announce(office, amount={"amount_minor": 5, "currency": "USD"}))
    announce(office, earmark_ref="P-NONE")

    office.propose(
        "ua.manager", "programme.allocate", programme="P-DK", funding="DK-UA-2024-POOL", amount=eur(5)
    )


def test_a_donor_outside_the_agreement_announces_nothing(office: Office) -> None:
    office.danish_pool()

    refused(BadArgument, lambda: announce(office, donor="LT", origin="LT:budget"))


def test_a_pooled_tranche_is_not_closed_while_its_money_is_idle(office: Office) -> None:
    office.danish_pool()

    def close() -> None:
        office.propose(
            "ua.manager", "tranche.close", tranche="DK-UA-2024-T2", evidence=[document("final_report")]
        )

    assert guard(close) == "nothing_idle"


def test_an_agreement_with_live_money_does_not_end(office: Office) -> None:
    office.allocated(1_000_000_000)

    def end() -> None:
        office.propose(
            "ua.manager",
            "agreement.end",
            agreement="LT-UA-2024",
            on="2024-12-01",
            cause="expired",
            reason="The term is over now.",
            evidence=[document("notice")],
        )

    assert guard(end) == "no_idle_money"


def test_an_account_of_another_holder_is_neither_paid_nor_replaced(office: Office) -> None:
    office.verified()
    second_ministry(office)
    office.hire("two.payer", "PY@UA-MIN2")
    account: dict[str, Any] = {
        "party": "MFR-1",
        "account_name": "Maker",
        "iban": IBAN,
        "evidence": [document("bank_letter", "2")],
    }

    refused(
        BadArgument,
        lambda: office.propose(
            "two.manager", "payee.propose", ref="PA-2", holder="UA-MIN2", predecessor="PA-1", **account
        ),
    )
    office.propose("two.manager", "payee.propose", ref="PA-2", holder="UA-MIN2", **account)

    assert (
        guard(
            lambda: office.propose(
                "ua.manager", "payment.draft", ref="PAY-1", milestone="C-1-M1", payee="PA-2", amount=eur(5)
            )
        )
        == "account_active"
    )


def test_an_open_proposal_does_not_shield_a_second_duty(office: Office) -> None:
    """An inspector who also pays proposes an acceptance, pays, and the acceptance is approved after."""
    decision = office.approved_payment()
    office.lot("LOT-1", 5)
    office.grant("ua.payer", "IN", "UA-MOD")
    acceptance = office.propose(
        "ua.payer", "lot.accept", lot="LOT-1", evidence=[document("acceptance_act")]
    ).decision_id
    office.execute("ua.payer", decision)

    error = refused(NotAllowed, lambda: office.approve("ua.approver2", acceptance))

    assert error.deny.reason is Denied.CONFLICT


def test_a_proposer_who_lost_the_role_moves_nothing(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 50_000_000)
    RoleGrant.objects.filter(person__logins__username="ua.manager").update(to_at=office.now)

    error = refused(NotAllowed, lambda: office.approve("ua.approver1", decision))

    assert error.deny.reason is Denied.PROPOSER_GONE
    assert Decision.objects.get(pk=decision).state == "open"


@pytest.mark.by_form("contract.cancel")
def test_nothing_is_planned_paid_or_made_under_a_cancelled_contract(office: Office) -> None:
    office.allocated()
    contract(office)
    office.do("ua.manager", "contract.cancel", contract="C-9", reason="The offer was taken back.")

    def plan() -> None:
        office.propose(
            "ua.manager",
            "milestone.plan",
            ref="C-9-M1",
            contract="C-9",
            title="One",
            amount=eur(5),
            due_on="2025-01-01",
            pay_after="verified",
        )

    assert guard(plan) == "contract_live"
    assert guard(lambda: office.lot("LOT-9", 5, None, "C-9")) == "contract_live"


def test_a_contract_with_an_open_lot_does_not_close(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 5)

    assert guard(lambda: office.propose("ua.manager", "contract.close", contract="C-1")) == "no_open_lot"


def test_a_small_lot_does_not_release_a_large_payment(office: Office) -> None:
    office.contracted(milestone_minor=100_000_000)
    office.milestone("C-1-M2", 100_000_000, pay_after="accepted")
    office.do("ua.manager", "milestone.claim", milestone="C-1-M2", evidence=[document("invoice", "2")])
    office.do(
        "ua.inspector", "milestone.verify", milestone="C-1-M2", evidence=[document("visit_report", "2")]
    )
    office.lot("LOT-2", 1, "C-1-M2")
    office.accept("LOT-2")

    assert guard(lambda: office.draft_payment("PAY-2", 2, "C-1-M2")) == "milestone_ready"
    office.draft_payment("PAY-2", 1, "C-1-M2")


def test_one_paper_serves_one_step(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 5)
    office.do("ua.inspector", "lot.reject", lot="LOT-1", deviation="documents")

    refused(EvidenceMissing, lambda: office.propose("ua.manager", "lot.hand_over", lot="LOT-1"))


def test_a_payment_is_not_settled_by_a_debit_to_somebody_else(office: Office) -> None:
    office.execute("ua.payer", office.approved_payment())
    line = office.bank_line(-200_000_000, "rent", counterparty_iban="LT121000011101001000")

    assert (
        guard(lambda: office.propose("ua.manager", "payment.settle", payment="PAY-1", line=line))
        == "same_payee"
    )


@pytest.mark.parametrize(
    ("requested", "called"), [("2024-09-01", "2099-01-01"), ("2024-09-01", "1999-01-01")]
)
def test_a_call_before_the_request_or_in_the_future_verifies_nothing(
    office: Office, requested: str, called: str
) -> None:
    office.propose(
        "ua.manager",
        "payee.propose",
        ref="PA-1",
        party="MFR-1",
        holder="UA-MOD",
        account_name="Maker",
        iban=IBAN,
        evidence=[document("bank_letter")],
    )

    def verify() -> None:
        office.propose(
            "ua.payer",
            "payee.verify",
            payee="PA-1",
            number_source="contract",
            number_recorded_on="1998-01-01",
            requested_on=requested,
            called_on=called,
            spoke_with="The accountant",
        )

    assert guard(verify) == "called_after_request"


def test_a_donor_does_not_import_the_recipients_statements(office: Office) -> None:
    refused(NotAllowed, lambda: stage(office, statement(1, 0, 5), "lt.officer"))


def test_the_reason_is_under_the_hash(office: Office) -> None:
    office.contracted()
    arguments: dict[str, Any] = {"contract": "C-1", "amount": eur(5)}
    first = office.propose("ua.manager", "contract.release", reason="It is no longer needed.", **arguments)
    stored = Decision.objects.get(pk=first.decision_id)

    assert b'"reason":"It is no longer needed."' in bytes(stored.content)


@pytest.mark.parametrize(
    "changes",
    [
        {"ordinal": 0},
        {"ordinal": 1_000},
        {"planned_on": "0001-01-01"},
        {"planned_on": "2101-01-01"},
        {"title": "x" * 301},
    ],
)
def test_what_no_column_or_chart_could_hold_is_refused(office: Office, changes: dict[str, Any]) -> None:
    office.danish_pool()

    refused(BadArgument, lambda: announce(office, **changes))


def test_places_stop_at_the_country(office: Office) -> None:
    office.contracted()

    def record(country: str, quantity: int = 1) -> None:
        office.propose(
            "ua.manager",
            "lot.record",
            ref="LOT-1",
            contract="C-1",
            category="production",
            quantity=quantity,
            unit="unit",
            country=country,
            value=eur(5),
        )

    refused(BadArgument, lambda: record("UA, a street and a number"))
    refused(BadArgument, lambda: record("UA", 0))
    refused(BadArgument, lambda: record("UA", 2**31))
    record("UA")
