"""Actions that move no record through a state: who, with whose approval, on what evidence, if what holds.

They have the columns of `kernel/transitions.py` without from and to. Tags: $ moves money, # books a bank's
or an act's fact.
"""

from __future__ import annotations

from collections.abc import Sequence

from tranche.kernel.lifecycle import Defect, QuorumKey, Role, Tag, Transition, tag_defects


def _row(
    action: str, who: str, quorum: str, *, evidence: str = "", guards: str = "", tags: str = ""
) -> Transition:
    return Transition(
        kind=action.split(".")[0],
        source="",
        target="",
        action=action,
        roles=frozenset(Role(code) for code in who.split()),
        quorum=QuorumKey(quorum),
        evidence=tuple(evidence.split()),
        guards=tuple(guards.split()),
        tags=frozenset(Tag(tag) for tag in tags),
        executor=None,
    )


_REGISTER = (
    _row("party.register", "DO FM", "Q0"),
    _row("claim.add_document", "DO FM AU", "Q0"),
    _row("evidence.file", "DO DA FM RA PY IN AU", "Q0"),
    _row("import.stage", "DO FM", "Q0"),
)

STANDING: tuple[Transition, ...] = (*_REGISTER,)
"""Every row; an action has one."""

SET_UP: frozenset[str] = frozenset({"system.setup", "authority.grant"})
"""Entries of the log that no decision makes: they stand before there is anybody to decide."""


def check_standing(rows: Sequence[Transition]) -> tuple[Defect, ...]:
    """What is wrong with a table of standing rows; () for a sound one."""
    names = [row.action for row in rows]
    twice = [Defect("twice", name) for name in sorted(set(names)) if names.count(name) > 1]
    moving = [Defect("moves a record", row.action) for row in rows if row.source or row.target]
    return (*twice, *moving, *tag_defects(rows))
