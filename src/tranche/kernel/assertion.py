"""Whether a security key signed a statement, from nothing but what the log keeps (Web Authentication, 7.2).

The key in its COSE form (RFC 9053): ES256 or EdDSA; what its registration demanded is not asked again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final, NamedTuple

from tranche.kernel import ed25519, p256

AUTHENTICATOR_DATA_MIN: Final = 37  # hash of the rp id, flags, counter
PRESENT, VERIFIED = 0x01, 0x04
ES256: Final = -7
EDDSA: Final = -8
CBOR_MAX: Final = 1024


class AssertionRefused(ValueError):
    """What of an assertion does not hold."""


class Answer(NamedTuple):
    """The raw parts of a key's answer."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes


class CoseKey(NamedTuple):
    """The algorithm and the coordinates; `y` is empty for EdDSA."""

    algorithm: int
    x: bytes
    y: bytes


def check_answer(answer: Answer, challenge: bytes, public_key: bytes) -> str:
    """The origin at which a key that verified its holder signed this challenge; raises AssertionRefused.

    The hash of the rp id must be that of the origin's host.
    """
    origin = _origin(answer.client_data, challenge)
    data = answer.authenticator_data
    if len(data) < AUTHENTICATOR_DATA_MIN:
        raise AssertionRefused("the key's data are too short")
    if not _is_of(origin, data[:32]):
        raise AssertionRefused(f"the key answered for another site than {origin}")
    if data[32] & (PRESENT | VERIFIED) != PRESENT | VERIFIED:
        raise AssertionRefused("the key did not verify its holder")
    if not _is_signed(answer, cose_key(public_key)):
        raise AssertionRefused("the signature is not one of this key")
    return origin


def _origin(client_data: bytes, challenge: bytes) -> str:
    try:
        found: Any = json.loads(client_data)
    except (ValueError, RecursionError) as error:
        raise AssertionRefused("what the browser collected is no JSON") from error
    wanted = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    if not isinstance(found, dict) or found.get("type") != "webauthn.get":
        raise AssertionRefused("the key was asked for something else")
    if found.get("challenge") != wanted:
        raise AssertionRefused("the key signed something else")
    if found.get("crossOrigin", False) is not False or not isinstance(found.get("origin"), str):
        raise AssertionRefused("the key was asked by another site")
    return str(found["origin"])


def _is_of(origin: str, rp_id_hash: bytes) -> bool:
    """The rp id is the host, or a domain that the host lies in."""
    host = origin.partition("://")[2].partition(":")[0].partition("/")[0]
    parts = host.split(".")
    names = [".".join(parts[at:]) for at in range(len(parts))]
    return any(hashlib.sha256(name.encode()).digest() == rp_id_hash for name in names if name)


def _is_signed(answer: Answer, key: CoseKey) -> bool:
    message = answer.authenticator_data + hashlib.sha256(answer.client_data).digest()
    if key.algorithm == EDDSA:
        return ed25519.verify(key.x, message, answer.signature)
    return p256.verify(key.x, key.y, message, answer.signature)


def cose_key(raw: bytes) -> CoseKey:
    """The key of its COSE form; raises AssertionRefused for any other kind."""
    found, end = _cbor(raw, 0)
    if end != len(raw) or not isinstance(found, dict):
        raise AssertionRefused("not a public key")
    match found:
        case {1: 2, 3: -7, -1: 1, -2: bytes(x), -3: bytes(y)}:
            return CoseKey(ES256, x, y)
        case {1: 1, 3: -8, -1: 6, -2: bytes(x)}:
            return CoseKey(EDDSA, x, b"")
        case _:
            raise AssertionRefused("not a public key of a kind that is taken here")


def _cbor(raw: bytes, at: int) -> tuple[Any, int]:
    """A value of CBOR and where it ends: whole numbers, bytes and one map of them (RFC 8949)."""
    if at >= len(raw) or len(raw) > CBOR_MAX:
        raise AssertionRefused("not a public key")
    kind, rest = raw[at] >> 5, raw[at] & 31
    number, at = _count(raw, at + 1, rest)
    if kind == 0:
        return number, at
    if kind == 1:
        return -1 - number, at
    if kind == 2 and at + number <= len(raw):
        return raw[at : at + number], at + number
    if kind != 5:
        raise AssertionRefused("not a public key")
    found: dict[Any, Any] = {}
    for _ in range(number):
        name, at = _cbor(raw, at)
        if not isinstance(name, int) or name in found:
            raise AssertionRefused("not a public key")
        found[name], at = _cbor(raw, at)
    return found, at


def _count(raw: bytes, at: int, rest: int) -> tuple[int, int]:
    if rest < 24:
        return rest, at
    size = {24: 1, 25: 2}.get(rest, 0)
    if not size or at + size > len(raw):
        raise AssertionRefused("not a public key")
    return int.from_bytes(raw[at : at + size], "big"), at + size
