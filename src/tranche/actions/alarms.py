"""Telling operators and auditors that the proof of the log needs them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tranche.actions.outbox import Notice, add_beside, settle
from tranche.kernel.lifecycle import Role
from tranche.kernel.notices import NoticeFacts, NoticeKind
from tranche.models import RoleGrant
from tranche.store.write import bookkeeping

TOLD: Final = (Role.AUDITOR, Role.OPERATOR)


def tell_alarm(number: int, code: str, now: datetime) -> int:
    """Put a notice into the outbox of each; gives how many were told."""
    rows = RoleGrant.objects.filter(role__in=[role.value for role in TOLD])
    asked = frozenset((Role(role), party) for role, party in rows.values_list("role", "party__ref"))
    facts = NoticeFacts(asked=asked)
    notice = Notice(NoticeKind.PROOF_ALARM, facts, _subject(number), payload={"subject": "log", "rule": code})
    return add_beside([notice], now)


def settle_alarm(number: int, now: datetime) -> None:
    """It is over, and asks nobody any more."""
    with bookkeeping():
        settle([_subject(number)], now)


def _subject(number: int) -> str:
    return f"incident:{number}"
