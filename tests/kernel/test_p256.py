"""P-256 by integers decides as the native library does, for right and wrong signatures and keys."""

from __future__ import annotations

import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from tranche.kernel import p256

KEY = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())
NUMBERS = KEY.public_key().public_numbers()
X, Y = NUMBERS.x.to_bytes(32, "big"), NUMBERS.y.to_bytes(32, "big")
MESSAGE = b"a statement"
SIGNATURE = KEY.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))


def native(x: bytes, y: bytes, message: bytes, signature: bytes) -> bool:
    try:
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
        )
        numbers.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def test_signatures_of_many_keys_hold() -> None:
    for _ in range(20):
        key = ec.generate_private_key(ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        message = os.urandom(40)
        signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
        assert p256.verify(x, y, message, signature)
        assert not p256.verify(x, y, message + b"x", signature)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(SIGNATURE) - 1), bit=st.integers(0, 7))
def test_a_signature_with_one_bit_changed_is_judged_as_the_native_library_does(place: int, bit: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[place] ^= 1 << bit

    assert p256.verify(X, Y, MESSAGE, bytes(changed)) == native(X, Y, MESSAGE, bytes(changed))


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 1), (1, 0), (p256.ORDER, 1), (1, p256.ORDER), (1, 1), (2**256 - 1, 2**256 - 1)],
)
def test_numbers_that_no_signature_has_are_refused(r: int, s: int) -> None:
    assert not p256.verify(X, Y, MESSAGE, encode_dss_signature(r, s))


def test_the_other_root_of_a_signature_holds_as_well() -> None:
    r, s = decode_dss_signature(SIGNATURE)
    other = encode_dss_signature(r, p256.ORDER - s)

    assert p256.verify(X, Y, MESSAGE, other) == native(X, Y, MESSAGE, other) is True


FORMS = {
    "nothing": b"",
    "a beginning": b"\x30",
    "a byte more": SIGNATURE + b"\x00",
    "a byte less": SIGNATURE[:-1],
    "a negative number": b"\x30\x06\x02\x01\xff\x02\x01\x01",
    "a longer length": b"\x30\x81" + SIGNATURE[1:],
}


@pytest.mark.parametrize("signature", FORMS.values(), ids=FORMS.keys())  # each process signs anew
def test_another_form_of_a_signature_is_refused(signature: bytes) -> None:
    assert not p256.verify(X, Y, MESSAGE, signature)


@pytest.mark.parametrize("x", [b"", X[:-1], bytes(32), b"\xff" * 32, Y])
def test_a_point_off_the_curve_is_refused(x: bytes) -> None:
    assert not p256.verify(x, Y, MESSAGE, SIGNATURE)
