"""What a page hands to the browser for a security key, and how its answer comes back in a form.

A challenge waits in the session under its purpose and is taken out when it is answered, so it serves once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse

from tranche.actions.site import site_in_force
from tranche.formats.security_key import Assertion, from_base64url, to_base64url
from tranche.kernel.refusals import SignatureRefused
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, explain, status_of
from tranche.store.errors import CommitUncertain

CHALLENGE_BYTES: Final = 32
WAITS_SECONDS: Final = 300
TIMEOUT_MS: Final = 120_000
ALGORITHMS: Final = (-7, -8)  # ES256 and EdDSA
ENCODED_MAX: Final = 16_000


def keep(request: HttpRequest, purpose: str, value: str) -> None:
    """Remember what the browser has to answer, for five minutes."""
    request.session[_slot(purpose)] = [value, int(time.time()) + WAITS_SECONDS]


def take(request: HttpRequest, purpose: str) -> str:
    """What was kept, once; raises SignatureRefused where nothing waits or it waited too long."""
    kept = request.session.pop(_slot(purpose), None)
    if not kept:
        raise SignatureRefused("challenge")
    value, until = kept
    if time.time() >= until:
        raise SignatureRefused("expired")
    return str(value)


def _slot(purpose: str) -> str:
    return f"ceremony {purpose}"


def new_challenge() -> bytes:
    return secrets.token_bytes(CHALLENGE_BYTES)


def to_create(
    challenge: bytes, user: tuple[str, str, str], known: Sequence[str], *, attested: bool
) -> dict[str, Any]:
    """Options of navigator.credentials.create; `user` is id, user name and name of the person."""
    site, (identity, username, name) = site_in_force(), user
    options = {
        "attestation": "direct" if attested else "none",
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "required"},
        "challenge": to_base64url(challenge),
        "excludeCredentials": _listed(known),
        "pubKeyCredParams": [{"alg": number, "type": "public-key"} for number in ALGORITHMS],
        "rp": {"id": site.rp_id, "name": "Tranche"},
        "timeout": TIMEOUT_MS,
        "user": {"displayName": name, "id": to_base64url(identity.encode()), "name": username},
    }
    return {"publicKey": options}


def to_get(challenge: bytes, handles: Sequence[str] = ()) -> dict[str, Any]:
    """Options of navigator.credentials.get; no handles let the key itself say who it is."""
    options = {
        "allowCredentials": _listed(handles),
        "challenge": to_base64url(challenge),
        "rpId": site_in_force().rp_id,
        "timeout": TIMEOUT_MS,
        "userVerification": "required",
    }
    return {"publicKey": options}


def _listed(handles: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": handle, "type": "public-key"} for handle in handles]


def answered(form: Mapping[str, str]) -> Assertion:
    """The answer of a key as the form carried it; raises SignatureRefused."""
    data, client, signature = (
        from_base64url(_part(form, name)) for name in ("authenticator_data", "client_data", "signature")
    )
    return Assertion(_part(form, "handle"), data, client, signature)


def _part(form: Mapping[str, str], name: str) -> str:
    value = str(form.get(name, ""))
    if not value or len(value) > ENCODED_MAX:
        raise SignatureRefused("form")
    return value


def options_or_why(make: Callable[[], dict[str, Any]]) -> HttpResponse:
    """What `make` gives for the browser as JSON, or the sentences of a refusal for the script to show."""
    try:
        return JsonResponse(make())
    except CommitUncertain:
        raise
    except DOMAIN_ERRORS as error:
        said = explain(error)
        return JsonResponse({"problem": f"{said.what} {said.next}"}, status=status_of(said))
