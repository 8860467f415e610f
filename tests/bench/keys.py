"""Answers of security keys checked in a CPU second, beside py_webauthn alone on the same ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from tests.bench.figures import Round
from webauthn import verify_authentication_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    PublicKeyCredentialType,
)

from tranche.cli.demo.soft_key import ORIGIN, SoftKey
from tranche.formats.security_key import Assertion, Site, check_assertion
from tranche.kernel.approval import statement_hash

BARE = "webauthn"
SITE = Site("localhost", ORIGIN)


def checked(count: int) -> Round:
    """One key, so many statements, each signed once; their hashes are taken anew, as a verifier does."""
    key = SoftKey()
    statements = [b'{"decision":"%d"}' % number for number in range(count)]
    answers = [key.sign(statement_hash(said)) for said in statements]
    pairs = list(zip(statements, answers, strict=True))
    public_key = key.public_key
    ours = _rate(pairs, lambda said, given: _ours(said, given, public_key))
    return Round(ours, {BARE: _rate(pairs, lambda said, given: _bare(said, given, public_key))})


def _rate(pairs: Sequence[tuple[bytes, Assertion]], check: Callable[[bytes, Assertion], object]) -> float:
    start = time.process_time()
    for said, given in pairs:
        check(said, given)
    return len(pairs) / (time.process_time() - start)


def _ours(said: bytes, given: Assertion, public_key: bytes) -> int:
    return check_assertion(given, statement_hash(said), public_key, 0, SITE)


def _bare(said: bytes, given: Assertion, public_key: bytes) -> object:
    return verify_authentication_response(
        credential=AuthenticationCredential(
            id=given.handle,
            raw_id=base64url_to_bytes(given.handle),
            response=AuthenticatorAssertionResponse(
                client_data_json=given.client_data,
                authenticator_data=given.authenticator_data,
                signature=given.signature,
            ),
            type=PublicKeyCredentialType.PUBLIC_KEY,
        ),
        expected_challenge=statement_hash(said),
        expected_rp_id=SITE.rp_id,
        expected_origin=SITE.origin,
        credential_public_key=public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
