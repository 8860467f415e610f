"""Money that changed its currency: every figure is of one currency, and what was converted is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.converted import (
    CAME_BACK,
    FIRST_LOT,
    GIVEN,
    PAID,
    REFUNDED,
    SECOND_LOT,
    tell_in_hryvnia,
)
from tests.ledger import desk
from tests.office import Office, eur
from tests.second import need

from tranche.kernel.chart import Kind, Place
from tranche.kernel.money import Money
from tranche.ledger.balances import now
from tranche.ledger.verify import verify
from tranche.queries.contracts import contract, contracts
from tranche.queries.conversions import conversions
from tranche.queries.flow import flows
from tranche.queries.lots import lot
from tranche.queries.money import figure
from tranche.queries.presenters.overview import total_line
from tranche.queries.priorities import priorities
from tranche.queries.programmes import programme
from tranche.queries.stages import MoneyByStage, all_money, money_of
from tranche.queries.tranches import tranche, tranches

RECEIVED, ALLOCATED, PRICE = 1_000_000_000, 900_000_000, 500_000_000
REST = GIVEN.amount_minor - FIRST_LOT - SECOND_LOT - REFUNDED.amount_minor


@pytest.fixture
def office(sqlite_mechanism: Path) -> Iterator[Office]:
    office = Office()
    tell_in_hryvnia(office)
    yield office
    assert verify().differences == ()


def of(money: tuple[MoneyByStage, ...], currency: str) -> MoneyByStage:
    return next(one for one in money if one.currency == currency)


def test_conversions_are_net_of_what_was_undone(office: Office) -> None:
    held = Place(Kind.TRANCHE, "LT")
    desk.undo(desk.convert("convert", desk.EARMARKED, held, held, Money(50, "EUR"), Money(53, "USD")))

    found = {row.account: (row.out_minor, row.in_minor) for row in conversions()}

    assert found == {
        "contract:C-1:LT-UA-2024-T1:EUR": (0, CAME_BACK.amount_minor),
        "prepaid:C-1:LT-UA-2024-T1:UAH": (REFUNDED.amount_minor, GIVEN.amount_minor),
        "tranche:LT-UA-2024-T1:EUR": (0, 0),
        "tranche:LT-UA-2024-T1:USD": (0, 0),
        "transit:PAY-1:LT-UA-2024-T1:EUR": (PAID.amount_minor, 0),
    }


@pytest.mark.usefixtures("converted")
def test_what_was_received_is_what_every_stage_holds_and_what_was_converted() -> None:
    for money in (all_money(), money_of("LT-UA-2024-T1")):
        euro, hryvnia = of(money, "EUR"), of(money, "UAH")
        assert euro.received_minor == RECEIVED
        assert (euro.converted_out_minor, euro.converted_in_minor) == (
            PAID.amount_minor,
            CAME_BACK.amount_minor,
        )
        assert hryvnia.received_minor == 0
        assert hryvnia.at("accepted") == FIRST_LOT + SECOND_LOT
        assert hryvnia.at("paid") == REST


@pytest.mark.usefixtures("converted")
def test_the_total_line_adds_up_in_every_currency() -> None:
    for money in all_money():
        line = total_line(money)
        brought = sum(figure.amount.amount_minor for _, figure in line.brought)
        assert brought == sum(figure.amount.amount_minor for _, figure in line.parts) > 0


@pytest.mark.usefixtures("converted")
@pytest.mark.parametrize(
    ("name", "currency", "within", "amount"),
    [
        ("received", "EUR", "", RECEIVED),
        ("received", "EUR", "LT-UA-2024", RECEIVED),
        ("received", "UAH", "", 0),
        ("funded", "EUR", "P-1", ALLOCATED),
        ("funded", "UAH", "P-1", 0),
        ("reserved", "EUR", "C-1", PRICE),
        ("delivered", "UAH", "C-1", FIRST_LOT + SECOND_LOT + REST),
        ("accepted", "UAH", "LOT-1", FIRST_LOT),
        ("converted_out", "EUR", "C-1", PAID.amount_minor),
        ("converted_in", "UAH", "", GIVEN.amount_minor),
        ("converted_in", "EUR", "LT-UA-2024-T1", CAME_BACK.amount_minor),
    ],
)
def test_a_figure_is_told_in_the_currency_that_came(
    name: str, currency: str, within: str, amount: int
) -> None:
    # The fee left the fund, so it is in no contract's figure.
    expected = amount - 10_000 if name in ("funded", "reserved") and amount else amount

    assert figure(name, currency, within).amount_minor == expected


@pytest.mark.usefixtures("converted")
def test_a_contract_and_its_lots_say_what_was_paid_in_each_currency() -> None:
    [row] = contracts()

    assert row.paid == (Money(FIRST_LOT + SECOND_LOT + REST, "UAH"),)
    assert row.accepted == (Money(FIRST_LOT + SECOND_LOT, "UAH"),)
    assert [lot.paid for lot in contract("C-1").lots] == [
        (Money(FIRST_LOT, "UAH"),),
        (Money(SECOND_LOT, "UAH"),),
    ]
    found = lot("LOT-1")
    assert (found.trace.currency, found.trace.amount_minor) == ("UAH", FIRST_LOT)


@pytest.mark.usefixtures("converted")
def test_a_programme_is_funded_in_the_currency_that_was_allocated() -> None:
    found = programme("P-1")

    assert of(found.row.money, "EUR").received_minor == ALLOCATED - 10_000
    [funder] = found.funders
    assert (funder.currency, funder.amount_minor, funder.donor_ref) == ("EUR", ALLOCATED - 10_000, "LT")


@pytest.mark.usefixtures("converted")
def test_a_tranche_is_told_in_its_own_currency() -> None:
    [row] = tranches()
    found = tranche("LT-UA-2024-T1", date(2025, 3, 31))

    assert row.received == (Money(RECEIVED, "EUR"),)
    assert sum(minor for _, minor in found.stages) == RECEIVED
    assert found.other_traces == ()


def test_a_need_is_covered_in_the_currency_of_the_money_that_was_allocated(office: Office) -> None:
    office.now += timedelta(minutes=1)
    need(office, "N-1", eur(ALLOCATED))

    [found] = priorities()

    spent = (FIRST_LOT + SECOND_LOT) * PAID.amount_minor // GIVEN.amount_minor
    assert found.covered_minor == ALLOCATED - 10_000
    assert found.accepted_minor == spent


@pytest.mark.usefixtures("converted")
def test_each_currency_has_a_flow_that_balances_at_every_place() -> None:
    found = {flow.currency: flow for flow in flows()}

    assert set(found) == {"EUR", "UAH"}
    for flow in found.values():
        for node in flow.nodes:
            came = sum(link.amount_minor for link in flow.links if link.target == node.key)
            went = sum(link.amount_minor for link in flow.links if link.source == node.key)
            if node.layer in (1, 2, 3, 4):
                assert came == went + node.idle_minor, node.key
    links = {(link.source, link.target): link.amount_minor for link in found["UAH"].links}
    assert links["converted:in", "contract:C-1"] == GIVEN.amount_minor
    assert links["contract:C-1", "end:converted_out"] == REFUNDED.amount_minor
    idle = {node.key: node.idle_minor for node in found["UAH"].nodes}
    assert idle["contract:C-1"] == now("prepaid:C-1:LT-UA-2024-T1:UAH") == REST
