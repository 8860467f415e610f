"""Keys and codes of persons: offered by their holder, registered by two others or by a key in use, revoked.

Who has lost a key offers a new one: the operator proposes it, an approver of another party approves it, and
the lost one is revoked at once by its holder or the operator. Nothing here is signed in the name of another.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from typing import cast

from django.conf import settings
from django.db.models import QuerySet

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.site import site_in_force
from tranche.formats.security_key import (
    DEMO_MODEL,
    Assertion,
    NewKey,
    Registration,
    check_assertion,
    check_registration,
    from_base64url,
)
from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.lifecycle import Role
from tranche.kernel.methods import CREDENTIAL_PREFIX, Method, fingerprint
from tranche.kernel.policy import ANYBODY, Deed, Denied, Deny, Situation
from tranche.kernel.refusals import NotAllowed, SignatureRefused, UnknownReference
from tranche.models import Credential, Party, RoleGrant
from tranche.store import clock

KEYS = "KEYS"
"""What a decision about keys is listed under: it moves no record."""

LABEL_LENGTH_MAX = 60
ENCODED_MAX = 16_000  # an attestation with its chain of certificates is some 3,000 characters


def _offered_key(arguments: Arguments) -> NewKey:
    given = Registration(
        from_base64url(cast(str, arguments["attestation"])),
        from_base64url(cast(str, arguments["client_data"])),
    )
    challenge = from_base64url(cast(str, arguments["challenge"]))
    key = check_registration(given, challenge, site_in_force(given.client_data))
    refuse_demo_key(key.aaguid)
    return key


def refuse_demo_key(aaguid: str) -> None:
    """A software key of a demonstration, whose secret lies in a folder, is refused anywhere else."""
    if aaguid == DEMO_MODEL and not settings.TRANCHE_DEMO:
        raise SignatureRefused("model")


def _offer_key_basis(arguments: Arguments, _today: date) -> Basis:
    key = _offered_key(arguments)
    if Credential.objects.filter(handle=key.handle).exists():
        raise SignatureRefused("known")
    facts: dict[str, Canonical] = {
        "fingerprint": fingerprint(key.handle, key.public_key),
        "aaguid": key.aaguid,
        "device_bound": key.device_bound,
        "handle": key.handle,
        "public_key": key.public_key.hex(),
    }
    return _alone(facts)


def _offer_key(execution: Execution) -> None:
    key = _offered_key(execution.arguments)
    _offer(execution, Method.KEY, key)


def _offer_code_basis(arguments: Arguments, _today: date) -> Basis:
    handle = cast(str, arguments["handle"])
    taken = Credential.objects.filter(handle=handle).exists()
    basis = _alone({"fingerprint": fingerprint(handle, b""), "handle": handle})
    return basis.with_failed({"code_free": handle} if taken else {})


def _offer_code(execution: Execution) -> None:
    _offer(execution, Method.CODE, NewKey(execution.text("handle"), b"", "", False, 0))


def _offer(execution: Execution, method: Method, key: NewKey) -> None:
    row = Credential.objects.create(
        id=str(uuid.uuid4()),
        person_id=execution.by_person,
        method=method.value,
        handle=key.handle,
        public_key=key.public_key,
        aaguid=key.aaguid,
        device_bound=key.device_bound,
        sign_count=key.sign_count,
        label=execution.text("label"),
        offered_at=execution.write.now,
        offered_seq=execution.write.seq,
    )
    execution.created["id"] = row.id


def _alone(facts: dict[str, Canonical]) -> Basis:
    """What one person does to the own keys: nobody else has to agree."""
    return Basis(Situation(owner="", holders=ANYBODY), ref=KEYS, holder=Party(ref=""), facts=facts)


def _find(arguments: Arguments) -> Credential:
    rows = Credential.objects.select_related("person")
    found = rows.filter(pk=arguments["credential"]).first()
    if found is None:
        raise UnknownReference("credential", str(arguments["credential"]))
    return found


def own_offered(credential_id: str, person: str) -> Credential:
    """A key of this person that waits to be registered; raises UnknownReference."""
    rows = Credential.objects.filter(pk=credential_id, person_id=person, registered_at=None, revoked_at=None)
    found = rows.first()
    if found is None:
        raise UnknownReference("credential", credential_id)
    return found


def _facts(credential: Credential) -> dict[str, Canonical]:
    return {
        "person": credential.person.name,
        "person_id": credential.person_id,
        "key_label": credential.label,
        "method": credential.method,
        "fingerprint": fingerprint(credential.handle, bytes(credential.public_key)),
        "aaguid": credential.aaguid,
        "device_bound": credential.device_bound,
        "handle": credential.handle,
        "public_key": bytes(credential.public_key).hex(),
    }


def _offered_only(credential: Credential) -> dict[str, str]:
    waits = credential.registered_at is None and credential.revoked_at is None
    return {} if waits else {"credential_offered": credential.label}


def _register_basis(arguments: Arguments, _today: date) -> Basis:
    """Approved by a party that the holder does not act for; the holder neither proposes nor approves it."""
    credential = _find(arguments)
    own = _parties_of(credential.person_id)
    approving = _parties_with(Role.DONOR_APPROVER) - own
    recipients = _parties_with(Role.RECIPIENT_APPROVER) - own
    return Basis(
        situation=Situation(
            owner="",
            parties=approving | recipients,
            more_approving=approving,
            more_recipient=recipients,
            record_deeds={Deed.HOLDS: frozenset({credential.person_id})},
        ),
        ref=KEYS,
        holder=Party(ref=""),
        facts=_facts(credential) | {"approving_parties": sorted(approving), "recipients": sorted(recipients)},
        failed=_offered_only(credential),
    )


def _parties_of(person: str) -> frozenset[str]:
    return frozenset(_grants().filter(person_id=person).values_list("party__ref", flat=True))


def _parties_with(role: Role) -> frozenset[str]:
    return frozenset(_grants().filter(role=role.value).values_list("party__ref", flat=True))


def _grants() -> QuerySet[RoleGrant]:
    now = clock.now()
    return RoleGrant.objects.filter(from_at__lte=now).exclude(to_at__lte=now)


def _register(execution: Execution) -> None:
    _put_in_use(execution, _find(execution.arguments))


def _put_in_use(execution: Execution, credential: Credential) -> None:
    done = Credential.objects.filter(pk=credential.pk, registered_at=None, revoked_at=None).update(
        registered_at=execution.write.now, registered_seq=execution.write.seq
    )
    assert done == 1, "one offered credential is registered once"
    execution.created["id"] = credential.id


def _add_basis(arguments: Arguments, _today: date) -> Basis:
    """A key in use signs for the new one of the same person."""
    credential = _find(arguments)
    signer = Credential.objects.filter(
        handle=arguments["handle"], person_id=credential.person_id, method=Method.KEY.value
    ).first()
    if signer is None or not signer.in_use:
        raise SignatureRefused("unknown")
    _answered(arguments, credential, signer)
    facts = _facts(credential) | {"signed_by": fingerprint(signer.handle, bytes(signer.public_key))}
    return _alone(facts).with_failed(_offered_only(credential))


def _answered(arguments: Arguments, credential: Credential, signer: Credential) -> int:
    given = Assertion(
        signer.handle,
        from_base64url(cast(str, arguments["authenticator_data"])),
        from_base64url(cast(str, arguments["client_data"])),
        from_base64url(cast(str, arguments["signature"])),
    )
    site = site_in_force(given.client_data)
    key = bytes(signer.public_key)
    return check_assertion(given, challenge_of(credential), key, signer.sign_count, site)


def challenge_of(credential: Credential) -> bytes:
    """What a key in use signs to add another; it can be registered once, so the answer is of use once."""
    said = encode({"credential": credential.id, "handle": credential.handle, "person": credential.person_id})
    return hashlib.sha256(CREDENTIAL_PREFIX + said).digest()


def _add(execution: Execution) -> None:
    credential = _find(execution.arguments)
    _only_own(execution, credential)
    signer = Credential.objects.get(handle=execution.text("handle"))
    counter = _answered(execution.arguments, credential, signer)
    Credential.objects.filter(pk=signer.pk).update(sign_count=counter)
    _put_in_use(execution, credential)


def _only_own(execution: Execution, credential: Credential) -> None:
    if credential.person_id != execution.by_person:
        raise NotAllowed(execution.decision.action, Deny(Denied.WRONG_RELATION))


def _revoke_basis(arguments: Arguments, _today: date) -> Basis:
    credential = _find(arguments)
    failed = {"credential_kept": credential.label} if credential.revoked_at else {}
    return _alone(_facts(credential)).with_failed(failed)


def _revoke(execution: Execution) -> None:
    """Taking authority away is for the holder and for the operator, at once."""
    credential = _find(execution.arguments)
    grant = RoleGrant.objects.filter(pk=execution.by_grant, role=Role.OPERATOR.value)
    if not grant.exists():
        _only_own(execution, credential)
    done = Credential.objects.filter(pk=credential.pk, revoked_at=None).update(
        revoked_at=execution.write.now, revoked_seq=execution.write.seq
    )
    assert done == 1, "a credential is revoked once"
    execution.created["id"] = credential.id


def in_use_of(person: str, method: Method) -> list[Credential]:
    """The keys or codes with which this person proves something now."""
    rows = Credential.objects.filter(person_id=person, method=method.value, revoked_at=None)
    return list(rows.exclude(registered_at=None).order_by("offered_at", "id"))


_PROOF = ("authenticator_data", "client_data", "signature")
_LABEL = a.text("label", most=LABEL_LENGTH_MAX)
register(
    Action(
        "authority.offer_credential",
        (_LABEL, *(a.encoded(name, ENCODED_MAX) for name in ("attestation", "client_data", "challenge"))),
        _offer_key_basis,
        _offer_key,
    )
)
register(Action("authority.offer_code", (_LABEL, a.identifier("handle")), _offer_code_basis, _offer_code))
register(Action("authority.register_credential", (a.identifier("credential"),), _register_basis, _register))
register(
    Action(
        "authority.add_credential",
        (a.identifier("credential"), *(a.encoded(name, ENCODED_MAX) for name in ("handle", *_PROOF))),
        _add_basis,
        _add,
    )
)
register(Action("authority.revoke_credential", (a.identifier("credential"),), _revoke_basis, _revoke))
