"""A state pays first, down to its limit; donors' money repays it, and the advance is closed at nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import document, eur
from tests.tampering import guards_off, tamper
from tests.till import Till, held, instructed, proved, uah

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed
from tranche.kernel.refusals import CurrencyDiffers, ReferenceTaken
from tranche.ledger import fragments
from tranche.ledger.balances import balances
from tranche.ledger.verify import verify
from tranche.models import Advance

T1 = "LT-UA-2024-T1"
ADV = "UA-ADV-1"


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


def paid_first(till: Till) -> None:
    """UAH 3,000,000.00 drawn, paid from the state's own account and delivered."""
    till.unallocated()
    till.advance()
    till.drawn()
    till.payee()
    till.verified_milestone("C-ADV", "C-ADV-M1", uah(300_000_000))
    till.released("PAY-A", "C-ADV-M1", uah(300_000_000), "lt.approver", "ua.approver1")
    till.book("payment.settle", payment="PAY-A", line=till.state_line(-300_000_000, "PAY-A"))
    till.do(
        "ua.manager",
        "lot.record",
        ref="LOT-A",
        contract="C-ADV",
        category="production",
        quantity=3,
        unit="unit",
        country="UA",
        value=uah(300_000_000),
    )
    till.do("ua.manager", "lot.hand_over", lot="LOT-A", evidence=[document("delivery_note", "a")])
    till.accept("LOT-A")


def repay(till: Till, euros: int, hryvnia: int) -> None:
    line = till.bank_line(-euros, "repayment", instructed=instructed(hryvnia))
    till.book("advance.reimburse", advance=ADV, funding=T1, line=line)


def test_a_limit_that_is_changed_beside_the_actions_is_named(till: Till) -> None:
    paid_first(till)
    assert proved()

    guards_off()
    tamper("UPDATE account SET floor = floor * 10 WHERE floor_is = 'limit'")

    [found] = verify(using="default").differences
    assert (found.code, found.account) == ("account_floor", f"advance:UA-MOD:{ADV}:UAH")


def test_a_state_pays_first_and_donors_repay_it(till: Till) -> None:
    paid_first(till)
    assert held()[f"advance:UA-MOD:{ADV}:UAH"] == -300_000_000
    assert held()[f"lot:LOT-A:{ADV}:UAH"] == 300_000_000

    repay(till, 5_000_000, 231_650_000)

    assert held()[f"advance:UA-MOD:{ADV}:UAH"] == -68_350_000
    assert held()[f"tranche:{T1}:EUR"] == 995_000_000
    [lot] = balances(holders=("LOT-A",))
    [fragment] = fragments.of_accounts([lot.account_id])
    refined = fragments.refined([fragment.use])[fragment.use]
    assert [(piece.amount, piece.source_amount) for piece, _ in refined] == [
        (231_650_000, 5_000_000),
        (68_350_000, 68_350_000),
    ]
    assert proved()


@pytest.mark.by_form("advance.draw", "advance.open", "advance.reimburse", "bank.convert")
def test_an_advance_is_repaid_in_its_own_currency_too(till: Till) -> None:
    paid_first(till)
    till.book(
        "bank.convert",
        line=till.bank_line(-5_000_000),
        line_in=till.bank_line(231_650_000, currency="UAH"),
        funding=T1,
    )

    line = till.bank_line(-231_650_000, "repayment", "UAH")
    till.do(
        "ua.manager", "advance.reimburse", "lt.approver", "ua.approver1", advance=ADV, funding=T1, line=line
    )

    assert held()[f"advance:UA-MOD:{ADV}:UAH"] == -68_350_000
    assert f"tranche:{T1}:UAH" not in held()
    assert proved()


def test_a_shared_pool_repays_by_all_its_donors(desk: Till) -> None:
    paid_first(desk)
    desk.danish_pool()
    line = desk.bank_line(-5_000_000, "repayment", instructed=instructed(231_650_000))

    desk.book("advance.reimburse", advance=ADV, funding="DK-UA-2024-POOL", line=line)

    assert held()[f"advance:UA-MOD:{ADV}:UAH"] == -68_350_000
    assert held()["pool:DK-UA-2024-POOL/SE:EUR"] < 2_000_000_000
    assert proved()


