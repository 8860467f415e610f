"""A security key in software: what a browser and a device would send.

Only a demonstration takes it, whose keys lie in its own folder; tests bend it in every way that is refused.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tranche.formats.security_key import Assertion, Registration, to_base64url

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ELIGIBLE, STATE, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
CURVE = ec.SECP256R1()
AAGUID = bytes(range(16))
SECRET_BYTES = 32
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (SEC 2, section 2.4.2)."""


@dataclass
class SoftKey:
    """An ES256 key in the hand of the program; one secret makes one key."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES), repr=False)
    counter: int = 0
    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    model: bytes = AAGUID

    def __post_init__(self) -> None:
        scalar = int.from_bytes(hashlib.sha512(self.secret).digest(), "big") % (ORDER - 1) + 1
        self.private = ec.derive_private_key(scalar, CURVE)
        self.identity = hashlib.sha256(b"handle" + self.secret).digest()

    @property
    def handle(self) -> str:
        return to_base64url(self.identity)

    @property
    def public_key(self) -> bytes:
        """In COSE form (RFC 9053, section 7.1.1)."""
        numbers = self.private.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def client_data(self, ceremony: str, challenge: bytes) -> bytes:
        said = {"challenge": to_base64url(challenge), "crossOrigin": False, "origin": self.origin}
        return json.dumps({"type": ceremony, **said}).encode()

    def _data(self, more: int = 0) -> bytes:
        head = hashlib.sha256(self.rp_id.encode()).digest()
        return head + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")

    def register(self, challenge: bytes) -> Registration:
        """The answer to navigator.credentials.create, with no attestation."""
        key = self.model + len(self.identity).to_bytes(2, "big") + self.identity + self.public_key
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + key}
        return Registration(cbor2.dumps(made), self.client_data("webauthn.create", challenge))

    def sign(self, challenge: bytes, step: int = 1) -> Assertion:
        """The answer to navigator.credentials.get; the counter rises by a step."""
        self.counter += step
        data, client = self._data(), self.client_data("webauthn.get", challenge)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return Assertion(self.handle, data, client, signature)
