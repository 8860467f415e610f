"""Nothing forbidden happens in the small world, and every guard that is taken away lets something happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.model import world
from tests.model.search import search
from tests.model.things import Given, Paper, World

from tranche.kernel import approval, policy
from tranche.kernel.approval import NOTHING_BEFORE, Ready
from tranche.kernel.policy import CONFLICTS, Deed, Grant

DEPTH = 4
"""How deep every run looks; `make model` goes to seven."""

Patch = tuple[Any, str, Any]


def test_nothing_forbidden_happens() -> None:
    found = search(DEPTH + 1)

    assert found.why == "", found.path
    assert found.releases > 100
    assert found.states > 20_000


def _unseen(inner: Callable[..., Any]) -> Callable[..., Any]:
    """The same check for a paper on which one thing is as it was."""

    def changed(at: World, paper: Paper) -> bool:
        return bool(inner(at, paper._replace(seen=world.seen(at, paper.payment))))

    return changed


def _without(*pairs: tuple[Deed, Deed]) -> frozenset[Any]:
    gone = {*pairs, *((b, a) for a, b in pairs)}
    return frozenset(row for row in CONFLICTS if (row[0], row[1]) not in gone)


CHANGED, VIEWS = world.changed, world.views


def _unrevoked(given: Given) -> Given:
    return given._replace(revoked=False)


GUARDS: dict[str, tuple[Patch, ...]] = {
    "the quorum": ((approval, "evaluate", lambda quorum, views: Ready()),),
    "an approver is entitled": ((world, "stands", lambda at, paper, given: True),),
    "a grant ends": ((Grant, "valid", lambda self, now: True),),
    "the proposer does not approve": (
        (policy, "CONFLICTS", _without((Deed.PROPOSED, Deed.APPROVED))),
        (world, "proposers_of", lambda paper: frozenset()),
    ),
    "an editor does not approve": ((policy, "CONFLICTS", _without((Deed.PROPOSED, Deed.APPROVED))),),
    "an approver does not pay": ((world, "approved_by", lambda paper, payer: False),),
    "what was seen is what is": ((world, "changed", _unseen(CHANGED)),),
    "the policy is the one that was": (
        (world, "changed", lambda at, paper: CHANGED(at, paper._replace(policy=at.policy))),
    ),
    "time runs out": ((world, "changed", lambda at, paper: CHANGED(at, paper._replace(expires=99))),),
    "a hold": ((world, "stopped", lambda at, payment: None),),
    "what adds up": ((world, "window", lambda at, number: NOTHING_BEFORE),),
    "the proposer still holds the role": ((world, "proposer_stands", lambda at, paper, around: True),),
}
"""Each guard, and how it is taken away."""

DEEPER = {
    "a grant ends": 5,
    "an editor does not approve": 5,
    "the proposer does not approve": 5,
    "the proposer still holds the role": 5,
    "time runs out": 5,
    "what adds up": 7,
}


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_every_guard_bites(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for where, what, instead in GUARDS[name]:
        monkeypatch.setattr(where, what, instead)

    found = search(DEEPER.get(name, DEPTH))

    assert found.why, f"{name}: {found.states} states and nothing forbidden"