@pytest.mark.by_form("advance.close")
def test_an_advance_that_is_repaid_is_closed(till: Till) -> None:
    paid_first(till)
    early = refused(GuardFailed, lambda: closing(till))
    repay(till, 6_500_000, 300_000_000)

    till.do(
        "ua.manager", "advance.close", "lt.approver", "ua.approver1", advance=ADV, reason="All is repaid."
    )

    assert (early.guard, early.why) == ("balance_zero", "300000000 UAH")
    assert Advance.objects.get(ref=ADV).closed_on is not None
    late = refused(GuardFailed, lambda: closing(till))
    assert late.guard == "advance_open"
    drawn = refused(GuardFailed, lambda: drawing(till, 1))
    assert drawn.guard == "advance_open"
    assert proved()


def closing(till: Till) -> object:
    return till.propose("ua.manager", "advance.close", advance=ADV, reason="All is repaid.")


def drawing(till: Till, minor: int, contract: str = "C-ADV") -> object:
    return till.propose("ua.manager", "advance.draw", advance=ADV, contract=contract, amount=uah(minor))


def test_what_a_contract_does_not_need_goes_back_to_the_advance(till: Till) -> None:
    till.unallocated()
    till.advance()
    till.drawn()

    why = "The contract needs less."
    till.book("contract.release", contract="C-ADV", amount=uah(100_000_000), reason=why)

    assert held()[f"advance:UA-MOD:{ADV}:UAH"] == -200_000_000
    assert proved()


def test_an_advance_is_drawn_down_to_its_limit_for_its_own_signed_contract(desk: Till) -> None:
    desk.contracted()
    desk.advance(limit=300_000_000)

    over = refused(GuardFailed, lambda: drawing(desk, 300_000_001))
    other = refused(GuardFailed, lambda: drawing(desk, 1, "C-1"))

    assert (over.guard, over.why) == ("enough", "1 UAH")
    assert (other.guard, other.why) == ("same_fund", T1)
    refused(
        CurrencyDiffers,
        lambda: desk.propose("ua.manager", "advance.draw", advance=ADV, contract="C-ADV", amount=eur(1)),
    )


@pytest.mark.parametrize(
    ("minor", "got", "guard"),
    [
        (-5_000_000, None, "instructed_given"),
        (-5_000_000, 300_000_001, "not_above_drawn"),
        (-1_000_000_001, 300_000_000, "enough"),
        (5_000_000, 300_000_000, "line_is_debit"),
    ],
)
def test_a_repayment_that_does_not_fit_is_refused(
    desk: Till, minor: int, got: int | None, guard: str
) -> None:
    paid_first(desk)
    line = desk.bank_line(minor, "repayment", instructed=instructed(got) if got else None)

    caught = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "advance.reimburse", advance=ADV, funding=T1, line=line),
    )

    assert caught.guard == guard


def test_the_mechanisms_account_does_not_settle_what_the_state_pays_first(desk: Till) -> None:
    desk.unallocated()
    desk.advance()
    desk.drawn()
    desk.payee()
    desk.verified_milestone("C-ADV", "C-ADV-M1", uah(300_000_000))
    desk.released("PAY-A", "C-ADV-M1", uah(300_000_000), "lt.approver", "ua.approver1")
    line = desk.bank_line(-300_000_000, "PAY-A", "UAH")

    caught = refused(
        GuardFailed, lambda: desk.propose("ua.manager", "payment.settle", payment="PAY-A", line=line)
    )

    assert caught.guard == "account_use"


def test_an_advance_has_a_letter_a_name_of_its_own_and_an_agreement_that_repays_it(desk: Till) -> None:
    desk.unallocated()
    asked: dict[str, Any] = {"party": "UA-MOD", "agreement": "LT-UA-2024", "limit": uah(5)}

    refused(EvidenceMissing, lambda: desk.propose("ua.manager", "advance.open", ref="ADV-9", **asked))
    refused(ReferenceTaken, lambda: desk.propose("ua.manager", "advance.open", ref=T1, **asked))
    other = refused(
        GuardFailed,
        lambda: desk.propose(
            "ua.manager",
            "advance.open",
            ref="ADV-9",
            evidence=[document("letter")],
            **{**asked, "party": "LT-MOD"},
        ),
    )

    assert other.guard == "own_money"
