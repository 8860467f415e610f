"""A need is covered by programmes of its category, and money covers one need only."""

from __future__ import annotations

import pytest
from tests.office import Office, document, eur

from tranche.queries.priorities import priorities


@pytest.mark.usefixtures("told")
def test_need_is_covered_by_what_its_category_was_allocated() -> None:
    ammunition, production = priorities()

    assert (ammunition.category, ammunition.covered_minor, ammunition.gap_minor) == (
        "ammunition",
        0,
        10_000_000,
    )
    assert production.covered_minor == 20_900_000_000
    assert production.accepted_minor == 150_000_000 + 1_000_000_003
    assert production.gap_minor == 30_000_000_000 - 20_900_000_000


@pytest.mark.usefixtures("sqlite_mechanism")
def test_money_covers_the_first_need_and_what_is_left_the_next() -> None:
    office = Office()
    office.allocated(900_000_000)
    for ref, need in (("N-1", 600_000_000), ("N-2", 500_000_000)):
        office.do(
            "ua.manager",
            "priority.set",
            "ua.approver1",
            ref=ref,
            holder="UA-MOD",
            year=2025,
            category="production",
            title=ref,
            amount=eur(need),
            evidence=[document("document", ref)],
        )

    first, second = priorities()

    assert (first.covered_minor, second.covered_minor) == (600_000_000, 300_000_000)
    assert (first.gap_minor, second.gap_minor) == (0, 200_000_000)
