"""Whose turn it is: so many persons of some roles for some parties."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.kernel.approval import Slot


@dataclass(frozen=True, slots=True)
class Turn:
    """So many persons holding one of the roles for one of the parties."""

    roles: tuple[str, ...]
    parties: tuple[str, ...]
    count: int


def turn_of(slot: Slot) -> Turn:
    """A slot of a quorum with its roles and parties in order."""
    return Turn(tuple(sorted(role.value for role in slot.roles)), tuple(sorted(slot.parties)), slot.wanted)
