"""What a security key says, checked: its registration, and its answer to a challenge.

The rules are those of Web Authentication, section 7. The checks of py_webauthn come last; ours before it name
what is wrong, and demand what it leaves to the caller: that the person was verified and that the key cannot
leave its device.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_attestation_object
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    PublicKeyCredentialType,
    RegistrationCredential,
)

from tranche.kernel.refusals import SignatureRefused

ALGORITHMS = [COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.EDDSA]
AUTHENTICATOR_DATA_MIN = 37  # hash of the rp id, flags, counter
CLIENT_DATA_MAX = 4_096
DEMO_MODEL = "7472616e-6368-6520-6465-6d6f6b657900"
"""The AAGUID of a demonstration's software keys: no browser has one of them."""
PRESENT, VERIFIED, BACKUP_ELIGIBLE = 0x01, 0x04, 0x08


@dataclass(frozen=True, slots=True)
class Site:
    """For whom a key answers: its rp id and origin, and which keys are taken."""

    rp_id: str
    origin: str
    synced_keys: bool = False
    aaguids: tuple[str, ...] = ()


class Registration(NamedTuple):
    """The two raw parts of a key's registration."""

    attestation: bytes
    client_data: bytes


class Assertion(NamedTuple):
    """The raw parts of a key's answer; the handle is the credential id in base64url."""

    handle: str
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


class NewKey(NamedTuple):
    """A key as its registration shows it; the public key in its COSE form."""

    handle: str
    public_key: bytes
    aaguid: str
    device_bound: bool
    sign_count: int


def from_base64url(text: str) -> bytes:
    """The bytes of unpadded base64url; raises SignatureRefused."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("form") from error


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def check_registration(given: Registration, challenge: bytes, site: Site) -> NewKey:
    """A new key, if it answered this challenge here and is of a kind that is taken; else SignatureRefused."""
    _check_client(given.client_data, "webauthn.create", challenge, site)
    try:
        raw = parse_attestation_object(given.attestation).auth_data
    except (WebAuthnException, ValueError, KeyError) as error:
        raise SignatureRefused("form") from error
    if raw.attested_credential_data is None:
        raise SignatureRefused("form")
    handle = raw.attested_credential_data.credential_id
    _check_flags(
        raw.rp_id_hash, site, verified=raw.flags.uv, present=raw.flags.up, backup_eligible=raw.flags.be
    )
    try:
        found = verify_registration_response(
            credential=RegistrationCredential(
                id=to_base64url(handle),
                raw_id=handle,
                response=AuthenticatorAttestationResponse(
                    client_data_json=given.client_data, attestation_object=given.attestation
                ),
                type=PublicKeyCredentialType.PUBLIC_KEY,
            ),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise SignatureRefused("signature") from error
    if site.aaguids and found.aaguid not in site.aaguids:
        raise SignatureRefused("model")
    return NewKey(
        to_base64url(handle),
        found.credential_public_key,
        found.aaguid,
        not raw.flags.be,
        found.sign_count,
    )


def check_assertion(
    given: Assertion, challenge: bytes, public_key: bytes, sign_count: int, site: Site
) -> int:
    """The counter of a key that signed this challenge here; raises SignatureRefused with what is wrong."""
    _check_client(given.client_data, "webauthn.get", challenge, site)
    data = given.authenticator_data
    if len(data) < AUTHENTICATOR_DATA_MIN:
        raise SignatureRefused("form")
    flags, counter = data[32], int.from_bytes(data[33:37], "big")
    _check_flags(
        data[:32],
        site,
        verified=bool(flags & VERIFIED),
        present=bool(flags & PRESENT),
        backup_eligible=bool(flags & BACKUP_ELIGIBLE),
    )
    if counter <= sign_count and (counter or sign_count):
        raise SignatureRefused("counter")
    raw_id = from_base64url(given.handle)
    try:
        verify_authentication_response(
            credential=AuthenticationCredential(
                id=given.handle,
                raw_id=raw_id,
                response=AuthenticatorAssertionResponse(
                    client_data_json=given.client_data, authenticator_data=data, signature=given.signature
                ),
                type=PublicKeyCredentialType.PUBLIC_KEY,
            ),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise SignatureRefused("signature") from error
    return counter


def _check_client(raw: bytes, ceremony: str, challenge: bytes, site: Site) -> None:
    """What the browser collected: the ceremony, the challenge and the origin."""
    if len(raw) > CLIENT_DATA_MAX:
        raise SignatureRefused("form")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise SignatureRefused("form") from error
    if not isinstance(found, dict) or found.get("type") != ceremony:
        raise SignatureRefused("form")
    if found.get("challenge") != to_base64url(challenge):
        raise SignatureRefused("challenge")
    if found.get("origin") != site.origin or found.get("crossOrigin", False) is not False:
        raise SignatureRefused("origin")


def _check_flags(
    rp_id_hash: bytes, site: Site, *, verified: bool, present: bool, backup_eligible: bool
) -> None:
    if rp_id_hash != hashlib.sha256(site.rp_id.encode()).digest():
        raise SignatureRefused("origin")
    if not (present and verified):
        raise SignatureRefused("not_verified")
    if backup_eligible and not site.synced_keys:
        raise SignatureRefused("synced")
