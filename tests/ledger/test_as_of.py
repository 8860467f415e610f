"""Looking back: by log entry, by booking date, by value date; and what is closed does not change."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import pytest
from tests.ledger import desk

from tranche.kernel.chart import Fund, Kind
from tranche.kernel.journal import EntryDraft, Line
from tranche.ledger import journal
from tranche.ledger.balances import TODAY, AsOf, balances, now
from tranche.ledger.post import post_many
from tranche.ledger.statement import Order, statement, whole_statement

pytestmark = pytest.mark.usefixtures("mechanism")

T1 = Fund("LT-UA-2024-T1")
ORIGIN = desk.spec(Kind.ORIGIN, "LT:budget")
TRANCHE = desk.spec(Kind.TRANCHE, "LT", T1)
PROGRAMME = desk.spec(Kind.PROGRAMME, "P-1", T1)
FIRST = date(2024, 12, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def post(kind: str, line: Line, booked: int, valued: int | None = None) -> int:
    draft = EntryDraft(kind, (line,), day(booked), None if valued is None else day(valued))
    return desk.logged(lambda write: post_many([draft], write=write))


def random_posts(rng: random.Random, count: int, earliest: int = 0) -> None:
    held = now(TRANCHE.code) if balances(codes=[TRANCHE.code]) else 0
    for _ in range(count):
        booked = rng.randint(earliest, 30)
        valued = rng.choice([None, rng.randint(0, 30)])
        amount = rng.randint(1, 50)
        if held < amount or rng.random() < 0.6:
            post("receive", Line(ORIGIN, TRANCHE, amount), booked, valued)
            held += amount
        else:
            post("allocate", Line(TRANCHE, PROGRAMME, amount), booked, valued)
            held -= amount


def by_hand(when: AsOf) -> dict[str, tuple[int, int]]:
    """The same from every entry, added up line by line."""
    found: dict[str, list[int]] = {}
    for entry in journal.entries():
        counted = entry.value_on or entry.booked_on
        if when.log_seq is not None and entry.log_seq > when.log_seq:
            continue
        if when.booked_on is not None and entry.booked_on > when.booked_on:
            continue
        if when.valued_on is not None and counted > when.valued_on:
            continue
        for movement in entry.movements:
            found.setdefault(movement.source, [0, 0])[1] += movement.amount_minor
            found.setdefault(movement.target, [0, 0])[0] += movement.amount_minor
    return {code: (came, went) for code, (came, went) in found.items()}


def seen(when: AsOf) -> dict[str, tuple[int, int]]:
    rows = balances(when=when)
    return {row.code: (row.in_total, row.out_total) for row in rows if row.in_total or row.out_total}


def moments() -> list[AsOf]:
    last = journal.entries(limit=1)[0].log_seq
    return [
        TODAY,
        *(AsOf(log_seq=seq) for seq in range(-1, last + 2, 3)),
        *(AsOf(booked_on=day(n)) for n in range(-1, 32, 3)),
        *(AsOf(valued_on=day(n)) for n in range(-1, 32, 3)),
        *(AsOf(log_seq=last // 2, booked_on=day(n)) for n in range(0, 32, 6)),
        *(AsOf(log_seq=last // 3, valued_on=day(n)) for n in range(0, 32, 6)),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_moment_is_what_its_entries_add_up_to(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible test data
    random_posts(rng, 40)
    for when in moments():
        assert seen(when) == by_hand(when)

    for upto in (4, 11):
        desk.close_until(day(upto))
        random_posts(rng, 15, earliest=upto + 1)
        for when in moments():
            assert seen(when) == by_hand(when)


def report(upto: date) -> str:
    """What a closed period says, as bytes."""
    rows = [
        [row.code, row.in_total, row.out_total] for row in balances(when=AsOf(booked_on=upto)) if row.in_total
    ]
    lines = [
        [str(line.booked_on), line.amount_minor, line.balance_minor]
        for line in statement(TRANCHE.code, limit=1000, when=AsOf(booked_on=upto), order=Order.BOOKED)
    ]
    return json.dumps([rows, lines])


def test_the_report_of_a_closed_period_does_not_change() -> None:
    rng = random.Random(3)  # noqa: S311 - as above
    random_posts(rng, 30)
    desk.close_until(day(15))
    before = report(day(15))

    random_posts(rng, 20, earliest=16)
    desk.close_until(day(20))
    random_posts(rng, 10, earliest=21)

    assert report(day(15)) == before


def test_a_statement_runs_in_the_order_that_is_asked() -> None:
    post("receive", Line(ORIGIN, TRANCHE, 100), booked=5, valued=9)
    post("receive", Line(ORIGIN, TRANCHE, 40), booked=2)
    post("allocate", Line(TRANCHE, PROGRAMME, 30), booked=5, valued=1)

    def rows(order: Order) -> list[tuple[int, int]]:
        return [(line.amount_minor, line.balance_minor) for line in statement(TRANCHE.code, order=order)]

    assert rows(Order.RECORDED) == [(100, 100), (40, 140), (-30, 110)]
    assert rows(Order.BOOKED) == [(40, 40), (100, 140), (-30, 110)]
    assert rows(Order.VALUED) == [(-30, -30), (40, 10), (100, 110)]


def test_a_statement_ends_where_it_is_asked_to() -> None:
    first = post("receive", Line(ORIGIN, TRANCHE, 100), booked=5)
    post("receive", Line(ORIGIN, TRANCHE, 40), booked=2)

    assert [line.amount_minor for line in statement(TRANCHE.code, when=AsOf(log_seq=first))] == [100]
    assert [line.amount_minor for line in statement(TRANCHE.code, when=AsOf(booked_on=day(3)))] == [40]
    assert [line.balance_minor for line in statement(TRANCHE.code, first=1)] == [140]


def test_a_whole_statement_is_read_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tranche.ledger.statement.PAGE", 2)
    for amount in range(1, 6):
        post("receive", Line(ORIGIN, TRANCHE, amount), booked=1)

    assert [line.amount_minor for line in whole_statement(TRANCHE.code)] == [1, 2, 3, 4, 5]


def test_the_balance_of_one_account_is_the_difference_of_its_ends() -> None:
    post("receive", Line(ORIGIN, TRANCHE, 100), booked=5)
    post("allocate", Line(TRANCHE, PROGRAMME, 30), booked=5)

    assert (now(TRANCHE.code), now(ORIGIN.code)) == (70, -100)
    with pytest.raises(LookupError):
        now("tranche:NOBODY:EUR")
