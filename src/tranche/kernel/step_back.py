"""Stepping back: a record returns to the state before its last step, at the price of both steps.

The quorum is the higher one of the step undone and of the step that led into the state it returns to, and
the tags of both hold, so nothing is regained more cheaply than it was won (lifecycle note, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tranche.kernel.lifecycle import QuorumKey, Transition, next_actions, row_of

SUFFIX = ".step_back"
GUARDS = ("first_step", "way_back", "followers_open", "no_successor", "rests_on_it", "enough")
_ORDER = (QuorumKey.Q0, QuorumKey.QS, QuorumKey.Q1, QuorumKey.QA, QuorumKey.QJ, QuorumKey.QE, QuorumKey.QR)


class Step(NamedTuple):
    """One event of a record; `undoes` names the event that it took back."""

    id: int
    action: str
    source: str
    target: str
    undoes: int | None


def standing_steps(events: Iterable[Step]) -> tuple[Step, ...]:
    """The steps that were not taken back, oldest first."""
    kept: list[Step] = []
    for event in events:
        if event.undoes is None:
            kept.append(event)
        else:
            kept = [step for step in kept if step.id != event.undoes]
    return tuple(kept)


def back_row(
    table: Sequence[Transition], kind: str, undone: str, source: str, target: str, won_by: str
) -> Transition:
    """The row that takes a step from `source` to `target` back, where `won_by` had led into `source`."""
    forward = row_of(table, kind, source, undone)
    won = [row for row in table if (row.kind, row.action, row.target) == (kind, won_by, source)]
    both = (forward, *won)
    after = next_actions(table, kind, target)
    return Transition(
        kind=kind,
        source=target,
        target=source,
        action=kind + SUFFIX,
        roles=forward.roles.union(*(row.roles for row in after)),
        quorum=max((row.quorum for row in both), key=_ORDER.index),
        evidence=("bank_refusal",) if undone == "payment.release" else (),
        guards=GUARDS,
        tags=frozenset().union(*(row.tags for row in both)),
        executor=None,
    )


def back_rows(table: Sequence[Transition]) -> tuple[Transition, ...]:
    """Every way back that the table allows, each at the price of the dearest way in."""
    found = []
    for row in table:
        if not row.source or row.source == row.target:
            continue
        ways_in = [led.action for led in table if led.kind == row.kind and led.target == row.source]
        dearest = [
            back_row(table, row.kind, row.action, row.source, row.target, won_by) for won_by in ways_in
        ]
        found.append(max(dearest, key=lambda back: _ORDER.index(back.quorum)))
    return tuple(found)
