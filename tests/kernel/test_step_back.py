"""Stepping back: what stands after it, and that nothing is regained more cheaply than it was won."""

from __future__ import annotations

import pytest

from tranche.kernel.lifecycle import NoSuchTransition, QuorumKey, Role, Tag
from tranche.kernel.step_back import Step, back_row, back_rows, standing_steps
from tranche.kernel.transitions import BACK, END_STATES, TABLE

ORDER = [QuorumKey.Q0, QuorumKey.Q1, QuorumKey.QA, QuorumKey.QJ, QuorumKey.QE]


def test_a_step_that_was_taken_back_stands_no_more_and_those_before_it_do() -> None:
    made = Step(1, "lot.record", "", "made", None)
    over = Step(2, "lot.hand_over", "made", "handed_over", None)
    accepted = Step(3, "lot.accept", "handed_over", "accepted", None)
    back = Step(4, "lot.step_back", "accepted", "handed_over", 3)
    further = Step(5, "lot.step_back", "handed_over", "made", 2)

    assert standing_steps([made, over, accepted]) == (made, over, accepted)
    assert standing_steps([made, over, accepted, back]) == (made, over)
    assert standing_steps([made, over, accepted, back, further]) == (made,)


@pytest.mark.parametrize("back", BACK, ids=lambda row: f"{row.action} {row.source}>{row.target}")
def test_nothing_is_regained_more_cheaply_than_it_was_won(back: object) -> None:
    assert back in BACK
    row = next(row for row in BACK if row is back)
    undone = [f for f in TABLE if (f.kind, f.source, f.target) == (row.kind, row.target, row.source)]
    won = [f for f in TABLE if f.kind == row.kind and f.target == row.target]

    assert min(ORDER.index(f.quorum) for f in undone) <= ORDER.index(row.quorum)
    assert min(ORDER.index(f.quorum) for f in won) <= ORDER.index(row.quorum)
    for tag in (Tag.MOVES_MONEY, Tag.GRANTS_AUTHORITY, Tag.PUBLISHES):
        if all(tag in f.tags for f in won):
            assert tag in row.tags


def test_a_retired_account_and_a_withdrawn_tranche_come_back_at_the_price_of_both_steps() -> None:
    account = back_row(TABLE, "payee", "payee.retire", "active", "retired", "payee.activate")
    tranche = back_row(TABLE, "tranche", "tranche.withdraw", "authorised", "withdrawn", "tranche.authorise")

    assert (account.quorum, account.tags) == (QuorumKey.Q1, frozenset({Tag.GRANTS_AUTHORITY}))
    assert (tranche.quorum, tranche.tags) == (QuorumKey.QJ, frozenset({Tag.GRANTS_AUTHORITY}))


def test_whoever_may_do_the_step_or_the_next_one_may_take_it_back() -> None:
    row = back_row(TABLE, "milestone", "milestone.claim", "planned", "claimed", "milestone.plan")

    assert row.roles == {Role.FUND_MANAGER, Role.INSPECTOR}


def test_a_step_that_the_table_lacks_is_not_taken_back() -> None:
    with pytest.raises(NoSuchTransition):
        back_row(TABLE, "lot", "lot.accept", "made", "accepted", "lot.record")


def test_every_state_but_first_ones_has_a_way_back() -> None:
    reached = {(row.kind, row.target) for row in TABLE if row.source and row.source != row.target}

    assert {(row.kind, row.source) for row in back_rows(TABLE)} == reached
    assert END_STATES - {("priority", "set"), ("step", "todo")} <= reached
