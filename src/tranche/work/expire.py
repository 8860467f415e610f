"""Ending decisions whose time ran out."""

from __future__ import annotations

from tranche.actions.expiry import expire
from tranche.models import Decision
from tranche.store import clock

ROUND_MAX = 200  # the rest waits for the next round


def expire_due() -> int:
    """End every open decision that is past its term; gives how many were ended."""
    due = Decision.objects.filter(state="open", expires_at__lte=clock.now()).order_by("expires_at", "id")
    return sum(expire(decision_id=row.id) for row in due[:ROUND_MAX])
