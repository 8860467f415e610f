"""What an approver states, as canonical bytes: the content's hash, the verdict, who, as what, until when.

The server makes it, a key signs its hash, and it counts once: its hash is unique among all approvals.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from tranche.actions import content as contents
from tranche.actions.attestation import Attestation
from tranche.kernel.approval import statement_hash
from tranche.kernel.canonical import NotCanonical, decode, encode
from tranche.kernel.methods import Method
from tranche.kernel.policy import Actor, Grant
from tranche.kernel.refusals import SignatureRefused
from tranche.models import Approval, Decision
from tranche.store.write import WriteTx

VALID_FOR = timedelta(minutes=5)
OF_THE_MOMENT = frozenset({"nonce", "made_at", "expires_at", "previous"})
"""What differs between two statements of the same verdict."""


def statement_of(
    decision: Decision,
    by: Actor,
    grant: Grant,
    *,
    verdict: str,
    reason: str | None,
    method: str,
    now: datetime,
) -> bytes:
    """The statement of this person now; good for one approval within five minutes."""
    said = {
        "decision": decision.id,
        "decision_hash": bytes(decision.hash).hex(),
        "delegated_by": grant.delegator or "",
        "expires_at": contents.instant(now + VALID_FOR),
        "grant": grant.id,
        "made_at": contents.instant(now),
        "method": method,
        "nonce": uuid.uuid4().hex,
        "person": by.person,
        "previous": seen(decision),
        "reason": reason,
        "role": grant.role.value,
        "verdict": verdict,
    }
    return encode(said)


def seen(decision: Decision) -> list[str]:
    """The hashes of the statements given before."""
    rows = Approval.objects.filter(decision=decision).order_by("made_at", "id")
    return [bytes(row.statement_hash).hex() for row in rows]


def check_statement(raw: bytes, expected: bytes, before: Sequence[str], now: datetime) -> None:
    """That a signed statement says what the server would say now, in time; raises SignatureRefused."""
    try:
        given, wanted = cast("dict[str, Any]", decode(raw)), cast("dict[str, Any]", decode(expected))
        made_at, expires_at = (datetime.fromisoformat(given[name]) for name in ("made_at", "expires_at"))
        previous = frozenset(given["previous"])
    except (NotCanonical, KeyError, TypeError, ValueError) as error:
        raise SignatureRefused("form") from error
    if set(given) != set(wanted) or any(
        given[name] != wanted[name] for name in wanted if name not in OF_THE_MOMENT
    ):
        raise SignatureRefused("other_content")
    if not previous <= set(before):
        raise SignatureRefused("other_content")
    if not made_at <= now < expires_at or expires_at - made_at != VALID_FOR:
        raise SignatureRefused("expired")


def insert_approval(
    decision: Decision,
    by: Actor,
    grant: Grant,
    *,
    verdict: str,
    reason: str | None,
    attestation: Attestation,
    write: WriteTx,
) -> None:
    """Keep the verdict with its statement and, of a key, everything that a later check needs."""
    statement = statement_of(
        decision, by, grant, verdict=verdict, reason=reason, method=attestation.method, now=write.now
    )
    signed = attestation.assertion
    if signed is not None:
        check_statement(attestation.statement, statement, seen(decision), write.now)
        statement = attestation.statement
    assert (signed is not None) == (attestation.method == Method.KEY), "a key signs, nothing else does"
    if Approval.objects.filter(statement_hash=statement_hash(statement)).exists():
        raise SignatureRefused("used")
    Approval.objects.create(
        id=str(uuid.uuid4()),
        decision=decision,
        person_id=by.person,
        login_id=by.login,
        role=grant.role.value,
        grant_id=grant.id,
        party_ref=grant.party,
        delegated_by_id=grant.delegator or None,
        verdict=verdict,
        method=attestation.method,
        statement=statement,
        statement_hash=statement_hash(statement),
        credential_id=signed.handle if signed else None,
        authenticator_data=signed.authenticator_data if signed else None,
        client_data=signed.client_data if signed else None,
        signature=signed.signature if signed else None,
        made_at=write.now,
        log_seq=write.seq,
    )
