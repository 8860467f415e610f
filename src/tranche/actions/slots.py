"""Whom an open decision asks, kept with it so that an inbox of any length is one statement."""

from __future__ import annotations

from dataclasses import replace

from tranche.kernel.approval import Quorum, Slot
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Deed, Situation, excluded
from tranche.models import EXECUTOR_SLOT, GENERATION, Decision, DecisionBarred, DecisionSlot, RoleGrant


def ask(
    decision: Decision,
    quorum: Quorum,
    executor: Role | None,
    situation: Situation,
    proposers: frozenset[str],
) -> None:
    """Keep the slots of a new decision, who carries it out, and whom it cannot ask as things stand."""
    rows = [row for number, slot in enumerate(quorum.slots) for row in _rows(decision, number, slot)]
    if executor is not None:
        rows.append(
            DecisionSlot(
                decision=decision,
                slot=EXECUTOR_SLOT,
                role=executor.value,
                party_ref=situation.owner,
                wanted=1,
                executes=1,
            )
        )
    DecisionSlot.objects.bulk_create(rows)
    for_now = {person for person, _ in situation.ties}
    for_good = replace(situation, interested=situation.interested - for_now)
    barred = {0: proposers | excluded(for_good, Deed.APPROVED) | _not_named(quorum)}
    if executor is not None:
        barred[1] = excluded(for_good, Deed.PAID)
    DecisionBarred.objects.bulk_create(
        DecisionBarred(decision=decision, person_id=person, executes=executes, interest_id=interest)
        for executes, persons in barred.items()
        for person, interest in sorted({*((person, "") for person in persons), *situation.ties})
    )


def _not_named(quorum: Quorum) -> frozenset[str]:
    """Who holds a role that is asked and is not among the persons who alone may answer."""
    slots = [slot for slot in quorum.slots if slot.persons is not None]
    roles = {role.value for slot in slots for role in slot.roles}
    named = frozenset[str]().union(*(slot.persons or () for slot in slots))
    held = RoleGrant.objects.filter(role__in=roles).values_list("person_id", flat=True) if roles else ()
    return frozenset(held) - named


def ask_more(decision: Decision, quorum: Quorum) -> bool:
    """Keep the slots of a quorum that has gained some: what adds up with the amount has grown."""
    kept: dict[int, set[tuple[str, str, int]]] = {}
    for row in DecisionSlot.objects.filter(decision=decision, executes=0):
        kept.setdefault(row.slot, set()).add((row.role, row.party_ref, row.wanted))
    known = list(kept.values())
    if all(_triples(slot) in known for slot in quorum.slots):
        return False
    first = (max(kept, default=-GENERATION) // GENERATION + 1) * GENERATION
    rows = [row for number, slot in enumerate(quorum.slots, first) for row in _rows(decision, number, slot)]
    DecisionSlot.objects.bulk_create(rows)
    return True


def _triples(slot: Slot) -> set[tuple[str, str, int]]:
    return {(role.value, party, slot.wanted) for role in slot.roles for party in slot.parties}


def _rows(decision: Decision, number: int, slot: Slot) -> list[DecisionSlot]:
    return [
        DecisionSlot(
            decision=decision, slot=number, role=role.value, party_ref=party, wanted=slot.wanted, executes=0
        )
        for role in sorted(slot.roles)
        for party in sorted(slot.parties)
    ]
