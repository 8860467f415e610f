"""Payee accounts: called by a third person, by two where the number is young; interests keep people out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import IBAN, Office, document

from tranche.actions.content import content_of
from tranche.actions.decision_ends import Outcome
from tranche.kernel.lifecycle import GuardFailed, NoSuchTransition
from tranche.kernel.policy import Deed, Denied
from tranche.kernel.refusals import NotAllowed, ReasonWanted
from tranche.ledger.verify import verify
from tranche.models import Decision, Login, Payee, PayeeCallback
from tranche.queries import payees, todo

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")
CALL = {
    "payee": "PA-1",
    "number_source": "contract",
    "number_recorded_on": "2024-01-01",
    "requested_on": "2024-09-01",
    "called_on": "2024-09-02",
    "spoke_with": "The accountant",
}
YOUNG = CALL | {"number_recorded_on": "2024-08-20"}
SECOND = {"payee": "PA-1", "called_on": "2024-09-02", "spoke_with": "The director"}


@pytest.fixture
def office() -> Office:
    return Office()


def proposed(office: Office, who: str = "ua.manager", **changes: Any) -> None:
    account = {"ref": "PA-1", "party": "MFR-1", "holder": "UA-MOD", "account_name": "Maker One", "iban": IBAN}
    office.propose(who, "payee.propose", **(account | changes), evidence=[document("bank_letter")])


def declare(office: Office, who: str, **changes: str) -> None:
    interest = {"party": "MFR-1", "kind": "part_owner", "from_on": "2024-01-01"} | changes
    office.propose(who, "register.declare_interest", **interest)


def denied(caught: NotAllowed) -> tuple[Denied, frozenset[Deed]]:
    return caught.deny.reason, caught.deny.deeds


def test_filer_of_a_document_may_not_verify(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "evidence.file", record="PA-1", evidence=[document("document", "note")])

    caught = refused(NotAllowed, lambda: office.propose("ua.payer", "payee.verify", **CALL))

    assert denied(caught) == (Denied.CONFLICT, frozenset({Deed.FILED}))


def test_proposer_may_not_verify(office: Office) -> None:
    office.grant("ua.manager", "PY", "UA-MOD")
    proposed(office)

    caught = refused(NotAllowed, lambda: office.propose("ua.manager", "payee.verify", **CALL))

    assert Deed.PROPOSED in denied(caught)[1]


def test_young_number_wants_a_second_verifier(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)
    office.tick(timedelta(days=4))

    caught = refused(GuardFailed, lambda: office.propose("ua.manager", "payee.activate", payee="PA-1"))

    assert (caught.guard, caught.why) == ("second_verifier", "2024-08-20")


def test_a_verified_account_whose_second_call_is_missing_says_so(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)

    before = [row.wants_second_call for row in payees.payees()]
    office.tick(timedelta(days=4))
    office.propose("ua.approver1", "payee.confirm_call", **SECOND)

    assert (before, [row.wants_second_call for row in payees.payees()]) == ([True], [False])


def test_the_last_call_counts_and_not_the_one_before_a_step_back(office: Office) -> None:
    """Both on one day, so that only their order in the log tells them apart."""
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)
    for number, call in enumerate((CALL, YOUNG, CALL, YOUNG, CALL)):
        office.hire(verifier := f"ua.payer{number}", "PY@UA-MOD")
        office.hire(other := f"ua.other{number}", "PY@UA-MOD")
        reason = "The wrong number was called."
        office.propose(other, "payee.step_back", payee="PA-1", reason=reason)
        unverified = verify(using="default").differences
        office.propose(verifier, "payee.verify", **call)
        again = office.who("ua.approver2")
        held = frozenset((grant.role, grant.party) for grant in again.grants)

        assert (unverified, verify(using="default").differences) == ((), ())
        assert [row.wants_second_call for row in payees.payees()] == [call is YOUNG]
        assert [row.is_second for row in todo.calls_for(again.person, held)] == [True] * (call is YOUNG)


def test_second_verifier_is_another_person(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)

    caught = refused(NotAllowed, lambda: office.propose("ua.payer", "payee.confirm_call", **SECOND))

    assert denied(caught) == (Denied.CONFLICT, frozenset({Deed.VERIFIED}))


@pytest.mark.by_form("payee.confirm_call")
def test_second_call_begins_the_working_day_anew(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)
    office.tick(timedelta(days=4))
    office.propose("ua.approver1", "payee.confirm_call", **SECOND)

    early = refused(GuardFailed, lambda: office.propose("ua.manager", "payee.activate", payee="PA-1"))
    office.tick(timedelta(days=4))
    office.do("ua.manager", "payee.activate", "ua.approver2", payee="PA-1")

    assert early.guard == "one_working_day"
    assert Payee.objects.get().record.state == "active"
    assert PayeeCallback.objects.get().second_verifier_id == office.who("ua.approver1").person


def test_second_verifier_may_not_approve_the_activation(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)
    office.propose("ua.approver1", "payee.confirm_call", **SECOND)
    office.tick(timedelta(days=4))
    waiting = office.propose("ua.manager", "payee.activate", payee="PA-1").decision_id

    caught = refused(NotAllowed, lambda: office.approve("ua.approver1", waiting))

    assert denied(caught) == (Denied.CONFLICT, frozenset({Deed.VERIFIED}))


def test_old_number_wants_no_second_call(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **CALL)

    caught = refused(GuardFailed, lambda: office.propose("ua.approver1", "payee.confirm_call", **SECOND))

    assert caught.guard == "second_call_wanted"


@pytest.mark.parametrize(("recorded", "wanted"), [("2024-08-02", False), ("2024-08-03", True)])
def test_thirty_days_are_old_enough(office: Office, recorded: str, wanted: bool) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **(CALL | {"number_recorded_on": recorded}))
    office.tick(timedelta(days=4))

    def act() -> Outcome:
        return office.do("ua.manager", "payee.activate", "ua.approver1", payee="PA-1")

    if wanted:
        assert refused(GuardFailed, act).guard == "second_verifier"
    else:
        assert act().state == "executed"


def test_second_call_lies_not_before_the_first(office: Office) -> None:
    proposed(office)
    office.propose("ua.payer", "payee.verify", **YOUNG)

    early = SECOND | {"called_on": "2024-09-01"}
    caught = refused(GuardFailed, lambda: office.propose("ua.approver1", "payee.confirm_call", **early))

    assert caught.guard == "called_after_request"


def test_look_alike_name_is_told_and_kept_as_typed(office: Office) -> None:
    office.payee()
    name = "M\u0430ker One"

    proposed(office, ref="PA-2", party="MFR-2", account_name=name)

    row = Payee.objects.get(ref="PA-2")
    assert row.account_name == name
    assert row.name_warning == "mixed_scripts, looks_like MFR-1"
    decision = Decision.objects.filter(action="payee.propose").order_by("-log_seq")[0]
    assert content_of(decision)["facts"]["name_warning"] == row.name_warning


def test_payment_facts_carry_the_warning_and_the_account_before(office: Office) -> None:
    office.verified()
    office.payee("PA-2", "UA903052992990004149123456789", predecessor="PA-1")
    office.do(
        "ua.manager",
        "payment.draft",
        ref="PAY-1",
        milestone="C-1-M1",
        payee="PA-2",
        amount={"amount_minor": 200_000_000, "currency": "EUR"},
    )
    waiting = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id

    facts = content_of(Decision.objects.get(pk=waiting))["facts"]

    assert facts["first_payment"] is True
    assert facts["replaced_iban"] == IBAN


def test_another_payment_settled_meanwhile_voids_no_first_payment(office: Office) -> None:
    office.verified()
    office.draft_payment("PAY-1", 40_000_000)
    office.draft_payment("PAY-2", 40_000_000)
    second = office.propose("ua.manager", "payment.release", payment="PAY-2").decision_id
    first = office.do("ua.manager", "payment.release", "ua.approver1", payment="PAY-1")
    office.execute("ua.payer", first.decision_id)
    line = office.bank_line(-40_000_000, "PAY-1")
    office.do("ua.manager", "payment.settle", "ua.approver1", payment="PAY-1", line=line)

    office.approve("ua.approver1", second)

    assert office.execute("ua.payer", second).state == "executed"


@pytest.mark.parametrize("who", ["ua.manager", "ua.approver1", "ua.payer", "lt.approver"])
def test_interest_in_the_supplier_keeps_out_of_its_money(office: Office, who: str) -> None:
    office.verified()
    office.draft_payment()
    declare(office, who)

    if who == "ua.manager":
        act = lambda: office.propose(who, "payment.release", payment="PAY-1")  # noqa: E731
    else:
        approvers = [name for name in ("lt.approver", "ua.approver1", "ua.approver2") if name != who]
        waiting = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
        if who == "ua.payer":
            for name in approvers[:2]:
                office.approve(name, waiting)
            act = lambda: office.execute(who, waiting)  # noqa: E731
        else:
            act = lambda: office.approve(who, waiting)  # noqa: E731

    assert refused(NotAllowed, act).deny.reason is Denied.INTEREST


def test_interest_declared_after_the_approval_takes_it_back(office: Office) -> None:
    waiting = office.approved_payment()
    office.propose(
        "ua.approver1", "register.declare_interest", party="MFR-1", kind="family", from_on="2024-01-01"
    )

    with pytest.raises(Exception, match="approvals missing"):
        office.execute("ua.payer", waiting)

    office.approve("ua.approver2", waiting)
    assert office.execute("ua.payer", waiting).state == "executed"


@pytest.mark.parametrize("days", [{"to_on": "2024-02-01"}, {"from_on": "2030-01-01"}])
def test_interest_of_other_days_or_parties_keeps_nobody_out(office: Office, days: dict[str, str]) -> None:
    declare(office, "ua.manager", **days)
    declare(office, "ua.manager", party="MFR-2")

    proposed(office)

    assert Payee.objects.exists()


@pytest.mark.by_form("register.end_interest")
def test_interest_ends_by_another_person_of_the_same_party(office: Office) -> None:
    office.propose(
        "ua.manager", "register.declare_interest", party="MFR-1", kind="part_owner", from_on="2024-01-01"
    )
    interest = Login.objects.get(username="ua.manager").person.interests.get()
    end = {"interest": interest.id, "reason": "The shares were sold in August."}

    own = refused(NotAllowed, lambda: office.propose("ua.manager", "register.end_interest", **end))
    office.do("ua.manager2", "register.end_interest", "ua.approver1", **end)
    proposed(office)

    assert own.deny.reason is Denied.INTEREST
    interest.refresh_from_db()
    assert interest.to_on == office.today()


def test_interest_that_ends_before_it_begins_is_refused(office: Office) -> None:
    interest = {"party": "MFR-1", "kind": "part_owner", "from_on": "2024-03-01", "to_on": "2024-03-01"}

    caught = refused(GuardFailed, lambda: office.propose("ua.payer", "register.declare_interest", **interest))

    assert caught.guard == "from_before_to"


def test_retired_account_has_no_way_back_and_needs_a_reason(office: Office) -> None:
    office.payee()

    refused(ReasonWanted, lambda: office.propose("ua.manager", "payee.retire", payee="PA-1"))
    office.propose("ua.manager", "payee.retire", payee="PA-1", reason="The supplier closed this account.")

    refused(NoSuchTransition, lambda: office.propose("ua.manager", "payee.activate", payee="PA-1"))
