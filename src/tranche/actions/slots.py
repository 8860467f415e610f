"""Whom an open decision asks, kept with it so that an inbox of any length is one statement."""

from __future__ import annotations

from tranche.kernel.approval import Quorum, Slot
from tranche.kernel.lifecycle import Role
from tranche.models import Decision, DecisionSlot

EXECUTOR_SLOT = 1_000
"""The number of the slot of whoever carries out; a quorum has fewer slots."""


def ask(decision: Decision, quorum: Quorum, executor: Role | None, owner: str) -> None:
    """Keep the slots of a new decision and the party whose executor acts last."""
    rows = [row for number, slot in enumerate(quorum.slots) for row in _rows(decision, number, slot)]
    if executor is not None:
        rows.append(
            DecisionSlot(
                decision=decision,
                slot=EXECUTOR_SLOT,
                role=executor.value,
                party_ref=owner,
                wanted=1,
                executes=1,
            )
        )
    DecisionSlot.objects.bulk_create(rows)


def ask_more(decision: Decision, quorum: Quorum) -> None:
    """Keep the slots that a quorum has gained since: what adds up with the amount has grown."""
    kept: dict[int, set[tuple[str, str, int]]] = {}
    for row in DecisionSlot.objects.filter(decision=decision, executes=0):
        kept.setdefault(row.slot, set()).add((row.role, row.party_ref, row.wanted))
    known, number = list(kept.values()), max(kept, default=-1)
    for slot in quorum.slots:
        if {(role.value, party, slot.wanted) for role in slot.roles for party in slot.parties} not in known:
            number += 1
            DecisionSlot.objects.bulk_create(_rows(decision, number, slot))


def _rows(decision: Decision, number: int, slot: Slot) -> list[DecisionSlot]:
    return [
        DecisionSlot(
            decision=decision, slot=number, role=role.value, party_ref=party, wanted=slot.wanted, executes=0
        )
        for role in sorted(slot.roles)
        for party in sorted(slot.parties)
    ]
