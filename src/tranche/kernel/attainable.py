"""Whether the people there are could complete an action at all, each as somebody else where it must be so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from tranche.kernel.approval import Quorum, Slot, quorum_for
from tranche.kernel.lifecycle import Role, Transition
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor, Grant, Policy, Situation, covers, reaches

Standing = frozenset[str]
"""Whom one candidate counts as: himself and, under a lent grant, its lender."""


class Lack(NamedTuple):
    """Who is missing: to propose, to approve, to carry out, or one more person beside those there are."""

    part: str
    roles: frozenset[Role]
    parties: frozenset[str]
    wanted: int
    there: int


def lacking(
    row: Transition,
    roster: Sequence[Actor],
    situation: Situation,
    amount: Money | None,
    policy: Policy,
    now: datetime,
) -> Lack | None:
    """What stands in the way whoever proposes; None where the action can be completed."""
    owner = frozenset({situation.owner} - {""})
    found = Lack("proposer", row.roles, owner, 1, 0)
    executors = None
    if row.executor is not None:
        executors = _reaching(roster, frozenset({row.executor}), row.kind, situation, now)
        if not executors:
            return Lack("executor", frozenset({row.executor}), owner, 1, 0)
    for role in sorted(row.roles):
        proposers = _reaching(roster, frozenset({role}), row.kind, situation, now)
        if not proposers:
            continue
        quorum = quorum_for(row.quorum, role, amount, situation, policy)
        lack = _lack_of(quorum, proposers, executors, roster, situation, now)
        if lack is None:
            return None
        found = lack
    return found


def _lack_of(
    quorum: Quorum,
    proposers: Sequence[Standing],
    executors: Sequence[Standing] | None,
    roster: Sequence[Actor],
    situation: Situation,
    now: datetime,
) -> Lack | None:
    filling = [_filling(roster, slot, situation, now) for slot in quorum.slots]
    for slot, candidates in zip(quorum.slots, filling, strict=True):
        there = len(frozenset(candidates))
        if there < slot.wanted:
            return Lack("approver", slot.roles, slot.parties, slot.wanted, there)
    pairs = zip(quorum.slots, filling, strict=True)
    approving = [candidates for slot, candidates in pairs for _seat in range(slot.wanted)]
    for executor in executors if executors is not None else [frozenset[str]()]:
        free = [[one for one in candidates if not one & executor] for candidates in approving]
        if can_be_seated([proposers, *free]):
            return None
    roles = frozenset[Role]().union(*(slot.roles for slot in quorum.slots))
    parties = frozenset[str]().union(*(slot.parties for slot in quorum.slots))
    return Lack("distinct", roles, parties, quorum.approvals, quorum.approvals - 1)


def can_be_seated(seats: Sequence[Sequence[Standing]]) -> bool:
    """Whether every seat gets a candidate of its own, none of whom counts as another.

    The seat with the fewest candidates goes first. A handful of seats with many candidates each can always be
    filled, so the search ends soon either way.
    """
    return _seat(sorted((sorted(set(seat), key=sorted) for seat in seats), key=len), frozenset())


def _seat(seats: Sequence[Sequence[Standing]], taken: Standing) -> bool:
    if not seats:
        return True
    first, *rest = seats
    return any(_seat(rest, taken | one) for one in first if not one & taken)


def _reaching(
    roster: Sequence[Actor], roles: frozenset[Role], family: str, situation: Situation, now: datetime
) -> list[Standing]:
    return [
        actor.stands_for(grant)
        for actor, grant in _holding(roster, roles, situation, now)
        if reaches(grant, family, situation, actor.person)
    ]


def _filling(roster: Sequence[Actor], slot: Slot, situation: Situation, now: datetime) -> list[Standing]:
    return [
        actor.stands_for(grant)
        for actor, grant in _holding(roster, slot.roles, situation, now)
        if grant.party in slot.parties
        and covers(grant, situation)
        and (slot.persons is None or actor.person in slot.persons)
    ]


def _holding(
    roster: Sequence[Actor], roles: Collection[Role], situation: Situation, now: datetime
) -> Iterator[tuple[Actor, Grant]]:
    for actor in roster:
        if not actor.active or actor.person in situation.empowered:
            continue
        yield from ((actor, grant) for grant in actor.grants if grant.role in roles and grant.valid(now))
