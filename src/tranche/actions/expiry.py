"""Ending an open decision whose time ran out, without anybody's request."""

from __future__ import annotations

import uuid

from tranche.actions.carry_out import end
from tranche.actions.setup import SYSTEM
from tranche.kernel.refusals import DecisionNotOpen
from tranche.models import Decision
from tranche.store.write import WriteTx, write_transaction

KEYS = uuid.UUID("5f8b4c1e-0f6e-5f0e-9a51-6d1f2d1f7a10")


def expire(*, decision_id: str) -> bool:
    """End the decision as expired if it is open and past its term; its own key makes this happen once."""

    def act(write: WriteTx) -> None:
        decision = Decision.objects.filter(pk=decision_id).first()
        if decision is None or decision.state != "open" or write.now < decision.expires_at:
            raise DecisionNotOpen(decision.state if decision else "unknown")
        end(decision, "expired", "expired", "decision.expire", SYSTEM, write)

    try:
        receipt = write_transaction(
            key=str(uuid.uuid5(KEYS, decision_id)),
            request={"act": "expire", "decision": decision_id},
            act=act,
        )
    except DecisionNotOpen:
        return False
    return not receipt.replayed
