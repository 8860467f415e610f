"""Money goes back to its donor by an order of its own, and what the bank sends back finds its way home."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import document, eur
from tests.till import Till, held, instructed, proved, state

from tranche.actions.content import content_of
from tranche.kernel.lifecycle import GuardFailed, NoSuchTransition
from tranche.kernel.refusals import BadArgument, ReasonWanted
from tranche.models import Decision, LineMatch, Payment
from tranche.queries.trace import trace_from

T1 = "LT-UA-2024-T1"
POOL = "DK-UA-2024-POOL"
WHY = "The receiving bank does not know the account."
ALL = 1_000_000_000


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


@pytest.mark.by_form("tranche.mark_returned")
def test_a_tranche_goes_back_whole_and_is_marked_as_returned(till: Till) -> None:
    till.received()
    till.donor_account()
    early = refused(GuardFailed, lambda: till.propose("ua.manager", "tranche.mark_returned", tranche=T1))

    till.returning(ALL)
    assert held()[f"transit:RET-1:{T1}:EUR"] == ALL
    till.book("payment.settle", payment="RET-1", line=till.bank_line(-ALL, "RET-1"))
    till.book("tranche.mark_returned", tranche=T1)

    assert early.guard == "all_returned"
    assert held() == {"origin:LT:budget:EUR": -ALL, f"returned:LT:{T1}:EUR": ALL}
    assert (state(T1), state("RET-1")) == ("returned", "settled")
    assert trace_from(T1).returned_minor == ALL
    assert proved()


def test_money_that_went_back_may_come_again(desk: Till) -> None:
    desk.received()
    desk.donor_account()
    desk.returning(300)
    desk.book("payment.settle", payment="RET-1", line=desk.bank_line(-300, "RET-1"))

    desk.book("tranche.confirm_receipt", tranche=T1, line=desk.bank_line(400, T1))

    assert held()["unassigned:LT:EUR"] == 100
    assert held()[f"tranche:{T1}:EUR"] == ALL
    assert proved()


def test_unassigned_money_goes_back(till: Till) -> None:
    till.lithuanian_agreement()
    till.donor_account()
    till.book("bank.park", line=till.bank_line(900), origin="LT:budget")

    till.returning(900, funding=None)
    till.book("payment.settle", payment="RET-1", line=till.bank_line(-900, "RET-1"))

    assert held() == {"origin:LT:budget:EUR": -900, "returned:LT:-:EUR": 900}
    assert proved()


def test_one_donor_of_a_shared_pool_gets_his_own_back(till: Till) -> None:
    till.danish_pool()
    till.donor_account("SE", "PA-SE")

    till.do(
        "ua.manager",
        "payment.draft",
        ref="RET-1",
        purpose="return",
        donor="SE",
        funding=POOL,
        clause="Article 7",
        payee="PA-SE",
        amount=eur(50_000_000),
    )
    till.release("RET-1")
    till.book("payment.settle", payment="RET-1", line=till.bank_line(-50_000_000, "RET-1"))

    assert held()[f"returned:SE:{POOL}/SE:EUR"] == 50_000_000
    assert held()[f"pool:{POOL}/SE:EUR"] == 2_000_000_000 - 50_000_000
    assert held()[f"pool:{POOL}/DK:EUR"] == 12_500_000_000
    assert proved()


def test_a_refused_return_comes_back_to_where_it_was(desk: Till) -> None:
    desk.received()
    desk.donor_account()
    desk.returning(300)
    from_bank: dict[str, Any] = {"payment": "RET-1", "reason": WHY, "evidence": [document("bank_refusal")]}

    desk.do("ua.manager", "payment.fail", "ua.approver1", **from_bank)

    assert held()[f"tranche:{T1}:EUR"] == ALL
    assert state("RET-1") == "failed"
    assert proved()


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"donor": None}, BadArgument, "missing"),
        ({"clause": None}, BadArgument, "missing"),
        ({"milestone": "C-1-M1"}, BadArgument, "purpose"),
        ({"purpose": None}, BadArgument, "missing"),
        ({"purpose": "supply"}, BadArgument, "missing"),
        ({"donor": "SE"}, BadArgument, "choice"),
        ({"payee": "PA-1"}, GuardFailed, "account_active"),
        ({"funding": "JOINT"}, GuardFailed, "own_fund"),
    ],
)
def test_a_return_names_its_donor_its_clause_and_its_account(
    desk: Till, change: dict[str, Any], error: type[Exception], code: str
) -> None:
    desk.contracted()
    desk.donor_account()
    if change.get("funding") == "JOINT":
        desk.fifo_pool()
    asked: dict[str, Any] = {
        "ref": "RET-1",
        "purpose": "return",
        "donor": "LT",
        "funding": T1,
        "clause": "Article 7",
        "payee": "PA-LT",
        "amount": eur(5),
    }

    caught = refused(error, lambda: desk.propose("ua.manager", "payment.draft", **{**asked, **change}))

    assert code in (getattr(caught, "code", ""), getattr(caught, "guard", ""))


def test_no_more_goes_back_than_is_there(desk: Till) -> None:
    desk.received()
    desk.donor_account()
    asked: dict[str, Any] = {"purpose": "return", "donor": "LT", "funding": T1, "clause": "Article 7"}
    desk.do("ua.manager", "payment.draft", ref="RET-1", payee="PA-LT", amount=eur(ALL + 1), **asked)

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", "payment.release", payment="RET-1"))

    assert (caught.guard, caught.why) == ("enough", "1 EUR")


def test_a_payment_that_the_bank_sends_back_undoes_its_settlement(till: Till) -> None:
    till.paid()

    till.book("payment.bounce", payment="PAY-1", line=till.bank_line(200_000_000, "return"), reason=WHY)

    assert held()[f"contract:C-1:{T1}:EUR"] == 500_000_000
    assert f"prepaid:C-1:{T1}:EUR" not in held()
    assert state("PAY-1") == "failed"
    assert proved()


def test_a_payment_sent_back_may_be_tried_again_and_names_the_one_that_failed(desk: Till) -> None:
    desk.paid()
    asked: dict[str, Any] = {
        "milestone": "C-1-M1",
        "payee": "PA-1",
        "amount": eur(200_000_000),
        "retry_of": "PAY-1",
    }
    early = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "payment.draft", ref="PAY-2", **{**asked, "amount": eur(1)}),
    )
    desk.book("payment.bounce", payment="PAY-1", line=desk.bank_line(200_000_000), reason=WHY)

    desk.do("ua.manager", "payment.draft", ref="PAY-2", **asked)

    retry = Payment.objects.get(ref="PAY-2").retry_of
    release = desk.propose("ua.manager", "payment.release", payment="PAY-2").decision_id
    assert content_of(Decision.objects.get(pk=release))["facts"]["first_payment"] is True
    assert early.guard in ("within_milestone", "retry_failed")
    assert retry is not None
    assert retry.ref == "PAY-1"
    assert proved()


def test_what_the_banks_keep_on_the_way_is_a_fee(till: Till) -> None:
    till.paid()

    till.book("payment.bounce", payment="PAY-1", line=till.bank_line(199_999_975), reason=WHY)

    assert held()[f"fee:NBUAUAUX:{T1}:EUR"] == 25
    assert held()[f"contract:C-1:{T1}:EUR"] == 500_000_000 - 25
    assert proved()


@pytest.mark.parametrize(
    ("amount", "currency", "guard"),
    [
        (-5, "EUR", "line_is_credit"),
        (200_000_001, "EUR", "not_above_paid"),
        (200_000_000, "UAH", "same_currency"),
    ],
)
def test_a_line_that_is_not_this_payment_sent_back_is_refused(
    desk: Till, amount: int, currency: str, guard: str
) -> None:
    desk.paid()
    line = desk.bank_line(amount, currency=currency)

    caught = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "payment.bounce", payment="PAY-1", line=line, reason=WHY),
    )

    assert caught.guard == guard


def test_money_that_is_in_a_lot_does_not_come_back_by_itself(desk: Till) -> None:
    desk.paid()
    desk.lot("LOT-1", 150_000_000)
    desk.accept("LOT-1")
    line = desk.bank_line(200_000_000)

    caught = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "payment.bounce", payment="PAY-1", line=line, reason=WHY),
    )

    assert (caught.guard, caught.why) == ("enough", "150000000 EUR")


def test_only_a_settled_payment_is_sent_back_and_with_a_reason(desk: Till) -> None:
    desk.execute("ua.payer", desk.approved_payment())
    line = desk.bank_line(200_000_000)
    asked: dict[str, Any] = {"payment": "PAY-1", "line": line}

    refused(ReasonWanted, lambda: desk.propose("ua.manager", "payment.bounce", **asked))
    refused(NoSuchTransition, lambda: desk.propose("ua.manager", "payment.bounce", reason=WHY, **asked))


def test_money_sent_back_at_another_rate_is_a_new_pair(till: Till) -> None:
    till.hryvnia_payment()
    line = till.bank_line(-5_003_456, "PAY-U1", instructed=instructed(231_650_000))
    till.book("payment.settle", payment="PAY-U1", line=line)

    till.book("payment.bounce", payment="PAY-U1", line=till.bank_line(4_990_000), reason=WHY)

    assert held()[f"contract:C-UAH:{T1}:EUR"] == 10_200_000 - 5_003_456 + 4_990_000
    assert f"prepaid:C-UAH:{T1}:UAH" not in held()
    assert held()["fx:EUR"] == 5_003_456 - 4_990_000
    assert proved()


def test_money_sent_back_at_the_same_rate_is_the_mirror(desk: Till) -> None:
    desk.hryvnia_payment()
    line = desk.bank_line(-5_003_456, "PAY-U1", instructed=instructed(231_650_000))
    desk.book("payment.settle", payment="PAY-U1", line=line)

    desk.book("payment.bounce", payment="PAY-U1", line=desk.bank_line(5_003_456), reason=WHY)

    assert held()[f"contract:C-UAH:{T1}:EUR"] == 10_200_000
    assert "fx:EUR" not in held()
    assert proved()


@pytest.mark.by_form("fund.roll_over", "payment.bounce")
def test_a_return_whose_account_is_closed_waits_for_a_person(till: Till) -> None:
    till.unallocated()
    till.programme("P-2")
    till.donor_account()
    till.returning(300)
    till.book("payment.settle", payment="RET-1", line=till.bank_line(-300, "RET-1"))
    till.reearmark("P-2")
    line = till.bank_line(300, "return")

    till.book("payment.bounce", payment="RET-1", line=line, reason=WHY)
    assert held()[f"suspense:{line}:{T1}:EUR"] == 300
    assert LineMatch.objects.get(line_id=line).target_kind == "suspense"
    wrong = refused(
        GuardFailed,
        lambda: till.propose(
            "ua.manager", "bank.identify", line=line, tranche=T1, evidence=[document("document", "a")]
        ),
    )
    till.book("bank.identify", line=line, funding=T1, evidence=[document("document", "advice")])

    assert wrong.guard == "own_money_back"
    assert held()[f"tranche:{T1}':EUR"] == ALL
    assert proved()
