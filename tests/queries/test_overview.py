"""The overview adds up: what was received is what every stage holds, at every place of the flow."""

from __future__ import annotations

import pytest

from tranche.queries.overview import overview

pytestmark = pytest.mark.usefixtures("told")

RECEIVED = 1_000_000_000 + 53_770_000_000


def test_agreed_is_a_figure_of_the_register() -> None:
    [promise] = overview().promises

    assert (promise.currency, promise.announced_minor, promise.agreed_minor) == ("EUR", 0, RECEIVED)


def test_stages_add_up_to_what_was_received() -> None:
    [money] = overview().money

    assert money.received_minor == RECEIVED
    assert money.at("accepted") == 150_000_000 + 1_000_000_003
    assert money.at("paid") == 50_000_000 + 999_999_997
    assert money.at("returned") == 0


def test_money_in_is_money_out_and_idle_at_every_place() -> None:
    [flow] = overview().flows

    for node in flow.nodes:
        came = sum(link.amount_minor for link in flow.links if link.target == node.key)
        went = sum(link.amount_minor for link in flow.links if link.source == node.key)
        if node.kind not in ("origin", "lot"):
            assert came == went + node.idle_minor, node.key


def test_every_link_leads_to_a_later_layer() -> None:
    [flow] = overview().flows
    layer = {node.key: node.layer for node in flow.nodes}

    assert all(layer[link.source] < layer[link.target] for link in flow.links)


def test_pool_takes_its_money_from_its_donors_and_an_earmarked_tranche_stands_alone() -> None:
    [flow] = overview().flows

    into_pool = {link.source for link in flow.links if link.target == "fund:DK-UA-2024-POOL"}
    assert into_pool == {"donor:DK", "donor:SE", "donor:IS", "donor:EU"}
    assert ("donor:LT", "fund:LT-UA-2024-T1") in {(link.source, link.target) for link in flow.links}
    assert {node.ref for node in flow.nodes if node.is_pool} == {"DK-UA-2024-POOL"}


def test_origin_is_never_the_donor() -> None:
    [flow] = overview().flows

    assert ("origin:EU:windfall", "donor:EU") in {(link.source, link.target) for link in flow.links}
