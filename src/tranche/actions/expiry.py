"""Ending an open decision whose time ran out, without anybody's request."""

from __future__ import annotations

from tranche.actions.carry_out import end
from tranche.actions.setup import SYSTEM
from tranche.kernel.refusals import DecisionNotOpen
from tranche.models import Decision
from tranche.store.write import WriteTx, write_transaction

KEY_PREFIX = "expire-"  # the keys of people's requests are bare UUIDs, so nobody takes one of these


def expire(*, decision_id: str) -> bool:
    """End the decision as expired if it is open and past its term; its own key makes this happen once.

    Raises IdemConflict where the key was taken by another request.
    """

    def act(write: WriteTx) -> None:
        decision = Decision.objects.filter(pk=decision_id).first()
        if decision is None or decision.state != "open" or write.now < decision.expires_at:
            raise DecisionNotOpen(decision.state if decision else "unknown")
        end(decision, "expired", "expired", "decision.expire", SYSTEM, write)

    try:
        receipt = write_transaction(
            key=KEY_PREFIX + decision_id,
            request={"act": "expire", "decision": decision_id},
            act=act,
        )
    except DecisionNotOpen:
        return False
    return not receipt.replayed
