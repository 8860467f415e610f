"""A key's answers: taken when everything holds, and each single fault named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tranche.cli.demo.soft_key import ELIGIBLE, ORIGIN, PRESENT, SoftKey
from tranche.formats.security_key import (
    Assertion,
    Registration,
    Site,
    check_assertion,
    check_registration,
    from_base64url,
    to_base64url,
)
from tranche.kernel.refusals import SignatureRefused

SITE = Site("localhost", ORIGIN)
CHALLENGE = bytes(range(32))


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(SignatureRefused) as caught:
        act()
    return caught.value.code


def test_a_registration_gives_the_key() -> None:
    key = SoftKey()

    found = check_registration(key.register(CHALLENGE), CHALLENGE, SITE)

    assert (found.handle, found.public_key, found.device_bound) == (key.handle, key.public_key, True)
    assert found.aaguid == "00010203-0405-0607-0809-0a0b0c0d0e0f"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"origin": "http://localhost:8001"}, "origin"),
        ({"origin": "https://localhost.evil.example"}, "origin"),
        ({"rp_id": "example.org"}, "origin"),
        ({"flags": PRESENT}, "not_verified"),
        ({"flags": 0x04}, "not_verified"),
        ({"flags": PRESENT | 0x04 | ELIGIBLE}, "synced"),
    ],
)
def test_what_a_key_must_not_be_is_refused_at_registration_and_at_signing(
    change: dict[str, object], code: str
) -> None:
    key = SoftKey(**change)  # type: ignore[arg-type]  # the fields of the soft key

    assert code_of(lambda: check_registration(key.register(CHALLENGE), CHALLENGE, SITE)) == code
    signed = key.sign(CHALLENGE)
    assert code_of(lambda: check_assertion(signed, CHALLENGE, key.public_key, 0, SITE)) == code


def test_synced_keys_are_taken_only_where_the_policy_says_so() -> None:
    key = SoftKey(flags=PRESENT | 0x04 | ELIGIBLE)

    found = check_registration(key.register(CHALLENGE), CHALLENGE, replace(SITE, synced_keys=True))

    assert not found.device_bound


def test_only_listed_models_are_taken() -> None:
    key = SoftKey()
    own, other = "00010203-0405-0607-0809-0a0b0c0d0e0f", "f" * 8 + "-ffff-ffff-ffff-" + "f" * 12

    check_registration(key.register(CHALLENGE), CHALLENGE, replace(SITE, aaguids=(own,)))
    refused = replace(SITE, aaguids=(other,))
    assert code_of(lambda: check_registration(key.register(CHALLENGE), CHALLENGE, refused)) == "model"


def test_an_assertion_gives_the_counter() -> None:
    key = SoftKey(counter=6)

    assert check_assertion(key.sign(CHALLENGE), CHALLENGE, key.public_key, 6, SITE) == 7


def test_a_key_without_counter_stays_at_zero() -> None:
    key = SoftKey()

    assert check_assertion(key.sign(CHALLENGE, step=0), CHALLENGE, key.public_key, 0, SITE) == 0


@pytest.mark.parametrize(("stored", "given"), [(7, 7), (8, 7), (1, 0)])
def test_a_counter_that_does_not_rise_is_refused(stored: int, given: int) -> None:
    key = SoftKey(counter=given)
    signed = key.sign(CHALLENGE, step=0)

    assert code_of(lambda: check_assertion(signed, CHALLENGE, key.public_key, stored, SITE)) == "counter"


def test_another_challenge_key_or_ceremony_is_refused() -> None:
    key, other = SoftKey(), SoftKey()
    signed = key.sign(CHALLENGE)

    assert code_of(lambda: check_assertion(signed, b"x" * 32, key.public_key, 0, SITE)) == "challenge"
    assert code_of(lambda: check_assertion(signed, CHALLENGE, other.public_key, 0, SITE)) == "signature"
    made = key.register(CHALLENGE)
    swapped = signed._replace(client_data=made.client_data)
    assert code_of(lambda: check_assertion(swapped, CHALLENGE, key.public_key, 0, SITE)) == "form"


def test_a_frame_of_another_site_is_refused() -> None:
    key = SoftKey()
    signed = key.sign(CHALLENGE)
    said = json.loads(signed.client_data) | {"crossOrigin": True}
    framed = signed._replace(client_data=json.dumps(said).encode())

    assert code_of(lambda: check_assertion(framed, CHALLENGE, key.public_key, 0, SITE)) == "origin"


@pytest.mark.parametrize("part", ["authenticator_data", "client_data", "signature"])
def test_one_changed_byte_anywhere_is_refused(part: str) -> None:
    key = SoftKey()
    signed = key.sign(CHALLENGE)
    raw = getattr(signed, part)

    for place in range(0, len(raw), 7):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        altered = signed._replace(**{part: changed})  # type: ignore[arg-type]  # only raw parts are named
        assert code_of(lambda given=altered: check_assertion(given, CHALLENGE, key.public_key, 0, SITE))  # type: ignore[misc]  # a default binds the loop's value


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff", b'{"type":1}', b"[" * 100_000])
def test_noise_is_refused_and_nothing_else_happens(raw: bytes) -> None:
    key = SoftKey()
    signed = key.sign(CHALLENGE)

    for altered in (
        Assertion(key.handle, raw, signed.client_data, signed.signature),
        Assertion(key.handle, signed.authenticator_data, raw, signed.signature),
        Assertion(key.handle, signed.authenticator_data, signed.client_data, raw),
    ):
        assert code_of(lambda given=altered: check_assertion(given, CHALLENGE, key.public_key, 0, SITE))  # type: ignore[misc]  # as above
    made = key.register(CHALLENGE)
    assert code_of(lambda: check_registration(Registration(raw, made.client_data), CHALLENGE, SITE))
    assert code_of(lambda: check_registration(Registration(made.attestation, raw), CHALLENGE, SITE))


def test_base64url_is_read_back_and_nothing_else_is() -> None:
    assert from_base64url(to_base64url(CHALLENGE)) == CHALLENGE
    for text in ("a", "!!!!", "ab=c", "é"):
        assert code_of(lambda given=text: from_base64url(given)) == "form"  # type: ignore[misc]  # as above
