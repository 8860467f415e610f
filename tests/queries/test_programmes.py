"""Programmes, contracts and lots: shares are exact, and each figure is the sum of its accounts."""

from __future__ import annotations

import pytest
from tests.office import DONORS
from tests.story import POOLED_LOT, POOLED_LOT_MINOR

from tranche.kernel.money import Money, nested_shares
from tranche.queries.agreements import agreement, agreements
from tranche.queries.contracts import contract, contracts
from tranche.queries.lots import lot
from tranche.queries.programmes import programme, programmes
from tranche.queries.records import NotFound

pytestmark = pytest.mark.usefixtures("told")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_funders_of_a_pooled_programme_share_in_the_pools_proportion() -> None:
    found = programme("P-DK")

    shares = nested_shares([amount for _, amount in DONORS], 20_000_000_000)
    assert [(row.donor_ref, row.amount_minor) for row in found.funders] == list(
        zip([donor for donor, _ in DONORS], shares, strict=True)
    )
    assert sum(row.amount_minor for row in found.funders) == found.row.money[0].received_minor


def test_funder_of_an_earmarked_programme_is_the_tranches_donor() -> None:
    [funder] = programme("P-1").funders

    assert (funder.donor_ref, funder.fund, funder.amount_minor) == ("LT", "LT-UA-2024-T1", 900_000_000)


def test_programme_counts_what_its_contracts_and_lots_hold() -> None:
    rows = {row.ref: row.money[0] for row in programmes()}

    assert rows["P-DK"].received_minor == 20_000_000_000
    assert rows["P-DK"].at("accepted") == POOLED_LOT_MINOR


def test_contract_lists_which_payment_settles_which_milestone() -> None:
    found = contract("C-DK")

    [milestone] = found.milestones
    [payment] = found.payments
    assert (payment.milestone_ref, payment.state) == (milestone.ref, "settled")
    assert milestone.settled_minor == milestone.amount_minor == 2_000_000_000
    assert [kind for _, kind in payment.entries] == ["order", "settle"]
    assert sum(stage.amount_minor for stage in found.money[0].stages) == found.row.price_minor


def test_contracts_say_what_was_paid_and_accepted() -> None:
    rows = {row.ref: row for row in contracts()}

    assert (rows["C-1"].paid, rows["C-1"].accepted) == ((eur(200_000_000),), (eur(150_000_000),))
    assert rows["C-DK"].is_pooled
    assert not rows["C-1"].is_pooled
    assert [row.ref for row in contracts(programme="P-1")] == ["C-1"]


def test_lot_of_a_pool_names_four_sources_that_add_up_exactly() -> None:
    found = lot(POOLED_LOT)

    assert [share.donor for share in found.trace.shares] == [donor for donor, _ in DONORS]
    assert sum(share.amount_minor for share in found.trace.shares) == POOLED_LOT_MINOR
    assert found.row.paid == (eur(POOLED_LOT_MINOR),)
    assert found.origins["EU:windfall"] == "EU windfall"


def test_rejected_lot_was_paid_by_nobody() -> None:
    found = lot("LOT-2")

    assert (found.row.state, found.row.deviation) == ("rejected", "damaged")
    assert found.trace.shares == ()


def test_agreement_counts_its_tranches_or_its_pool() -> None:
    earmarked, pooled = agreement("LT-UA-2024"), agreement("DK-UA-2024")

    assert earmarked.money[0].received_minor == 1_000_000_000
    assert pooled.money[0].received_minor == sum(amount for _, amount in DONORS)
    assert [party for party, role in pooled.parties if role == "donor"] == [
        f"Party {donor}" for donor, _ in DONORS
    ]
    assert [claim.ref for claim in earmarked.claims] == ["DOC-1-C1"]
    assert [row.tranches for row in agreements()] == [4, 1]


@pytest.mark.parametrize("read", [programme, contract, lot, agreement])
def test_unknown_reference_is_not_found(read: object) -> None:
    assert callable(read)

    with pytest.raises(NotFound):
        read("NOWHERE-1")
