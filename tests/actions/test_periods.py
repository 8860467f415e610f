"""A period is closed when books and bank agree, and nothing is booked into it afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.actions.refusing import refused
from tests.office import document
from tests.tampering import guards_off, tamper
from tests.till import Till, held, proved

from tranche.actions.period import prove
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import NotAllowed
from tranche.ledger.close import closes
from tranche.ledger.journal import entries
from tranche.ledger.verify import verify
from tranche.models import BankLine, BankStatement, Decision

T1 = "LT-UA-2024-T1"


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


def next_day(till: Till, days: int = 1) -> date:
    """The day that is over once the night has passed."""
    over = till.today()
    till.tick(timedelta(days=days))
    return over


def closing(till: Till, upto: date) -> object:
    return till.propose("ua.manager", "period.close", upto=upto.isoformat())


@pytest.mark.by_form("period.close")
def test_a_period_is_closed_where_books_and_bank_agree(till: Till) -> None:
    till.paid()
    over = next_day(till)

    outcome = till.do("ua.manager", "period.close", "ua.approver1", upto=over.isoformat())

    assert [row.upto for row in closes("default")] == [over]
    content = bytes(Decision.objects.get(pk=outcome.decision_id).content).decode()
    assert '"books_hold":[{"amount_minor":800000000,"currency":"EUR"}]' in content
    assert '"bank_states":[{"amount_minor":800000000,"currency":"EUR"}]' in content
    late = refused(GuardFailed, lambda: closing(till, over))
    assert late.guard == "after_last_close"
    assert proved()


def test_a_line_that_nobody_booked_holds_the_close_up(desk: Till) -> None:
    desk.received()
    line = desk.bank_line(700, "no reference")
    over = next_day(desk)

    caught = refused(GuardFailed, lambda: closing(desk, over))
    desk.book("bank.park", line=line)
    desk.do("ua.manager", "period.close", "ua.approver1", upto=over.isoformat())

    assert caught.guard == "lines_booked"
    assert caught.why == f"{over.isoformat()} 700 EUR"
    assert proved()


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM period_balance; DELETE FROM period_close",
        "UPDATE period_close SET entry_id_max = entry_id_max - 1",
        "UPDATE period_close SET log_seq = log_seq - 1",
    ],
)
def test_a_closed_period_that_is_changed_beside_the_actions_is_named(desk: Till, edit: str) -> None:
    desk.paid()
    over = next_day(desk)
    desk.do("ua.manager", "period.close", "ua.approver1", upto=over.isoformat())
    assert proved()

    guards_off()
    tamper(edit)

    named = {one.code for one in verify(using="default").differences}
    assert "period_close" in named
    assert named <= {"period", "period_close"}  # an entry may now seem booked after the close


def test_a_cent_apart_is_named(desk: Till) -> None:
    desk.received()
    over = next_day(desk)
    BankLine.objects.update(amount_minor=999_999_999)

    caught = refused(GuardFailed, lambda: closing(desk, over))

    assert (caught.guard, caught.why) == ("bank_agrees", "1 EUR")
    assert prove(over).differences == {"EUR": 1}


def test_statements_reach_the_day_that_is_closed(desk: Till) -> None:
    desk.received()
    desk.tick(timedelta(days=3))
    over = next_day(desk)

    caught = refused(GuardFailed, lambda: closing(desk, over))

    assert caught.guard == "statements_reach"


def test_a_day_that_is_not_over_is_not_closed(desk: Till) -> None:
    desk.received()

    caught = refused(GuardFailed, lambda: closing(desk, desk.today()))

    assert caught.guard == "day_is_over"


def test_what_a_state_pays_first_is_no_money_of_the_mechanism(till: Till) -> None:
    till.unallocated()
    till.advance()
    till.drawn()
    over = next_day(till)

    assert held()["contract:C-ADV:UA-ADV-1:UAH"] == 300_000_000
    till.do("ua.manager", "period.close", "ua.approver1", upto=over.isoformat())

    assert prove(over).held == {"EUR": 1_000_000_000}
    assert proved()


def test_a_booking_of_a_closed_day_is_booked_today(till: Till) -> None:
    till.authorised()
    line = till.bank_line(1_000_000_000, T1)
    till.book("bank.park", line=line)
    over = next_day(till)
    till.do("ua.manager", "period.close", "ua.approver1", upto=over.isoformat())

    till.book("bank.identify", line=line, tranche=T1, evidence=[document("document", "advice")])

    booked = {entry.kind: entry.booked_on for entry in entries(using="default")}
    assert booked["reverse"] == till.today() > over
    assert prove(over).differences == {}
    assert prove(till.today()).differences == {}
    assert proved()


def test_a_line_that_was_identified_in_an_open_period_was_right_all_along(desk: Till) -> None:
    desk.authorised()
    line = desk.bank_line(1_000_000_000, T1)
    desk.book("bank.park", line=line)
    first = next_day(desk)
    desk.book("bank.identify", line=line, tranche=T1, evidence=[document("document", "advice")])

    assert prove(first).differences == {}
    assert prove(first).held == {"EUR": 1_000_000_000}


@pytest.mark.parametrize("who", ["lt.officer", "ua.approver1", "auditor", "operator"])
def test_only_a_fund_manager_closes_a_period(desk: Till, who: str) -> None:
    desk.received()
    over = next_day(desk)

    caught = refused(NotAllowed, lambda: desk.propose(who, "period.close", upto=over.isoformat()))

    assert caught.deny.reason is Denied.NO_ROLE
    assert BankStatement.objects.count() == 1
