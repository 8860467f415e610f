"""The canonical content of a decision: what is hashed, shown and compared, and what the log keeps of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from tranche.actions.policy import policy_sha256
from tranche.actions.registry import Action, Basis
from tranche.formats.security_key import to_base64url
from tranche.kernel.canonical import Canonical, decode
from tranche.kernel.ledger import instant_text
from tranche.kernel.refusals import ContentChanged
from tranche.models import Approval, Decision

SCHEMA = 1
CONTENT_IN_LOG_MAX = 24_000  # bytes; an item of the log holds at most 32,768


def body(
    action: Action, arguments: Mapping[str, object], basis: Basis, reason: str | None = None
) -> dict[str, Any]:
    """The part that is built again before every approval and at execution."""
    return {
        "action": action.name,
        "arguments": dict(arguments),
        "facts": dict(basis.facts),
        "holder": basis.holder.ref,
        "reason": reason or "",
        "records": [[record.ref, record.version] for record in basis.records],
        "ref": basis.ref,
        "schema": f"{action.name}/{SCHEMA}",
        "subjects": sorted(basis.subjects - basis.parts.keys()),
        **({"parts": dict(basis.parts)} if basis.parts else {}),
    }


def envelope(
    content: Mapping[str, Any], decision_id: str, proposer: str, grant: str, expires: datetime
) -> dict[str, Any]:
    """The whole content: body, policy, proposer and the grant that was used, expiry and a nonce."""
    return {
        **content,
        "expires_at": instant(expires),
        "id": decision_id,
        "nonce": uuid.uuid4().hex,
        "policy": policy_sha256(),
        "proposer": proposer,
        "proposer_grant": grant,
    }


def content_of(decision: Decision) -> dict[str, Any]:
    """The stored canonical bytes as a mapping."""
    return cast("dict[str, Any]", decode(bytes(decision.content)))


def ref_of(decision: Decision) -> str:
    return str(content_of(decision)["ref"])


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what differs between stored and rebuilt content; () only where nothing does."""
    found = []
    for part in ("facts", "arguments"):
        old, new = before[part], after[part]
        found += sorted(key for key in old.keys() ^ new.keys())
        found += sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    if before["records"] != after["records"]:
        found.append("record version")
    if (before["subjects"], before.get("parts")) != (after["subjects"], after.get("parts")):
        found.append("subjects")
    found += [key for key in ("action", "holder", "reason", "ref", "schema") if before[key] != after[key]]
    return tuple(found)


def raise_if_changed(fields: Sequence[str]) -> None:
    if fields:
        raise ContentChanged(fields)


def instant(at: datetime) -> str:
    """YYYY-MM-DDThh:mm:ss.ffffffZ, in UTC."""
    return instant_text(at)


def log_fields(decision: Decision, basis: Basis | None = None, state: str = "") -> dict[str, Canonical]:
    """What the log entry of a decision holds, each under the label of its field."""
    raw = bytes(decision.content)
    fields: dict[str, Canonical] = {
        "decision": {
            "action": decision.action,
            "id": decision.id,
            "policy": decision.policy_sha256,
            "sha256": bytes(decision.hash).hex(),
        },
        "ref": ref_of(decision),
    }
    if len(raw) <= CONTENT_IN_LOG_MAX:
        fields["content"] = raw.decode()
    if decision.reason:
        fields["reason"] = decision.reason
    if decision.amount_minor is not None and decision.currency is not None:
        fields["amount"] = {"amount_minor": decision.amount_minor, "currency": decision.currency}
    if state:
        fields["state"] = state
    return fields


def approval_fields(decision: Decision) -> dict[str, Canonical]:
    """The decision's identity and the statements that stand, with what a key signed byte for byte."""
    rows = Approval.objects.filter(decision=decision, revoked__isnull=True).order_by("made_at", "id")
    return {
        "approvals": [
            {
                "method": row.method,
                "sha256": bytes(row.statement_hash).hex(),
                "statement": bytes(row.statement).decode(),
                **_signed(row),
            }
            for row in rows
        ],
        "decision": {
            "action": decision.action,
            "id": decision.id,
            "policy": decision.policy_sha256,
            "sha256": bytes(decision.hash).hex(),
        },
        "ref": ref_of(decision),
    }


def _signed(row: Approval) -> dict[str, Canonical]:
    """The raw parts of a key's answer; who has the public key can check them without us."""
    if row.credential_id is None:
        return {}
    assert row.authenticator_data is not None
    assert row.client_data is not None
    assert row.signature is not None
    return {
        "authenticator_data": to_base64url(bytes(row.authenticator_data)),
        "client_data": to_base64url(bytes(row.client_data)),
        "credential": row.credential_id,
        "signature": to_base64url(bytes(row.signature)),
    }
