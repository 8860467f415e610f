"""The native check of Ed25519 where there is a library, which decides as ours does and is faster."""

from __future__ import annotations

from tranche.kernel import ed25519
from tranche.kernel.notes import Check

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    IS_THERE = False
else:
    IS_THERE = True


def native_check(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key of 32 bytes signed the message; only where `IS_THERE`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def best_check() -> Check:
    """The quickest one that is there."""
    return native_check if IS_THERE else ed25519.verify
