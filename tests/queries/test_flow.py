"""A step back takes its amount out of the step forward, in every part of the flow."""

from __future__ import annotations

import pytest
from tests.office import Office, eur

from tranche.queries.flow import flows

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


def test_released_money_is_back_where_it_came_from() -> None:
    office = Office()
    office.allocated(900_000_000)
    office.do(
        "ua.manager",
        "programme.release",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(900_000_000),
        reason="The programme needs none of it.",
    )

    [flow] = flows()

    assert [(link.source, link.target) for link in flow.links] == [
        ("donor:LT", "fund:LT-UA-2024-T1"),
        ("origin:LT:budget", "donor:LT"),
    ]
    assert {node.key: node.idle_minor for node in flow.nodes}["fund:LT-UA-2024-T1"] == 1_000_000_000


def test_part_of_a_release_leaves_the_rest_with_the_programme() -> None:
    office = Office()
    office.allocated(900_000_000)
    office.do(
        "ua.manager",
        "programme.release",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(1),
        reason="One cent too many was allocated.",
    )

    [flow] = flows()

    amounts = {(link.source, link.target): link.amount_minor for link in flow.links}
    assert amounts["fund:LT-UA-2024-T1", "programme:P-1"] == 899_999_999


def test_mechanism_without_money_has_no_flow() -> None:
    Office()

    assert flows() == ()
