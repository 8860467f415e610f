"""Asking for a write from the command line: done at once, or a decision that waits for its approvers."""

from __future__ import annotations

from collections.abc import Mapping

from tranche.actions.decision import propose
from tranche.actions.decision_ends import Outcome
from tranche.cli.acting import checked_key, writer
from tranche.cli.exits import Exit
from tranche.cli.output import Output
from tranche.queries.presenters.actions import title


def propose_act(
    action: str,
    arguments: Mapping[str, object],
    reason: str | None,
    username: str | None,
    key: str | None,
    output: Output,
) -> int:
    """Propose one action; 0 where it was carried out, 4 where others have to agree."""
    actor = writer(username, output)
    outcome = propose(
        action=action, arguments=arguments, reason=reason, key=checked_key(key, output), by=actor
    )
    if output.as_json:
        output.document(
            {
                "decision": outcome.decision_id,
                "state": outcome.state,
                "log_seq": outcome.log_seq,
                "replayed": outcome.replayed,
            }
        )
    else:
        output.line(_said(action, outcome))
    return Exit.WAITING if outcome.state == "open" else Exit.DONE


def _said(action: str, outcome: Outcome) -> str:
    again = " This key did it before; nothing was recorded a second time." if outcome.replayed else ""
    if outcome.state == "open":
        return f"{title(action)}: decision {outcome.decision_id} waits for its approvers.{again}"
    return f"{title(action)}: done, decision {outcome.decision_id}.{again}"
