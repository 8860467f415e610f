"""Fees, interest and conversions: each bank line once, out of one place, in the bank's own numbers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import DONORS
from tests.till import Till, held, proved

from tranche.actions.pots import SHAPES
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import BadArgument
from tranche.models import LineMatch, Origin
from tranche.queries.trace import trace_from

T1 = "LT-UA-2024-T1"
POOL = "DK-UA-2024-POOL"


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


@pytest.mark.parametrize(
    ("place", "left"),
    [
        ({"funding": T1}, {f"tranche:{T1}:EUR": 99_999_988}),
        ({"funding": T1, "programme": "P-1"}, {f"programme:P-1:{T1}:EUR": 399_999_988}),
        ({"contract": "C-1"}, {f"contract:C-1:{T1}:EUR": 499_999_988}),
    ],
)
def test_a_fee_is_charged_where_the_money_lies(
    desk: Till, place: dict[str, str], left: dict[str, int]
) -> None:
    desk.contracted()

    desk.book("bank.book_fee", line=desk.bank_line(-12, "charges"), **place)

    assert held()[f"fee:NBUAUAUX:{T1}:EUR"] == 12
    assert {code: held()[code] for code in left} == left
    assert trace_from(T1).uses[0].kind == "fee"
    assert proved()


def test_a_fee_on_unassigned_money_and_on_a_pool(till: Till) -> None:
    till.danish_pool()
    till.book("bank.park", line=till.bank_line(1_000), origin="LT:budget")

    till.book("bank.book_fee", line=till.bank_line(-7), donor="LT")
    till.book("bank.book_fee", line=till.bank_line(-1_000), funding=POOL)

    assert (held()["unassigned:LT:EUR"], held()["fee:NBUAUAUX:-:EUR"]) == (993, 7)
    shares = {donor: held().get(f"fee:NBUAUAUX:{POOL}/{donor}:EUR", 0) for donor, _ in DONORS}
    assert shares == {"DK": 232, "SE": 38, "IS": 5, "EU": 725}
    assert proved()


def test_interest_has_an_origin_of_its_own_and_is_nothing_that_was_promised(till: Till) -> None:
    till.unallocated()

    till.book("bank.book_interest", line=till.bank_line(250), funding=T1)

    assert held()["origin:UA-MOD:interest:EUR"] == -250
    assert held()[f"tranche:{T1}:EUR"] == 1_000_000_250
    assert Origin.objects.get(ref="UA-MOD:interest").kind == "interest"
    till.book("tranche.confirm_receipt", tranche=T1, line=till.bank_line(5))
    assert held()["unassigned:LT:EUR"] == 5  # nothing more was promised
    assert proved()


def test_interest_of_a_pool_follows_what_each_donor_put_in(till: Till) -> None:
    till.danish_pool()

    till.book("bank.book_interest", line=till.bank_line(1_000), funding=POOL)

    before = dict(DONORS)
    got = {donor: held()[f"pool:{POOL}/{donor}:EUR"] - before[donor] for donor in before}
    assert got == {"DK": 232, "SE": 38, "IS": 5, "EU": 725}
    assert proved()


def test_one_currency_for_another_is_booked_by_both_lines_at_once(till: Till) -> None:
    till.unallocated()
    out, into = till.bank_line(-400_000), till.bank_line(421_200, currency="USD")

    till.book("bank.convert", line=out, line_in=into, funding=T1)

    assert held() == {
        "origin:LT:budget:EUR": -1_000_000_000,
        f"tranche:{T1}:EUR": 999_600_000,
        "fx:EUR": 400_000,
        f"tranche:{T1}:USD": 421_200,
        "fx:USD": -421_200,
    }
    assert LineMatch.objects.filter(target_kind="convert", released_seq=None).count() == 2
    usd = {"amount_minor": 421_200, "currency": "USD"}
    till.do(
        "ua.manager",
        "programme.allocate",
        "lt.approver",
        "ua.approver1",
        programme="P-1",
        funding=T1,
        amount=usd,
    )
    assert held()[f"programme:P-1:{T1}:USD"] == 421_200
    assert proved()


def test_a_pool_is_converted_share_by_share(till: Till) -> None:
    till.danish_pool()
    out, into = till.bank_line(-1_000_000), till.bank_line(46_330_000, currency="UAH")

    till.book("bank.convert", line=out, line_in=into, funding=POOL)

    got = [held()[f"pool:{POOL}/{donor}:UAH"] for donor, _ in DONORS]
    assert sum(got) == 46_330_000
    assert held()["fx:EUR"] == 1_000_000
    assert proved()


def test_unassigned_money_is_converted(desk: Till) -> None:
    desk.book("bank.park", line=desk.bank_line(1_000), origin="LT:budget")

    desk.book(
        "bank.convert",
        line=desk.bank_line(-1_000),
        line_in=desk.bank_line(46_330, currency="UAH"),
        donor="LT",
    )

    assert held()["unassigned:LT:UAH"] == 46_330
    assert proved()


@pytest.mark.parametrize(
    ("action", "line", "more", "guard"),
    [
        ("bank.book_fee", (5, "EUR"), {"funding": T1}, "line_is_debit"),
        ("bank.book_fee", (-1_000_000_001, "EUR"), {"funding": T1}, "enough"),
        ("bank.book_fee", (-5, "UAH"), {"funding": T1}, "enough"),
        ("bank.convert", (-5, "EUR"), {"funding": T1, "line_in": (5, "EUR")}, "two_currencies"),
        ("bank.convert", (-5, "EUR"), {"funding": T1, "line_in": (-5, "UAH")}, "line_in_is_credit"),
        ("bank.convert", (-1_000_000_001, "EUR"), {"funding": T1, "line_in": (5, "UAH")}, "enough"),
    ],
)
def test_a_line_that_does_not_fit_is_refused(
    desk: Till, action: str, line: tuple[int, str], more: dict[str, Any], guard: str
) -> None:
    desk.unallocated()
    given = {
        name: desk.bank_line(v[0], currency=v[1]) if name == "line_in" else v for name, v in more.items()
    }
    asked = desk.bank_line(line[0], currency=line[1])

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", action, line=asked, **given))

    assert caught.guard == guard


def test_interest_of_a_pool_without_money_is_refused(desk: Till) -> None:
    desk.fifo_pool(())
    line = desk.bank_line(5)

    caught = refused(
        GuardFailed, lambda: desk.propose("ua.manager", "bank.book_interest", line=line, funding="JOINT")
    )

    assert caught.guard == "money_received"


@pytest.mark.parametrize(
    "place", [{}, {"programme": "P-1"}, {"donor": "LT", "funding": T1}, {"contract": "C-1", "funding": T1}]
)
def test_a_place_is_named_in_one_way_only(desk: Till, place: dict[str, str]) -> None:
    desk.contracted()
    line = desk.bank_line(-5)

    caught = refused(BadArgument, lambda: desk.propose("ua.manager", "bank.book_fee", line=line, **place))

    assert frozenset(place) not in SHAPES
    assert caught.code == "pot"


def test_the_second_line_is_booked_once_too(desk: Till) -> None:
    desk.unallocated()
    into = desk.bank_line(421_200, currency="USD")
    desk.book("bank.convert", line=desk.bank_line(-400_000), line_in=into, funding=T1)
    out = desk.bank_line(-100)

    caught = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "bank.convert", line=out, line_in=into, funding=T1),
    )

    assert caught.guard == "line_in_free"


def test_euros_of_a_tranche_are_not_spent_as_dollars(desk: Till) -> None:
    desk.unallocated()
    desk.book(
        "bank.convert",
        line=desk.bank_line(-400_000),
        line_in=desk.bank_line(421_200, currency="USD"),
        funding=T1,
    )
    usd = {"amount_minor": 421_201, "currency": "USD"}
    asked: dict[str, Any] = {"programme": "P-1", "funding": T1, "amount": usd}

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", "programme.allocate", **asked))

    assert (caught.guard, caught.why) == ("enough", "1 USD")
