"""Attempts that were refused, in the log: who tried what, and why not; never what was sent with it."""

from __future__ import annotations

import uuid

from tranche.kernel.policy import Actor
from tranche.log.append import append
from tranche.store.write import WriteTx, write_transaction


def note_refusal(*, action: str, code: str, decision_id: str = "", by: Actor) -> None:
    """Log one refused attempt in a transaction of its own, about a decision or about the person alone."""

    def act(write: WriteTx) -> None:
        append(
            write,
            kind="decision.refuse",
            actor=by.person,
            object_type="decision" if decision_id else "person",
            object_id=decision_id or by.person,
            fields={"detail": {"action": action, "code": code}},
        )

    request = {"act": "refuse", "action": action, "code": code, "decision": decision_id, "by": by.login}
    write_transaction(key=str(uuid.uuid4()), request=request, act=act)
