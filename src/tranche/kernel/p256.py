"""Checking ECDSA signatures over P-256 with SHA-256 with nothing but integers (FIPS 186-5, section 6.4.2).

Some 10 ms each: for who checks the answers of security keys without any library.
"""

from __future__ import annotations

import hashlib
from typing import Final

P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
COORDINATE_BYTES: Final = 32

Point = tuple[int, int, int]
"""Jacobian coordinates (X, Y, Z): x = X/Z^2, y = Y/Z^3; Z = 0 is the neutral element."""

NEUTRAL: Final[Point] = (1, 1, 0)
BASE: Final[Point] = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)


def verify(x: bytes, y: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature in DER over the message is one by the key with these coordinates."""
    public = (int.from_bytes(x, "big"), int.from_bytes(y, "big"), 1)
    numbers = _numbers(signature)
    if len(x) != COORDINATE_BYTES or len(y) != COORDINATE_BYTES or not _is_on_curve(public) or not numbers:
        return False
    r, s = numbers
    if not (0 < r < ORDER and 0 < s < ORDER):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, ORDER)
    found = _sum_of_two(digest * inverse % ORDER, BASE, r * inverse % ORDER, public)
    if not found[2]:
        return False
    affine = found[0] * pow(found[2], -2, P) % P
    return affine % ORDER == r


def _is_on_curve(point: Point) -> bool:
    x, y, _ = point
    return x < P and y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0


def _numbers(der: bytes) -> tuple[int, int] | None:
    """The two integers of SEQUENCE { INTEGER, INTEGER }, in their one form (X.690, section 10)."""
    if len(der) < 2 or der[0] != 0x30 or der[1] != len(der) - 2 or len(der) > 72:
        return None
    first = _integer(der, 2)
    second = _integer(der, first[1]) if first else None
    if first is None or second is None or second[1] != len(der):
        return None
    return first[0], second[0]


def _integer(der: bytes, at: int) -> tuple[int, int] | None:
    """A number and where it ends; none where it is negative or not in its shortest form."""
    if len(der) < at + 3 or der[at] != 0x02:
        return None
    body = der[at + 2 : at + 2 + der[at + 1]]
    is_short = len(body) == 1 or not (body[:1] == b"\x00" and body[1:2] < b"\x80")
    if len(body) != der[at + 1] or not body or body[0] >= 0x80 or not is_short:
        return None
    return int.from_bytes(body, "big"), at + 2 + len(body)


def _double(p: Point) -> Point:
    x, y, z = p
    if not z:
        return NEUTRAL
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    new_x = (alpha * alpha - 8 * beta) % P
    return (new_x, (alpha * (4 * beta - new_x) - 8 * gamma * gamma) % P, 2 * y * z % P)


def _add(p: Point, q: Point) -> Point:
    if not p[2] or not q[2]:
        return q if not p[2] else p
    zp, zq = p[2] * p[2] % P, q[2] * q[2] % P
    u, v = p[0] * zq % P, q[0] * zp % P
    s, t = p[1] * zq * q[2] % P, q[1] * zp * p[2] % P
    if u == v:
        return _double(p) if s == t else NEUTRAL
    h, r = v - u, t - s
    h2 = h * h % P
    h3, uh = h * h2 % P, u * h2 % P
    x = (r * r - h3 - 2 * uh) % P
    return (x, (r * (uh - x) - s * h3) % P, h * p[2] * q[2] % P)


def _sum_of_two(m: int, a: Point, n: int, b: Point) -> Point:
    """m times a and n times b, bit by bit together."""
    table = (None, a, b, _add(a, b))
    found = NEUTRAL
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        found = _double(found)
        one = table[(m >> bit & 1) | (n >> bit & 1) << 1]
        if one is not None:
            found = _add(found, one)
    return found
