"""Decisions: who may approve, what voids them, what executes them, and that refusals write nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from tests.office import Office, document, eur, password

import tranche.actions.carry_out
import tranche.actions.decision
from tranche.actions.attestation import Attestation, attest_password
from tranche.actions.decision import approve
from tranche.kernel.approval import statement_hash
from tranche.kernel.canonical import decode
from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.policy import Deed, Denied
from tranche.kernel.refusals import (
    AlreadyThere,
    BadArgument,
    ContentChanged,
    CurrencyDiffers,
    DecisionNotOpen,
    DecisionNotReady,
    EvidenceNotStored,
    HashDiffers,
    MethodRefused,
    NotAllowed,
    ReasonWanted,
    ReferenceTaken,
    UnknownReference,
    WrongPassword,
)
from tranche.ledger.verify import verify
from tranche.models import Approval, Decision, Login, Party, Record, RoleGrant
from tranche.store import clock
from tranche.store.errors import IdemConflict

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

TABLES = (
    "record",
    "record_event",
    "decision",
    "approval",
    "log_entry",
    "idem_key",
    "journal_entry",
    "movement",
    "evidence",
    "tranche",
    "agreement",
    "line_match",
)


def rows() -> dict[str, int]:
    """How much every table holds."""
    with connections["default"].cursor() as cursor:
        counts = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def refused(error: type[Exception], act: Callable[[], object]) -> pytest.ExceptionInfo[Exception]:
    """The act raises this error and leaves every table as it was."""
    before = rows()
    with pytest.raises(error) as caught:
        act()
    assert rows() == before
    return caught


@pytest.fixture
def office() -> Office:
    return Office()


def allocation(office: Office, amount_minor: int, currency: str = "EUR", who: str = "ua.manager") -> str:
    amount = {"amount_minor": amount_minor, "currency": currency}
    return office.propose(
        who, "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=amount
    ).decision_id


def test_allocating_more_than_is_there_is_refused_with_the_missing_amount(office: Office) -> None:
    office.received()
    office.programme()

    caught = refused(GuardFailed, lambda: allocation(office, 1_000_000_001))

    assert caught.value.guard == "enough"  # type: ignore[attr-defined]  # a GuardFailed
    assert caught.value.why == "1 EUR"  # type: ignore[attr-defined]  # as above


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

    assert caught.value.guard in ("money_received", "earmark_covers")  # type: ignore[attr-defined]  # GuardFailed


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

    assert caught.value.code == "unknown"  # type: ignore[attr-defined]  # a BadArgument


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

    assert caught.value.guard == "milestone_ready"  # type: ignore[attr-defined]  # a GuardFailed


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

    assert caught.value.guard == "within_milestone"  # type: ignore[attr-defined]  # a GuardFailed


def test_an_account_that_is_not_active_is_not_paid(office: Office) -> None:
    office.verified()
    office.do("ua.manager", "payee.retire", payee="PA-1", reason="The supplier closed the account.")

    caught = refused(GuardFailed, lambda: office.draft_payment())

    assert caught.value.guard == "account_active"  # type: ignore[attr-defined]  # a GuardFailed


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

    assert caught.value.guard == "one_working_day"  # type: ignore[attr-defined]  # a GuardFailed


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

    assert caught.value.code == "iban"  # type: ignore[attr-defined]  # a BadArgument


def test_the_proposer_never_approves(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)

    caught = refused(NotAllowed, lambda: office.approve("ua.manager", decision))

    assert caught.value.deny.reason is Denied.OWN_PROPOSAL  # type: ignore[attr-defined]  # a NotAllowed


def test_the_same_approver_counts_once(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    office.approve("ua.approver1", decision)

    caught = refused(NotAllowed, lambda: office.approve("ua.approver1", decision))

    assert caught.value.deny.reason is Denied.ALREADY_APPROVED  # type: ignore[attr-defined]  # a NotAllowed


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


@pytest.mark.parametrize(
    "who", ["lt.officer", "ua.approver1", "ua.payer", "auditor", "operator", "ua.inspector"]
)
def test_others_do_not_propose_an_allocation(office: Office, who: str) -> None:
    office.received()
    office.programme()

    refused(NotAllowed, lambda: allocation(office, 500_000_000, who=who))


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

    with pytest.raises(ContentChanged):
        office.approve("ua.approver1", decision)

    assert Decision.objects.get(pk=decision).state == "void"


def test_another_step_of_the_moved_record_voids(office: Office) -> None:
    office.received()
    office.programme()
    first, second = allocation(office, 100_000_000), allocation(office, 90_000_000)
    office.approve("ua.approver1", first)

    with pytest.raises(ContentChanged) as caught:
        office.approve("ua.approver1", second)

    assert caught.value.fields == ("record version",)
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

    refused(NotAllowed, lambda: office.withdraw("ua.manager2", decision))
    assert office.withdraw("ua.manager", decision).state == "withdrawn"


def test_a_release_waits_for_the_payer(office: Office) -> None:
    decision = office.approved_payment()

    assert Decision.objects.get(pk=decision).state == "open"
    for who in ("ua.manager", "ua.approver1", "ua.approver2", "lt.approver", "auditor"):
        refused(NotAllowed, lambda who=who: office.execute(who, decision))
    assert office.execute("ua.payer", decision).state == "executed"
    assert Record.objects.get(ref="PAY-1").state == "released"


def test_the_payer_waits_for_the_approvals(office: Office) -> None:
    office.verified()
    office.draft_payment()
    decision = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
    office.approve("ua.approver1", decision)

    caught = refused(DecisionNotReady, lambda: office.execute("ua.payer", decision))

    assert caught.value.missing == 1  # type: ignore[attr-defined]  # a DecisionNotReady


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

    assert caught.value.deny.deeds == {Deed.PROPOSED}  # type: ignore[attr-defined]  # a NotAllowed


def test_an_approval_whose_grant_ended_does_not_count(office: Office) -> None:
    office.received()
    office.programme()
    decision = allocation(office, 500_000_000)
    office.approve("ua.approver1", decision)
    RoleGrant.objects.filter(person__logins__username="ua.approver1").update(to_at=office.now)

    assert office.approve("lt.approver", decision).state == "open"
    assert office.approve("ua.approver2", decision).state == "executed"


def test_the_same_key_again_has_one_effect(office: Office) -> None:
    office.received()
    office.programme()
    key = str(uuid.uuid4())
    arguments = {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": eur(100_000_000)}
    first = office.propose("ua.manager", "programme.allocate", key=key, **arguments)

    second = office.propose("ua.manager", "programme.allocate", key=key, **arguments)

    assert (second.decision_id, second.log_seq) == (first.decision_id, first.log_seq)
    assert (first.replayed, second.replayed) == (False, True)


def test_the_same_key_for_another_request_is_a_conflict(office: Office) -> None:
    office.received()
    office.programme()
    key = str(uuid.uuid4())
    arguments = {"programme": "P-1", "funding": "LT-UA-2024-T1"}
    office.propose("ua.manager", "programme.allocate", key=key, amount=eur(100_000_000), **arguments)

    refused(
        IdemConflict,
        lambda: office.propose(
            "ua.manager", "programme.allocate", key=key, amount=eur(100_000_001), **arguments
        ),
    )


def test_a_bank_line_is_booked_once(office: Office) -> None:
    office.authorised()
    line = office.bank_line(400_000_000)
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    caught = refused(
        GuardFailed,
        lambda: office.propose("ua.manager", "tranche.confirm_receipt", tranche="LT-UA-2024-T1", line=line),
    )

    assert caught.value.guard == "line_free"  # type: ignore[attr-defined]  # a GuardFailed


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

    assert caught.value.guard == guard  # type: ignore[attr-defined]  # a GuardFailed


def test_a_step_waits_for_its_predecessors(office: Office) -> None:
    office.lithuanian_tranche()
    office.procedure()

    caught = refused(
        GuardFailed,
        lambda: office.propose(
            "lt.finance", "step.complete", step="LT-UA-2024-T1-S4", evidence=[document("resolution")]
        ),
    )

    assert caught.value.guard == "predecessors_done"  # type: ignore[attr-defined]  # a GuardFailed


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

    assert caught.value.guard == "steps_done"  # type: ignore[attr-defined]  # a GuardFailed


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

    assert caught.value.guard == "owners_have_holders"  # type: ignore[attr-defined]  # a GuardFailed


def test_an_action_that_the_state_does_not_allow_is_refused(office: Office) -> None:
    office.programme()

    refused(NoSuchTransition, lambda: office.propose("ua.manager", "programme.open", programme="P-1"))


def test_a_roster_is_registered_once(office: Office) -> None:
    refused(AlreadyThere, Office)


LAST_STEPS: list[tuple[str, Callable[[Office], None], Callable[[Office], object]]] = [
    ("agreement.sign", lambda o: None, lambda o: o.lithuanian_agreement()),
    ("tranche.agree", lambda o: None, lambda o: o.lithuanian_tranche()),
    ("tranche.confirm_receipt", lambda o: o.authorised(), lambda o: _receive(o)),
    ("programme.allocate", lambda o: (o.received(), o.programme())[0], lambda o: _allocate(o)),
    ("payment.release", lambda o: None, lambda o: o.execute("ua.payer", o.approved_payment())),
    ("lot.accept", lambda o: (o.paid(), o.lot("LOT-1", 5))[0], lambda o: o.accept("LOT-1")),
]


def _receive(office: Office) -> None:
    line = office.bank_line(1_000_000_000)
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)


def _allocate(office: Office) -> None:
    office.approve("lt.approver", office.approve("ua.approver1", allocation(office, 500_000_000)).decision_id)


@pytest.mark.parametrize(("kind", "prepare", "act"), LAST_STEPS, ids=[row[0] for row in LAST_STEPS])
def test_when_the_log_entry_fails_nothing_of_the_action_is_there(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    prepare: Callable[[Office], None],
    act: Callable[[Office], object],
) -> None:
    prepare(office)
    real = tranche.actions.carry_out.append
    seen: dict[str, dict[str, int]] = {}

    def failing(write: object, **fields: object) -> int:
        if fields["kind"] == kind:
            seen["inside"] = rows()
            raise RuntimeError("the log failed")
        return real(write, **fields)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(tranche.actions.carry_out, "append", failing)
    with pytest.raises(RuntimeError, match="the log failed"):
        act(office)

    after = rows()
    assert after["log_entry"] <= seen["inside"]["log_entry"]
    assert after["record_event"] < seen["inside"]["record_event"]
    assert Decision.objects.filter(action=kind, state="executed").count() == 0
    assert verify().differences == ()


def test_approvals_hold_their_statement_and_the_ones_before(office: Office) -> None:
    office.received()
    decision = Decision.objects.get(action="tranche.agree")
    first, second = Approval.objects.filter(decision=decision).order_by("made_at")

    said = decode(bytes(second.statement))

    assert statement_hash(bytes(second.statement)) == bytes(second.statement_hash)
    assert said["previous"] == [bytes(first.statement_hash).hex()]  # type: ignore[index,call-overload]  # a mapping
    assert said["decision_hash"] == bytes(decision.hash).hex()  # type: ignore[index,call-overload]  # as above
