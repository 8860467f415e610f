"""Keys in the hands of an office's people: offered, registered by two others, and used to approve."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from tests.desk import Desk, password
from tranche.actions.attestation import attest_code, attest_key
from tranche.actions.credentials import challenge_of
from tranche.actions.decision import approve, statement_to_sign
from tranche.actions.decision_ends import Outcome
from tranche.cli.demo.soft_key import SoftKey
from tranche.formats.security_key import Assertion, to_base64url
from tranche.kernel.approval import statement_hash
from tranche.kernel.totp import code_of, step_of
from tranche.models import Credential, Decision
from tranche.store import clock, codes

SECRET = b"a secret of twenty b"
OTHERS = {"lt": "ua.approver1", "dk": "ua.approver1", "ua": "lt.approver"}
"""Who approves a key of somebody of this side."""


def offer(office: Desk, who: str, key: SoftKey, label: str = "blue key") -> Credential:
    """Made and offered; it proves nothing yet."""
    challenge = secrets.token_bytes(32)
    made = key.register(challenge)
    office.propose(
        who,
        "authority.offer_credential",
        label=label,
        attestation=to_base64url(made.attestation),
        client_data=to_base64url(made.client_data),
        challenge=to_base64url(challenge),
    )
    return Credential.objects.get(handle=key.handle)


def registered(office: Desk, who: str, key: SoftKey | None = None) -> SoftKey:
    """A key that two others have registered."""
    key = key or SoftKey()
    register(office, offer(office, who, key), OTHERS[who[:2]])
    return key


def register(office: Desk, credential: Credential, approver: str) -> None:
    office.do("operator", "authority.register_credential", approver, credential=credential.id)


def code(office: Desk, who: str) -> str:
    """A changing code that two others have registered; gives its handle."""
    handle = str(uuid.uuid4())
    codes.put(handle, SECRET)
    office.propose(who, "authority.offer_code", label="telephone", handle=handle)
    register(office, Credential.objects.get(handle=handle), OTHERS[who[:2]])
    return handle


def proof(assertion: Assertion) -> dict[str, str]:
    """The answer of a key as arguments and forms carry it."""
    raw = ("authenticator_data", "client_data", "signature")
    return {"handle": assertion.handle} | {name: to_base64url(getattr(assertion, name)) for name in raw}


def add(office: Desk, who: str, credential: Credential, signer: SoftKey) -> Outcome:
    """A further key, put to use by one that is in use."""
    answer = proof(signer.sign(challenge_of(credential)))
    return office.propose(who, "authority.add_credential", credential=credential.id, **answer)


def stated(
    office: Desk, who: str, decision: str, verdict: str = "approve", reason: str | None = None
) -> bytes:
    """What the server would let this person sign now."""
    with clock.at(office.tick()):
        return statement_to_sign(
            decision_id=decision, verdict=verdict, reason=reason, by=office.who(who), now=clock.now()
        )


def approve_by_key(
    office: Desk,
    who: str,
    decision: str,
    held: SoftKey,
    *,
    statement: bytes | None = None,
    assertion: Assertion | None = None,
    **changes: Any,
) -> Outcome:
    by = office.who(who)
    verdict, reason = changes.get("verdict", "approve"), changes.get("reason")
    said = statement or stated(office, who, decision, verdict, reason)
    answer = assertion or held.sign(statement_hash(said))
    with clock.at(office.tick()):
        return approve(
            decision_id=decision,
            shown_hash=bytes(Decision.objects.get(pk=decision).hash).hex(),
            attestation=attest_key(by.login, said, answer),
            key=changes.get("key") or str(uuid.uuid4()),
            verdict=verdict,
            reason=reason,
            by=by,
        )


def approve_by_code(office: Desk, who: str, decision: str, typed: str | None = None) -> Outcome:
    by = office.who(who)
    with clock.at(office.tick()):
        now_code = code_of(SECRET, step_of(int(clock.now().timestamp())))
        return approve(
            decision_id=decision,
            shown_hash=bytes(Decision.objects.get(pk=decision).hash).hex(),
            verdict="approve",
            attestation=attest_code(by.login, password(who), typed or now_code),
            key=str(uuid.uuid4()),
            by=by,
        )
