"""Codes that change with the time: RFC 6238 over SHA-1, steps of 30 seconds, six digits."""

from __future__ import annotations

import hashlib
import hmac

STEP_SECONDS = 30
DIGITS = 6
STEPS_BACK = 1
"""A code counts in its own step and in the one after it, so for 60 seconds at most."""


def step_of(now_s: int) -> int:
    """The number of the step in which this second lies."""
    return now_s // STEP_SECONDS


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of one step (RFC 4226, section 5.3, over the step as its counter)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_that_fits(secret: bytes, code: str, now_s: int, used: int) -> int | None:
    """The step whose code this is, above the last one that was used; None where no step fits."""
    now = step_of(now_s)
    for step in range(now, now - STEPS_BACK - 1, -1):
        if step > used and hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            return step
    return None
