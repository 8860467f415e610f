"""What may not be asked for: each refusal with its reason, and every table as it was."""

from __future__ import annotations

import pytest
from tests.actions.refusing import allocation, refused
from tests.office import Office, document, eur

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.refusals import (
    AlreadyThere,
    BadArgument,
    CurrencyDiffers,
    EvidenceNotStored,
    NotAllowed,
    ReferenceTaken,
    UnknownReference,
)
from tranche.models import Record

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def test_allocating_more_than_is_there_is_refused_with_the_missing_amount(office: Office) -> None:
    office.received()
    office.programme()

    caught = refused(GuardFailed, lambda: allocation(office, 1_000_000_001))

    assert caught.guard == "enough"
    assert caught.why == "1 EUR"


def test_allocating_in_another_currency_is_refused(office: Office) -> None:
    office.received()
    office.programme()

    refused(CurrencyDiffers, lambda: allocation(office, 5, "SEK"))


def test_allocating_before_the_money_came_is_refused(office: Office) -> None:
    office.authorised()
    office.programme()

    refused(GuardFailed, lambda: allocation(office, 5))


def test_allocating_against_the_earmark_is_refused(office: Office) -> None:
    office.lithuanian_agreement()
    office.do(
        "lt.officer",
        "tranche.announce",
        ref="LT-UA-2024-T2",
        agreement="LT-UA-2024",
        ordinal=2,
        title="Second",
        donor="LT",
        origin="LT:budget",
        amount=eur(5),
        earmark_ref="P-OTHER",
    )
    office.programme()

    caught = refused(
        GuardFailed,
        lambda: office.propose(
            "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T2", amount=eur(5)
        ),
    )

    assert caught.guard in ("money_received", "earmark_covers")


@pytest.mark.parametrize("amount", [0, -5, 10**15 + 1, "5", True, 1.5])
def test_amounts_outside_the_range_are_refused(office: Office, amount: object) -> None:
    office.programme()

    refused(
        BadArgument,
        lambda: office.propose(
            "ua.manager",
            "programme.allocate",
            programme="P-1",
            funding="LT-UA-2024-T1",
            amount={"amount_minor": amount, "currency": "EUR"},
        ),
    )


def test_an_unknown_argument_is_refused_not_ignored(office: Office) -> None:
    caught = refused(
        BadArgument, lambda: office.propose("ua.manager", "programme.open", programme="P-1", route="x")
    )

    assert caught.code == "unknown"


@pytest.mark.parametrize("action", ["programme.steal", "decision.propose", "", "system.setup"])
def test_an_unknown_action_is_refused(office: Office, action: str) -> None:
    refused(BadArgument, lambda: office.propose("ua.manager", action))


def test_a_missing_argument_is_refused(office: Office) -> None:
    refused(BadArgument, lambda: office.propose("ua.manager", "programme.open"))


def test_an_unknown_reference_is_refused(office: Office) -> None:
    refused(UnknownReference, lambda: office.propose("ua.manager", "programme.open", programme="P-404"))


def test_a_taken_reference_is_refused(office: Office) -> None:
    office.programme()

    refused(
        ReferenceTaken,
        lambda: office.propose(
            "ua.manager", "programme.draft", ref="P-1", title="Again", category="production", holder="UA-MOD"
        ),
    )


def test_evidence_that_nobody_stored_is_refused(office: Office) -> None:
    office.lithuanian_tranche()
    forged = {**document("letter"), "sha256": "ab" * 32}

    refused(
        EvidenceNotStored,
        lambda: office.propose("lt.officer", "evidence.file", record="LT-UA-2024-T1", evidence=[forged]),
    )


def test_signing_without_the_signed_text_is_refused(office: Office) -> None:
    office.lithuanian_agreement()
    office.do(
        "lt.officer",
        "tranche.announce",
        ref="LT-UA-2024-T1",
        agreement="LT-UA-2024",
        ordinal=1,
        title="First",
        donor="LT",
        origin="LT:budget",
        amount=eur(5),
    )

    refused(EvidenceMissing, lambda: office.propose("lt.officer", "tranche.agree", tranche="LT-UA-2024-T1"))


def test_paying_before_the_milestone_is_verified_is_refused(office: Office) -> None:
    office.contracted()

    caught = refused(GuardFailed, lambda: office.draft_payment())

    assert caught.guard == "milestone_ready"


def test_paying_before_acceptance_is_refused_where_the_milestone_asks_for_it(office: Office) -> None:
    office.contracted(milestone_minor=100_000_000)
    office.milestone("C-1-M2", 100_000_000, pay_after="accepted")
    office.do("ua.manager", "milestone.claim", milestone="C-1-M2", evidence=[document("invoice", "2")])
    office.do(
        "ua.inspector", "milestone.verify", milestone="C-1-M2", evidence=[document("visit_report", "2")]
    )
    office.lot("LOT-2", 100_000_000, "C-1-M2")

    refused(GuardFailed, lambda: office.draft_payment("PAY-2", 100_000_000, "C-1-M2"))
    office.accept("LOT-2")
    office.draft_payment("PAY-2", 100_000_000, "C-1-M2")

    assert Record.objects.get(ref="PAY-2").state == "drafted"


def test_paying_more_than_the_milestone_is_refused(office: Office) -> None:
    office.verified()
    office.draft_payment("PAY-1", 150_000_000)

    caught = refused(GuardFailed, lambda: office.draft_payment("PAY-2", 50_000_001))

    assert caught.guard == "within_milestone"


