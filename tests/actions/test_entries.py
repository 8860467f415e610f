"""An entry is reversed where nothing else takes it back, whole and once, and its bank line is free again."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import document, eur
from tests.till import Till, held, proved, state

from tranche.actions.entry import UNDONE_BY
from tranche.actions.registry import names
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import ReasonWanted, UnknownReference
from tranche.ledger.journal import entries
from tranche.models import LineMatch
from tranche.queries.presenters.guards import guard_sentence

T1 = "LT-UA-2024-T1"
WHY = "The line was money of another tranche."


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


def number(kind: str) -> int:
    return next(entry.id for entry in entries(using="default") if entry.kind == kind)


def reversing(till: Till, entry: int, **more: Any) -> object:
    return till.propose("ua.manager", "entry.reverse", entry=entry, reason=WHY, **more)


def test_a_reversed_receipt_frees_its_line_for_what_it_was(till: Till) -> None:
    till.authorised()
    line = till.bank_line(400)
    till.book("tranche.confirm_receipt", tranche=T1, line=line)

    till.book("entry.reverse", entry=number("receive"), reason=WHY)
    assert held() == {}
    till.book("bank.park", line=line, origin="SE:budget")

    assert held() == {"origin:SE:budget:EUR": -400, "unassigned:SE:EUR": 400}
    assert [row.released_seq is None for row in LineMatch.objects.order_by("log_seq")] == [False, True]
    assert state(T1) == "received"
    assert proved()


def test_what_one_decision_posted_is_reversed_together(till: Till) -> None:
    till.danish_pool()
    last = entries(using="default")[0]
    assert last.kind == "assign"

    till.do("ua.manager", "entry.reverse", *BIG, entry=last.id - 1, reason=WHY)

    assert "pool:DK-UA-2024-POOL/EU:EUR" not in held()
    assert "tranche:DK-UA-2024-T4:EUR" not in held()
    assert proved()


BIG = ("dk.approver1", "ua.approver1", "dk.approver2", "ua.approver2")


@pytest.mark.by_form("bank.book_fee", "bank.book_interest", "entry.reverse")
def test_fees_interest_conversions_and_losses_are_reversed(till: Till) -> None:
    till.paid()
    before = held()
    till.book("bank.book_fee", line=till.bank_line(-12), funding=T1)
    till.book("bank.book_interest", line=till.bank_line(30), funding=T1)
    pair = {"line": till.bank_line(-400), "line_in": till.bank_line(421, currency="USD")}
    till.book("bank.convert", funding=T1, **pair)
    for kind in ("convert", "receive", "fee"):
        who = ("lt.approver", "ua.approver1") if kind == "convert" else ("ua.approver1",)
        till.do("ua.manager", "entry.reverse", *who, entry=number(kind), reason=WHY)

    assert held() == before
    assert LineMatch.objects.filter(released_seq=None).count() == 2
    assert proved()


@pytest.mark.parametrize(
    ("kind", "better"),
    [("allocate", "programme.release"), ("reserve", "contract.release"), ("settle", "payment.bounce")],
)
def test_the_right_action_is_named_where_there_is_one(desk: Till, kind: str, better: str) -> None:
    desk.paid()

    caught = refused(GuardFailed, lambda: reversing(desk, number(kind)))

    assert (caught.guard, caught.why) == ("undone_by", better)
    said, _after, _field = guard_sentence(caught.guard, caught.why)
    assert better not in said


def test_an_acceptance_is_not_taken_back_alone(desk: Till) -> None:
    desk.paid()
    desk.lot("LOT-1", 150_000_000)
    desk.accept("LOT-1")

    caught = refused(GuardFailed, lambda: reversing(desk, number("accept")))

    assert caught.guard == "belongs_to_record"


def test_an_entry_is_reversed_once_and_a_reversal_never(desk: Till) -> None:
    desk.authorised()
    desk.book("tranche.confirm_receipt", tranche=T1, line=desk.bank_line(400))
    entry = number("receive")
    desk.book("entry.reverse", entry=entry, reason=WHY)

    again = refused(GuardFailed, lambda: reversing(desk, entry))
    mirror = refused(GuardFailed, lambda: reversing(desk, number("reverse")))

    assert (again.guard, mirror.guard) == ("not_reversed", "not_reversed")


def test_money_that_has_moved_on_is_not_reversed(desk: Till) -> None:
    desk.allocated()

    caught = refused(GuardFailed, lambda: reversing(desk, number("receive")))

    assert (caught.guard, caught.why) == ("enough", "900000000 EUR")


def test_a_reversal_has_a_reason_and_an_entry_that_is_there(desk: Till) -> None:
    refused(UnknownReference, lambda: reversing(desk, 999))
    refused(ReasonWanted, lambda: desk.propose("ua.manager", "entry.reverse", entry=1))


def test_money_set_aside_that_nobody_took_is_back(desk: Till) -> None:
    desk.unallocated()
    letter = [document("letter")]
    desk.book("bank.set_aside", ref="ASIDE-1", donor="LT", funding=T1, amount=eur(300), evidence=letter)

    desk.book("entry.reverse", entry=number("recall"), reason=WHY)

    assert held()[f"tranche:{T1}:EUR"] == 1_000_000_000
    assert proved()


def test_every_action_that_is_named_as_the_better_one_is_real() -> None:
    assert {name for pair in UNDONE_BY.items() for name in pair if name} <= names()
