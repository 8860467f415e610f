"""The policy in force: its parameters, and the hash that every decision carries."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

from tranche.kernel.canonical import encode
from tranche.kernel.policy import Policy
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import TABLE


def in_force() -> Policy:
    """`demo` in a demo folder; elsewhere what the settings name: `first_run`, or `strict` with keys in use.

    Under the first two a password entered again may stand for a signature, under the last one never.
    """
    return _named("demo" if settings.TRANCHE_DEMO else settings.TRANCHE_POLICY, settings.TRANCHE_KEY_MODELS)


@cache
def _named(name: str, models: tuple[str, ...]) -> Policy:
    if name == "strict":
        return Policy(name, methods=("webauthn", "totp"), aaguids=models)
    return Policy(name, aaguids=models, synced_keys=name == "demo")


@cache
def policy_sha256(policy: Policy) -> str:
    """SHA-256 over the canonical parameters and both tables of actions."""
    table = [
        [
            row.action,
            row.source,
            row.target,
            sorted(row.roles),
            row.quorum.value,
            list(row.evidence),
            list(row.guards),
            sorted(row.tags),
            row.executor.value if row.executor else "",
        ]
        for row in (*TABLE, *STANDING)
    ]
    return hashlib.sha256(encode({"policy": policy.as_canonical(), "table": table})).hexdigest()
