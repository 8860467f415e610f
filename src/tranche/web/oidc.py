"""Signing in with a ministry's own account: OpenID Connect, the code flow with PKCE, off unless configured.

What is asked of the provider: a signature by one of its published keys, its own name as issuer, us as the
only audience, the nonce of this sign-in, and times that fit. The state of a sign-in stands in the session;
nothing is written to the record. RFC 6749, RFC 7636, OpenID Connect Core 1.0 section 3.1.3.7.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tranche.store import outward

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a private key alone: neither `none` nor a secret that we would share."""

TIMEOUT_S: Final = 10
ANSWER_BYTES_MAX: Final = 256 * 1024
OK: Final = 200
LEEWAY_S: Final = 60
AGE_MAX_S: Final = 600
FLOW_MAX_S: Final = 600
SUBJECT_LENGTH_MAX: Final = 255  # OpenID Connect Core 1.0, section 2
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
CONFIGURED: Final = frozenset({"issuer", "client_id", "client_secret", "title", "redirect_uri"})


class SignInRefused(Exception):
    """The provider's answer does not prove who this is; `code` says which check failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadProviderFile(ValueError):
    """The file of the provider does not hold what it must."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What we know of the ministry's provider before we ask it anything."""

    issuer: str
    client_id: str
    client_secret: str
    title: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in under way, kept in the session until the provider answers."""

    state: str
    nonce: str
    verifier: str
    next: str
    started_s: int


def provider_from(path: Path) -> Provider:
    """Read the JSON file that TRANCHE_OIDC_FILE names; raises BadProviderFile."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadProviderFile(str(path)) from error
    if not isinstance(data, dict) or set(data) != CONFIGURED:
        raise BadProviderFile(f"{path}: {', '.join(sorted(CONFIGURED))}")
    if not all(isinstance(value, str) and value for value in data.values()):
        raise BadProviderFile(f"{path}: texts that are not empty")
    for name in ("issuer", "redirect_uri"):
        _check_address(data[name])
    return Provider(**data)


def begin(provider: Provider, following: str, now_s: int) -> tuple[Flow, str]:
    """A new flow, and the address at the provider to which the browser goes."""
    flow = Flow(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        next=following,
        started_s=now_s,
    )
    digest = hashlib.sha256(flow.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "prompt": "login",
        "max_age": "0",
    }
    return flow, f"{_discovered(provider)['authorization_endpoint']}?{urlencode(asked)}"


def finish(provider: Provider, flow: Flow, answer: Mapping[str, str], now_s: int) -> str:
    """The provider's name for who signed in; raises SignInRefused."""
    if not secrets.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
        raise SignInRefused("state")
    if now_s - flow.started_s > FLOW_MAX_S:
        raise SignInRefused("late")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise SignInRefused("issuer")
    if "error" in answer or not answer.get("code"):
        raise SignInRefused("no_code")
    found = _discovered(provider)
    token = _token(provider, found["token_endpoint"], answer["code"], flow.verifier)
    return _subject(token, _keys(found["jwks_uri"]), provider, flow, now_s)


def _subject(token: str, keys: KeySet, provider: Provider, flow: Flow, now_s: int) -> str:
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError) as error:
        raise SignInRefused("signature") from error
    audience = claims.get("aud")
    if claims.get("iss") != provider.issuer:
        raise SignInRefused("issuer")
    if audience not in (provider.client_id, [provider.client_id]):
        raise SignInRefused("audience")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise SignInRefused("audience")
    if not _is_text(claims.get("nonce")) or not secrets.compare_digest(claims["nonce"], flow.nonce):
        raise SignInRefused("nonce")
    _check_times(claims, now_s)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _is_text(subject) or len(subject) > SUBJECT_LENGTH_MAX:
        raise SignInRefused("subject")
    return subject


def _check_times(claims: Mapping[str, Any], now_s: int) -> None:
    times = [claims.get(name) for name in ("exp", "iat", "auth_time")]
    if not all(isinstance(at, int) and not isinstance(at, bool) for at in times):
        raise SignInRefused("times")
    expires, issued, signed_in = (int(at) for at in times if at is not None)
    if expires + LEEWAY_S <= now_s:
        raise SignInRefused("expired")
    if not now_s - AGE_MAX_S <= issued <= now_s + LEEWAY_S or signed_in < now_s - AGE_MAX_S:
        raise SignInRefused("times")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value.isascii()


def _discovered(provider: Provider) -> dict[str, str]:
    """The provider's own description; it must name itself as we know it."""
    found = _asked(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise SignInRefused("issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) for name in names):
        raise SignInRefused("provider")
    for name in names:
        _check_address(found[name])
    return {name: found[name] for name in names}


def _keys(address: str) -> KeySet:
    try:
        return KeySet.import_key_set(_asked(address))  # type: ignore[arg-type]  # checked by the import itself
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignInRefused("provider") from error


def _token(provider: Provider, address: str, code: str, verifier: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.redirect_uri,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        "code_verifier": verifier,
    }
    token = _asked(address, urlencode(form).encode()).get("id_token")
    if not isinstance(token, str):
        raise SignInRefused("provider")
    return token


def _asked(address: str, form: bytes | None = None) -> dict[str, Any]:
    """The JSON object at an address; redirects are not followed, long answers not read."""
    accept = {"Accept": "application/json"}
    try:
        answer = outward.ask(address, form, seconds_max=TIMEOUT_S, bytes_max=ANSWER_BYTES_MAX, headers=accept)
        found = json.loads(answer.body) if answer.status == OK else None
    except (OSError, ValueError) as error:
        raise SignInRefused("provider") from error
    if not isinstance(found, dict):
        raise SignInRefused("provider")
    return found


def _check_address(address: str) -> None:
    """Only https; on this machine itself also http."""
    parts = urlsplit(address)
    fits = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not fits or not parts.hostname or parts.username or parts.fragment:
        raise BadProviderFile(address)
