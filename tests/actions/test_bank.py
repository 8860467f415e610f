"""Bank lines that do not speak for themselves: no fact is refused, and each finds its place by its paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import document, eur
from tests.till import Till, held, proved, state, uah

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, CurrencyDiffers, NotAllowed
from tranche.models import LineMatch, SetAside
from tranche.queries.trace import trace_from

T1 = "LT-UA-2024-T1"


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


def test_money_of_nobody_known_waits_in_an_account_of_its_own(till: Till) -> None:
    line = till.bank_line(700, "no reference")

    till.book("bank.park", line=line)

    assert held() == {"origin:UA-MOD:unknown:EUR": -700, f"suspense:{line}:-:EUR": 700}
    assert LineMatch.objects.get(line_id=line).target_kind == "suspense"
    assert proved()


def test_money_of_a_known_donor_waits_unassigned_until_its_tranche_is_authorised(till: Till) -> None:
    till.lithuanian_tranche()
    till.procedure()
    line = till.bank_line(1_000_000_000, T1)
    refused(
        NoSuchTransition, lambda: till.propose("ua.manager", "tranche.confirm_receipt", tranche=T1, line=line)
    )
    till.book("bank.park", line=line, origin="LT:budget")
    assert held() == {"origin:LT:budget:EUR": -1_000_000_000, "unassigned:LT:EUR": 1_000_000_000}

    till.steps()
    till.do("lt.officer", "tranche.authorise", "lt.approver", "ua.approver1", tranche=T1)
    till.book("tranche.confirm_receipt", tranche=T1, amount=eur(400_000_000))
    till.book("tranche.confirm_receipt", tranche=T1, amount=eur(600_000_000))

    assert held() == {"origin:LT:budget:EUR": -1_000_000_000, f"tranche:{T1}:EUR": 1_000_000_000}
    assert state(T1) == "received"
    assert trace_from(T1).amount_minor == 1_000_000_000
    assert proved()


def test_unassigned_money_is_assigned_up_to_what_was_agreed_and_is_there(desk: Till) -> None:
    desk.authorised()
    desk.book("bank.park", line=desk.bank_line(1_000_000_005), origin="LT:budget")

    over = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "tranche.confirm_receipt", tranche=T1, amount=eur(1_000_000_001)),
    )
    short = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "tranche.confirm_receipt", tranche=T1, amount=eur(1_000_000_006)),
    )

    assert (over.guard, over.why) == ("not_above_agreed", "1 EUR")
    assert short.guard == "not_above_agreed"
    refused(
        CurrencyDiffers,
        lambda: desk.propose("ua.manager", "tranche.confirm_receipt", tranche=T1, amount=uah(5)),
    )


@pytest.mark.parametrize("arguments", [{}, {"line": "both", "amount": eur(5)}])
def test_a_receipt_is_of_a_line_or_of_unassigned_money(desk: Till, arguments: dict[str, Any]) -> None:
    desk.authorised()
    if "line" in arguments:
        arguments["line"] = desk.bank_line(5)

    caught = refused(
        BadArgument, lambda: desk.propose("ua.manager", "tranche.confirm_receipt", tranche=T1, **arguments)
    )

    assert caught.code == "line_or_amount"


@pytest.mark.by_form("bank.identify")
def test_a_parked_line_becomes_the_receipt_that_it_was(till: Till) -> None:
    till.authorised()
    line = till.bank_line(1_000_000_300)
    till.book("bank.park", line=line)

    till.book("bank.identify", line=line, tranche=T1, evidence=[document("document", "advice")])

    assert held() == {
        "origin:LT:budget:EUR": -1_000_000_300,
        f"tranche:{T1}:EUR": 1_000_000_000,
        "unassigned:LT:EUR": 300,
    }
    assert state(T1) == "received"
    matches = LineMatch.objects.filter(line_id=line).order_by("log_seq")
    assert [(row.target_kind, row.released_seq is None) for row in matches] == [
        ("suspense", False),
        ("tranche", True),
    ]
    assert proved()


def test_a_parked_line_becomes_unassigned_money_of_its_donor(till: Till) -> None:
    line = till.bank_line(500)
    till.book("bank.park", line=line)

    till.book("bank.identify", line=line, origin="SE:budget", evidence=[document("document", "letter")])

    assert held() == {"origin:SE:budget:EUR": -500, "unassigned:SE:EUR": 500}
    assert proved()


def test_a_parked_line_becomes_the_refund_that_it_was(till: Till) -> None:
    till.paid()
    line = till.bank_line(50_000_000)
    till.book("bank.park", line=line)

    till.book("bank.identify", line=line, contract="C-1", evidence=[document("document", "advice")])

    assert held()["prepaid:C-1:LT-UA-2024-T1:EUR"] == 150_000_000
    assert held()["contract:C-1:LT-UA-2024-T1:EUR"] == 350_000_000
    assert "origin:UA-MOD:unknown:EUR" not in held()
    assert proved()


def paper() -> list[dict[str, object]]:
    return [document("document", "advice")]


@pytest.mark.parametrize(
    ("arguments", "guard"),
    [
        (lambda: {"tranche": T1}, "tranche_awaits"),
        (lambda: {"programme": "P-1"}, "payer_known"),
        (lambda: {"funding": T1}, "payer_known"),
        (lambda: {"contract": "C-1"}, "enough"),
    ],
)
def test_a_parked_line_is_no_more_than_its_paper_allows(
    desk: Till, arguments: Callable[[], dict[str, Any]], guard: str
) -> None:
    desk.contracted()
    line = desk.bank_line(100)
    desk.book("bank.park", line=line)
    if guard == "tranche_awaits":
        desk.do(
            "lt.officer",
            "tranche.announce",
            ref="LT-UA-2024-T2",
            agreement="LT-UA-2024",
            ordinal=2,
            title="Second",
            donor="LT",
            origin="LT:budget",
            amount=eur(5),
        )
        given = {"tranche": "LT-UA-2024-T2"}
    else:
        given = arguments()

    caught = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "bank.identify", line=line, evidence=paper(), **given),
    )

    assert caught.guard == guard


def test_only_a_parked_line_is_identified_and_only_as_one_thing(desk: Till) -> None:
    line = desk.bank_line(100)
    asked: dict[str, Any] = {"line": line, "evidence": paper()}

    free = refused(
        GuardFailed, lambda: desk.propose("ua.manager", "bank.identify", origin="LT:budget", **asked)
    )
    many = refused(
        BadArgument,
        lambda: desk.propose("ua.manager", "bank.identify", origin="LT:budget", programme="P-1", **asked),
    )

    assert (free.guard, many.code) == ("line_parked", "one_target")
    desk.book("bank.park", line=line)
    refused(
        EvidenceMissing, lambda: desk.propose("ua.manager", "bank.identify", line=line, origin="LT:budget")
    )
    unknown = refused(
        BadArgument,
        lambda: desk.propose("ua.manager", "bank.identify", origin="UA-MOD:unknown", **asked),
    )
    assert unknown.code == "choice"


@pytest.mark.parametrize("who", ["lt.officer", "ua.approver1", "ua.payer", "auditor", "operator"])
def test_only_a_fund_manager_books_bank_lines(desk: Till, who: str) -> None:
    line = desk.bank_line(100)

    caught = refused(NotAllowed, lambda: desk.propose(who, "bank.park", line=line))

    assert caught.deny.reason is Denied.NO_ROLE


def test_a_booking_needs_another_person(desk: Till) -> None:
    line = desk.bank_line(100)
    desk.hire("ua.double", "FM@UA-MOD", "RA@UA-MOD")
    waiting = desk.propose("ua.double", "bank.park", line=line)

    own = refused(NotAllowed, lambda: desk.approve("ua.double", waiting.decision_id))

    assert own.deny.reason is Denied.OWN_PROPOSAL
    assert held() == {}


def test_a_line_is_parked_once_and_a_second_request_finds_it_booked(desk: Till) -> None:
    line = desk.bank_line(100)
    first = desk.propose("ua.manager", "bank.park", line=line)
    second = desk.propose("ua.manager2", "bank.park", line=line, origin="LT:budget")
    desk.approve("ua.approver1", first.decision_id)

    caught = refused(GuardFailed, lambda: desk.approve("ua.approver1", second.decision_id))

    assert caught.guard == "line_free"


def test_the_same_key_parks_a_line_once(desk: Till) -> None:
    line = desk.bank_line(100)
    key = "5b5f9d6e-4a0e-4a2a-9a3e-3d1f0f1f0a01"

    first = desk.propose("ua.manager", "bank.park", line=line, key=key)
    again = desk.propose("ua.manager", "bank.park", line=line, key=key)

    assert again.replayed
    assert again.decision_id == first.decision_id


@pytest.mark.parametrize("action", ["bank.park", "bank.book_interest"])
def test_money_going_out_is_neither_parked_nor_interest(desk: Till, action: str) -> None:
    desk.received()
    line = desk.bank_line(-100)
    more = {} if action == "bank.park" else {"funding": T1}

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", action, line=line, **more))

    assert caught.guard == "line_is_credit"


def test_a_line_of_the_states_own_account_is_not_money_of_the_mechanism(desk: Till) -> None:
    line = desk.state_line(100, "tax")

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", "bank.park", line=line))

    assert caught.guard == "account_use"


def test_a_donors_bank_takes_money_back_that_was_set_aside(till: Till) -> None:
    till.unallocated()
    till.book(
        "bank.set_aside",
        ref="ASIDE-1",
        donor="LT",
        funding=T1,
        amount=eur(300),
        evidence=[document("letter", "recall")],
    )
    assert held()[f"suspense:ASIDE-1:{T1}:EUR"] == 300

    line = till.bank_line(-200, "recall")
    till.book("bank.identify", line=line, set_aside="ASIDE-1", evidence=paper())

    assert held()[f"suspense:ASIDE-1:{T1}:EUR"] == 100
    assert held()[f"returned:LT:{T1}:EUR"] == 200
    assert SetAside.objects.get().donor.ref == "LT"
    assert trace_from(T1).returned_minor == 200
    assert proved()


def test_unassigned_money_is_set_aside_and_goes_back(till: Till) -> None:
    till.lithuanian_agreement()
    till.book("bank.park", line=till.bank_line(900), origin="LT:budget")
    letter = [document("letter", "recall")]
    till.book("bank.set_aside", ref="ASIDE-1", donor="LT", amount=eur(900), evidence=letter)

    till.book("bank.identify", line=till.bank_line(-900), set_aside="ASIDE-1", evidence=paper())

    assert held() == {"origin:LT:budget:EUR": -900, "returned:LT:-:EUR": 900}
    assert proved()


@pytest.mark.by_form("bank.set_aside")
def test_no_more_is_taken_than_was_set_aside_nor_more_set_aside_than_is_there(desk: Till) -> None:
    desk.unallocated()
    letter = [document("letter", "recall")]
    asked: dict[str, Any] = {"ref": "ASIDE-1", "donor": "LT", "funding": T1, "evidence": letter}
    short = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "bank.set_aside", amount=eur(1_000_000_001), **asked),
    )
    desk.book("bank.set_aside", amount=eur(300), **asked)
    line = desk.bank_line(-301)

    over = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "bank.identify", line=line, set_aside="ASIDE-1", evidence=paper()),
    )

    assert (short.guard, short.why) == ("enough", "1 EUR")
    assert (over.guard, over.why) == ("enough", "1 EUR")
    refused(
        BadArgument,
        lambda: desk.propose(
            "ua.manager", "bank.set_aside", amount=eur(1), **{**asked, "donor": "SE", "ref": "A-2"}
        ),
    )


def test_one_donors_money_is_not_set_aside_out_of_a_pool_in_which_nobodys_is_apart(desk: Till) -> None:
    desk.fifo_pool()
    letter = [document("letter", "recall")]

    caught = refused(
        GuardFailed,
        lambda: desk.propose(
            "ua.manager",
            "bank.set_aside",
            ref="A-1",
            donor="SE",
            funding="JOINT",
            amount=eur(5),
            evidence=letter,
        ),
    )

    assert caught.guard == "own_fund"
