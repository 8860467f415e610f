"""Holds: a suspension laid over a scope by one person and lifted by two; never a state of a record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from tranche.kernel.lifecycle import Tag, Transition


class ScopeKind(StrEnum):
    SYSTEM = "system"
    PARTY = "party"
    AGREEMENT = "agreement"
    PROGRAMME = "programme"
    RECORD = "record"


class Cause(StrEnum):
    EMERGENCY = "emergency"
    DISPUTE = "dispute"
    SANCTIONS = "sanctions"
    AUDIT = "audit"
    CONDITION = "condition"


class Scope(NamedTuple):
    """What a hold lies over; the reference of the whole system is empty."""

    kind: str
    ref: str


class HoldView(NamedTuple):
    """An open hold as the re-check sees it."""

    ref: str
    scope: Scope


WHOLE = Scope(ScopeKind.SYSTEM, "")
REVIEW_WORKING_DAYS_MAX = 10

_STOPPED = frozenset({Tag.MOVES_MONEY, Tag.GRANTS_AUTHORITY, Tag.PUBLISHES})
_NEVER_STOPPED = frozenset({"authority.recover"})


def days_held(spans: Iterable[tuple[date, date]]) -> frozenset[date]:
    """The days that lie under a hold: from the day of its placing to the day before its lifting."""
    return frozenset(
        first + timedelta(days=number) for first, lifted in spans for number in range((lifted - first).days)
    )


def can_be_stopped(row: Transition) -> bool:
    """Whether a hold stops this action: what moves money, grants authority or publishes (signoff note, 2).

    Reading, evidence, drafts, facts of a bank or an act, and what takes authority away go on.
    """
    return bool(row.tags & _STOPPED) and row.action not in _NEVER_STOPPED


def in_the_way(row: Transition, holds: Sequence[HoldView], scopes: frozenset[Scope]) -> HoldView | None:
    """The first hold over one of the scopes, where the action is one that a hold stops."""
    if not can_be_stopped(row):
        return None
    return next((hold for hold in holds if hold.scope == WHOLE or hold.scope in scopes), None)
