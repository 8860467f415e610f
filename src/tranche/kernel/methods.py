"""How a person may prove an approval, by what is decided: a security key, a code, or a password.

A key signs and anybody can check it later; a code and a password are attested by the server. Which of them
the policy in force knows at all stands in `Policy.methods`; here is what each of them is good for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum

from tranche.kernel.approval import Quorum, short_code
from tranche.kernel.lifecycle import Tag
from tranche.kernel.policy import Policy


class Method(StrEnum):
    """The ways of proof, the strongest first."""

    KEY = "webauthn"
    CODE = "totp"
    PASSWORD = "password"  # noqa: S105 - the name of a method, no password


KEY_ONLY_ACTIONS = frozenset(
    {
        "payee.activate",
        "hold.release",
        "hold.release_all",
        "authority.recover",
        "authority.register_credential",
    }
)
KEY_ONLY_TAGS = frozenset({Tag.GRANTS_AUTHORITY, Tag.PUBLISHES})
CREDENTIAL_PREFIX = b"tranche/credential/v1\n"
CODES_MAX = 1
"""Of the approvals of one decision, so many may rest on a code."""

ONE_TIME_FOR = timedelta(days=3)
"""How long a one-time password opens the door."""


def methods_for(action: str, tags: Collection[Tag], quorum: Quorum, policy: Policy) -> frozenset[Method]:
    """The ways in which this decision may be approved; a code never where it would stand alone for money."""
    known = frozenset(Method(name) for name in policy.methods)
    return known if _takes_a_code(action, frozenset(tags), quorum) else known - {Method.CODE}


def _takes_a_code(action: str, tags: frozenset[Tag], quorum: Quorum) -> bool:
    if action in KEY_ONLY_ACTIONS or tags & KEY_ONLY_TAGS:
        return False
    if quorum.approvals < 2:
        return Tag.MOVES_MONEY not in tags
    return all(slot.wanted < 2 for slot in quorum.slots)  # above limit two each side gives two


def counted(given: Sequence[str], allowed: Collection[Method]) -> tuple[bool, ...]:
    """Which approvals count by their method, in the order given: the first code does, further ones do not.

    Where a password is taken, the policy makes no difference between one code and several.
    """
    seen, found = 0, []
    for method in given:
        fits = method in {str(known) for known in allowed}
        if fits and method == Method.CODE and Method.PASSWORD not in allowed:
            seen += 1
            fits = seen <= CODES_MAX
        found.append(fits)
    return tuple(found)


def fingerprint(handle: str, public_key: bytes) -> str:
    """Eight characters to compare by voice: the key that was offered is the key that is registered."""
    return short_code(hashlib.sha256(CREDENTIAL_PREFIX + handle.encode() + public_key).digest())