def test_an_account_that_is_not_active_is_not_paid(office: Office) -> None:
    office.verified()
    office.do("ua.manager", "payee.retire", payee="PA-1", reason="The supplier closed the account.")

    caught = refused(GuardFailed, lambda: office.draft_payment())

    assert caught.guard == "account_active"


def test_activation_waits_one_working_day_after_the_call(office: Office) -> None:
    office.propose(
        "ua.manager",
        "payee.propose",
        ref="PA-1",
        party="MFR-1",
        holder="UA-MOD",
        account_name="Maker",
        iban="UA213223130000026007233566001",
        evidence=[document("bank_letter")],
    )
    office.propose(
        "ua.payer",
        "payee.verify",
        payee="PA-1",
        number_source="contract",
        number_recorded_on="2024-01-01",
        requested_on="2024-09-01",
        called_on="2024-09-02",
        spoke_with="The accountant",
    )

    caught = refused(GuardFailed, lambda: office.propose("ua.manager", "payee.activate", payee="PA-1"))

    assert caught.guard == "one_working_day"


def test_a_call_to_a_number_from_the_request_itself_is_refused(office: Office) -> None:
    office.propose(
        "ua.manager",
        "payee.propose",
        ref="PA-1",
        party="MFR-1",
        holder="UA-MOD",
        account_name="Maker",
        iban="UA213223130000026007233566001",
        evidence=[document("bank_letter")],
    )

    refused(
        GuardFailed,
        lambda: office.propose(
            "ua.payer",
            "payee.verify",
            payee="PA-1",
            number_source="contract",
            number_recorded_on="2024-09-01",
            requested_on="2024-09-01",
            called_on="2024-09-02",
            spoke_with="The accountant",
        ),
    )


def test_an_iban_with_a_wrong_check_digit_is_refused(office: Office) -> None:
    caught = refused(BadArgument, lambda: office.payee(iban="UA223223130000026007233566001"))

    assert caught.code == "iban"


@pytest.mark.parametrize(
    "who", ["lt.officer", "ua.approver1", "ua.payer", "auditor", "operator", "ua.inspector"]
)
def test_others_do_not_propose_an_allocation(office: Office, who: str) -> None:
    office.received()
    office.programme()

    refused(NotAllowed, lambda: allocation(office, 500_000_000, who=who))


def test_a_bank_line_is_booked_once(office: Office) -> None:
    office.authorised()
    line = office.bank_line(400_000_000)
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    caught = refused(
        GuardFailed,
        lambda: office.propose("ua.manager", "tranche.confirm_receipt", tranche="LT-UA-2024-T1", line=line),
    )

    assert caught.guard == "line_free"


@pytest.mark.parametrize(
    ("amount", "currency", "guard"),
    [(-5, "EUR", "line_is_credit"), (5, "SEK", "same_currency")],
)
def test_a_line_that_is_no_receipt_is_refused(office: Office, amount: int, currency: str, guard: str) -> None:
    office.authorised()
    line = office.bank_line(amount, currency=currency)

    caught = refused(
        GuardFailed,
        lambda: office.propose("ua.manager", "tranche.confirm_receipt", tranche="LT-UA-2024-T1", line=line),
    )

    assert caught.guard == guard


def test_a_step_waits_for_its_predecessors(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    caught = refused(
        GuardFailed,
        lambda: office.propose(
            "lt.finance", "step.complete", step="LT-UA-2024-T1-S4", evidence=[document("resolution")]
        ),
    )

    assert caught.guard == "predecessors_done"


def test_a_step_needs_its_evidence_and_its_owner(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    refused(GuardFailed, lambda: office.propose("lt.officer", "step.complete", step="LT-UA-2024-T1-S1"))
    refused(
        NotAllowed,
        lambda: office.propose(
            "lt.finance", "step.complete", step="LT-UA-2024-T1-S1", evidence=[document("legal_opinion")]
        ),
    )


def test_a_tranche_is_not_authorised_before_its_steps_are_done(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    caught = refused(
        GuardFailed, lambda: office.propose("lt.officer", "tranche.authorise", tranche="LT-UA-2024-T1")
    )

    assert caught.guard == "steps_done"


def test_a_procedure_whose_owner_has_nobody_is_not_started(office: Office) -> None:
    office.lithuanian_tranche()
    owners = dict.fromkeys(
        ("donor_finance", "government_office", "donor_treasury", "donor_ministry", "recipient"), "MFR-1"
    )

    caught = refused(
        GuardFailed,
        lambda: office.propose(
            "lt.officer",
            "tranche.start_procedure",
            tranche="LT-UA-2024-T1",
            template="lt-illustrative",
            owners=owners,
        ),
    )

    assert caught.guard == "owners_have_holders"


def test_an_action_that_the_state_does_not_allow_is_refused(office: Office) -> None:
    office.programme()

    refused(NoSuchTransition, lambda: office.propose("ua.manager", "programme.open", programme="P-1"))


def test_a_roster_is_registered_once(office: Office) -> None:
    refused(AlreadyThere, Office)


@pytest.mark.parametrize("currency", ["XXY", "eur", "", "EURO", 978])
def test_a_currency_that_nobody_issues_is_refused(office: Office, currency: object) -> None:
    office.received()
    office.programme()

    error = refused(
        BadArgument,
        lambda: office.propose(
            "ua.manager",
            "programme.allocate",
            programme="P-1",
            funding="LT-UA-2024-T1",
            amount={"amount_minor": 5, "currency": currency},
        ),
    )

    assert error.code == "currency"
