"""Contracts in a currency of their own: planned at a stated rate, settled at the bank's two numbers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import document, eur
from tests.till import Till, held, instructed, proved, state, uah

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.ledger import fragments
from tranche.ledger.balances import balances
from tranche.models import Contract, Decision, Payment

T1 = "LT-UA-2024-T1"
HALF = uah(231_650_000)


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


def settle(till: Till, took: int, got: int | None = 231_650_000, typed: int | None = None) -> None:
    line = till.bank_line(-took, "PAY-U1", instructed=instructed(got) if got else None)
    more: dict[str, Any] = {"instructed": uah(typed)} if typed else {}
    till.book("payment.settle", payment="PAY-U1", line=line, **more)


def test_a_signature_reserves_the_plan_in_the_currency_of_the_fund(till: Till) -> None:
    till.allocated()

    till.hryvnia_contract()

    contract = Contract.objects.get(ref="C-UAH")
    assert (contract.price_minor, contract.currency) == (463_300_000, "UAH")
    assert (contract.planned_minor, contract.fund_currency) == (10_200_000, "EUR")
    assert held()[f"contract:C-UAH:{T1}:EUR"] == 10_200_000
    signed = Decision.objects.get(action="contract.sign")
    assert (signed.amount_minor, signed.currency) == (10_200_000, "EUR")
    assert proved()


def test_what_the_bank_did_not_take_is_released_to_the_contract(till: Till) -> None:
    till.hryvnia_payment()
    assert held()[f"transit:PAY-U1:{T1}:EUR"] == 5_100_000

    settle(till, 5_003_456)

    assert held()[f"prepaid:C-UAH:{T1}:UAH"] == 231_650_000
    assert held()[f"contract:C-UAH:{T1}:EUR"] == 10_200_000 - 5_003_456
    assert (held()["fx:EUR"], held()["fx:UAH"]) == (5_003_456, -231_650_000)
    assert f"transit:PAY-U1:{T1}:EUR" not in held()
    assert Payment.objects.get(ref="PAY-U1").bank_minor == 5_003_456
    assert proved()


def test_a_shortfall_is_ordered_first(till: Till) -> None:
    till.hryvnia_payment()

    settle(till, 5_100_007)

    assert held()[f"contract:C-UAH:{T1}:EUR"] == 10_200_000 - 5_100_007
    assert proved()


def test_a_contract_that_holds_too_little_for_the_banks_rate_waits_for_more(desk: Till) -> None:
    desk.hryvnia_payment()
    line = desk.bank_line(-10_200_001, "PAY-U1", instructed=instructed(231_650_000))

    caught = refused(
        GuardFailed, lambda: desk.propose("ua.manager", "payment.settle", payment="PAY-U1", line=line)
    )

    assert (caught.guard, caught.why) == ("enough", "1 EUR")


def test_what_the_statement_does_not_say_is_typed_in_and_shown(desk: Till) -> None:
    desk.hryvnia_payment()
    line = desk.bank_line(-5_000_000, "PAY-U1")
    asked: dict[str, Any] = {"payment": "PAY-U1", "line": line}
    silent = refused(GuardFailed, lambda: desk.propose("ua.manager", "payment.settle", **asked))
    wrong = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "payment.settle", instructed=uah(231_650_001), **asked),
    )
    same = refused(
        BadArgument,
        lambda: desk.propose("ua.manager", "payment.settle", instructed=eur(231_650_000), **asked),
    )

    decided = desk.do("ua.manager", "payment.settle", "ua.approver1", instructed=HALF, **asked)

    content = bytes(Decision.objects.get(pk=decided.decision_id).content).decode()
    assert (silent.guard, wrong.guard, same.code) == ("instructed_given", "same_amount", "other_currency")
    assert '"instructed_source":"advice"' in content
    assert '"exchange":{"given":{"amount_minor":5000000,"currency":"EUR"}' in content
    assert proved()


def test_what_the_statement_says_is_not_typed_over(desk: Till) -> None:
    desk.hryvnia_payment()
    line = desk.bank_line(-5_000_000, "PAY-U1", instructed=instructed(231_650_000))

    caught = refused(
        BadArgument,
        lambda: desk.propose(
            "ua.manager", "payment.settle", payment="PAY-U1", line=line, instructed=uah(231_650_001)
        ),
    )

    assert caught.code == "stated"


def test_lots_are_filled_in_the_currency_of_the_contract_alone(till: Till) -> None:
    till.hryvnia_payment()
    settle(till, 5_003_456)
    till.do(
        "ua.manager",
        "lot.record",
        ref="LOT-U",
        contract="C-UAH",
        category="production",
        quantity=3,
        unit="unit",
        country="UA",
        value=uah(100_000_000),
    )
    till.do("ua.manager", "lot.hand_over", lot="LOT-U", evidence=[document("delivery_note", "u")])

    till.accept("LOT-U")

    assert held()[f"lot:LOT-U:{T1}:UAH"] == 100_000_000
    [lot] = balances(holders=("LOT-U",))
    found = fragments.of_accounts([lot.account_id])
    assert sum(f.amount_minor for f in found) == 100_000_000
    assert {f.fx_path != () for f in found} == {True}
    assert proved()


def test_a_lot_in_euros_has_no_place_in_a_contract_in_hryvnia(desk: Till) -> None:
    desk.allocated()
    desk.hryvnia_contract()
    asked: dict[str, Any] = {"contract": "C-UAH", "ref": "LOT-U", "category": "production", "quantity": 1}
    asked |= {"unit": "unit", "country": "UA", "value": eur(5)}

    refused(CurrencyDiffers, lambda: desk.propose("ua.manager", "lot.record", **asked))
    refused(
        CurrencyDiffers,
        lambda: desk.propose(
            "ua.manager",
            "milestone.plan",
            ref="MS-U",
            contract="C-UAH",
            title="M",
            amount=eur(5),
            due_on="2025-01-01",
            pay_after="verified",
        ),
    )


@pytest.mark.by_form("contract.book_refund")
def test_a_refund_comes_at_the_banks_new_numbers(till: Till) -> None:
    till.hryvnia_payment()
    settle(till, 5_003_456)
    line = till.bank_line(990_000, "refund", instructed=instructed(46_330_000))

    till.book("contract.book_refund", contract="C-UAH", line=line)

    assert held()[f"prepaid:C-UAH:{T1}:UAH"] == 231_650_000 - 46_330_000
    assert held()[f"contract:C-UAH:{T1}:EUR"] == 10_200_000 - 5_003_456 + 990_000
    assert proved()


def test_a_refund_in_hryvnia_stays_in_hryvnia(desk: Till) -> None:
    desk.hryvnia_payment()
    settle(desk, 5_003_456)

    desk.book("contract.book_refund", contract="C-UAH", line=desk.bank_line(650_000, "refund", "UAH"))
    why = "Not needed for this contract any more."
    desk.book("contract.release", contract="C-UAH", amount=uah(650_000), reason=why)

    assert held()[f"programme:P-1:{T1}:UAH"] == 650_000
    assert proved()


@pytest.mark.parametrize(
    ("minor", "currency", "other", "guard"),
    [
        (990_000, "EUR", None, "instructed_given"),
        (990_000, "EUR", 231_650_001, "enough"),
        (231_650_001, "UAH", None, "enough"),
        (990_000, "USD", None, "same_currency"),
    ],
)
def test_a_refund_that_does_not_fit_is_refused(
    desk: Till, minor: int, currency: str, other: int | None, guard: str
) -> None:
    desk.hryvnia_payment()
    settle(desk, 5_003_456)
    line = desk.bank_line(minor, "refund", currency, instructed=instructed(other) if other else None)

    caught = refused(
        GuardFailed, lambda: desk.propose("ua.manager", "contract.book_refund", contract="C-UAH", line=line)
    )

    assert caught.guard == guard


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rate": None}, "missing"),
        ({"rate_on": None}, "missing"),
        ({"rate_source": None}, "missing"),
        ({"rate_base": "USD"}, "rate_base"),
        ({"rate": "0"}, "rate"),
        ({"rate": "46.33.1"}, "rate"),
        ({"rate": "0.0001", "price": uah(10**12)}, "range"),
        ({"margin_bp": 5_001}, "bounds"),
        (dict.fromkeys(("rate", "rate_base", "rate_on", "rate_source", "margin_bp")), "rate_wanted"),
        ({"price": eur(5)}, "rate_unwanted"),
    ],
)
def test_a_rate_is_whole_and_stands_exactly_where_it_is_needed(
    desk: Till, change: dict[str, Any], code: str
) -> None:
    desk.allocated()
    asked: dict[str, Any] = {
        "ref": "C-UAH",
        "programme": "P-1",
        "supplier": "MFR-1",
        "title": "Contract",
        "funding": T1,
        "price": uah(5),
        "rate": "46.33",
        "rate_base": "EUR",
        "rate_on": "2024-09-01",
        "rate_source": "NBU",
        "margin_bp": 1,
        "tender_reference": "T",
        "price_reason": "R",
    }

    caught = refused(BadArgument, lambda: desk.propose("ua.manager", "contract.draft", **{**asked, **change}))

    assert caught.code == code


@pytest.mark.by_form("contract.amend")
def test_an_amendment_reserves_or_releases_the_difference_of_the_plans(till: Till) -> None:
    till.allocated()
    till.hryvnia_contract()
    paper = [document("amendment", "one")]

    till.book("contract.amend", contract="C-UAH", price=uah(694_950_000), evidence=paper)
    assert held()[f"contract:C-UAH:{T1}:EUR"] == 15_300_000
    till.book(
        "contract.amend",
        contract="C-UAH",
        price=uah(463_300_000),
        rate="50",
        rate_base="EUR",
        rate_on="2024-09-02",
        rate_source="National Bank of Ukraine",
        evidence=[document("amendment", "two")],
    )

    contract = Contract.objects.get(ref="C-UAH")
    assert (contract.planned_minor, contract.margin_bp, contract.rate_num) == (9_266_000, 0, 50)
    assert held()[f"contract:C-UAH:{T1}:EUR"] == 9_266_000
    assert proved()


def test_an_amendment_in_the_currency_of_the_fund_follows_the_price(till: Till) -> None:
    till.contracted()

    till.do(
        "ua.manager",
        "contract.amend",
        "lt.approver",
        "ua.approver1",
        contract="C-1",
        price=eur(450_000_000),
        evidence=[document("amendment")],
    )

    assert held()["contract:C-1:LT-UA-2024-T1:EUR"] == 450_000_000
    assert held()["programme:P-1:LT-UA-2024-T1:EUR"] == 450_000_000
    assert proved()


@pytest.mark.parametrize(
    ("price", "guard"), [(eur(199_999_999), "price_covers"), (eur(900_000_001), "enough")]
)
def test_an_amendment_covers_what_is_planned_and_has_its_money(
    desk: Till, price: dict[str, object], guard: str
) -> None:
    desk.contracted()
    asked: dict[str, Any] = {"contract": "C-1", "price": price, "evidence": [document("amendment")]}

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", "contract.amend", **asked))

    assert (caught.guard, caught.why) == (guard, "1 EUR")


def test_an_amendment_keeps_the_currency_and_needs_no_rate_where_there_is_none(desk: Till) -> None:
    desk.contracted()
    paper = [document("amendment")]

    refused(
        CurrencyDiffers,
        lambda: desk.propose("ua.manager", "contract.amend", contract="C-1", price=uah(5), evidence=paper),
    )
    caught = refused(
        BadArgument,
        lambda: desk.propose(
            "ua.manager",
            "contract.amend",
            contract="C-1",
            price=eur(500_000_000),
            margin_bp=5,
            evidence=paper,
        ),
    )
    assert caught.code == "rate_unwanted"


@pytest.mark.by_form("contract.write_off")
def test_a_loss_is_written_off_by_both_sides(till: Till) -> None:
    till.paid()
    asked: dict[str, Any] = {
        "contract": "C-1",
        "amount": eur(30_000_000),
        "borne_by": "The recipient; the supplier is insolvent.",
        "evidence": [document("report", "loss")],
        "reason": "The supplier is insolvent.",
    }

    till.do("ua.manager", "contract.write_off", "lt.approver", "ua.approver1", **asked)

    assert held()[f"write_off:C-1:{T1}:EUR"] == 30_000_000
    assert state("C-1") == "signed"
    assert proved()


def test_no_more_is_lost_than_was_paid(desk: Till) -> None:
    desk.paid()
    asked: dict[str, Any] = {"contract": "C-1", "borne_by": "Nobody", "evidence": [document("report")]}

    caught = refused(
        GuardFailed,
        lambda: desk.propose(
            "ua.manager",
            "contract.write_off",
            amount=eur(200_000_001),
            reason="The supplier is insolvent.",
            **asked,
        ),
    )

    assert caught.guard == "enough"


def test_balances_of_two_currencies_never_cancel_in_a_guard(desk: Till) -> None:
    desk.hryvnia_payment()
    settle(desk, 5_003_456)

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", "contract.close", contract="C-UAH"))

    assert (caught.guard, caught.why) == ("balance_zero", "5196544 EUR, 231650000 UAH")
