"""The signatures of RFC 8032, and the same verdict as the native implementation on what is broken."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tranche.kernel.ed25519 import ORDER, P, verify

VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)
"""Section 7.1, tests 1 to 3: public key, message, signature."""


def native(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_printed_signatures_hold(key: str, message: str, signature: str) -> None:
    assert verify(*map(bytes.fromhex, (key, message, signature)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_verdict_is_that_of_the_native_one(message: bytes, seed: int, where: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % seed).digest())
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)
    whole = bytearray(key + signature)
    whole[where % len(whole)] ^= 1 << where % 8
    changed = bytes(whole[:32]), message, bytes(whole[32:])

    assert verify(key, message, signature)
    assert verify(*changed) is native(*changed) is False


@pytest.mark.parametrize(
    "key",
    [
        P.to_bytes(32, "little"),  # zero, not in its one form
        (1 | 1 << 255).to_bytes(32, "little"),  # the neutral point with a sign
        (2).to_bytes(32, "little"),  # no point of the curve
        b"\x00" * 31,
    ],
)
def test_what_is_no_point_signs_nothing(key: bytes) -> None:
    _, message, signature = VECTORS[0]

    assert not verify(key, bytes.fromhex(message), bytes.fromhex(signature))


def test_the_second_half_stays_below_the_order() -> None:
    key, message, signature = map(bytes.fromhex, VECTORS[1])
    larger = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")

    assert not verify(key, message, signature[:32] + larger)
    assert not verify(key, message, signature[:63])
