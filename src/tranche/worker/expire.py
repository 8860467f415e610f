"""Ending decisions whose time ran out."""

from __future__ import annotations

import logging

from tranche.actions.expiry import expire
from tranche.models import Decision
from tranche.store import clock
from tranche.store.errors import IdemConflict

ROUND_MAX = 200  # the rest waits for the next round

logger = logging.getLogger(__name__)


def expire_due() -> int:
    """End every open decision that is past its term; gives how many were ended.

    A decision whose key somebody else has taken is left open, and the others still end.
    """
    due = Decision.objects.filter(state="open", expires_at__lte=clock.now()).order_by("expires_at", "id")
    return sum(_ended(row.id) for row in due[:ROUND_MAX])


def _ended(decision_id: str) -> bool:
    try:
        return expire(decision_id=decision_id)
    except IdemConflict:
        logger.exception("decision %s is past its term, and its key is taken", decision_id)
        return False
