"""The policy in force: the newest stored version that has begun, and the hash that every decision carries."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from tranche.kernel.policy import Denied, Deny, Policy
from tranche.kernel.policy_version import FIRST, Version, is_approved, rules_of
from tranche.kernel.refusals import NotAllowed
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import BACK, TABLE
from tranche.models import stored_in_force
from tranche.store import clock
from tranche.store.memory import once


def in_force() -> Policy:
    """The parameters of the version in force."""
    return version_in_force().policy


def policy_sha256() -> str:
    """The name of the version in force."""
    return once("policy sha256", lambda: version_in_force().sha256)


def version_in_force() -> Version:
    """The stored version; without one, what the settings name, which is how a mechanism begins.

    The policy of a demonstration holds nowhere but in an installation that is marked as one.
    """
    return once("policy", _version_in_force)


def _version_in_force() -> Version:
    found = stored_in_force(clock.now(), "default")
    if found is None or (found.policy.name == "demo" and not settings.TRANCHE_DEMO):
        return first_version()
    return found


def first_version() -> Version:
    """What a new mechanism starts with: `demo` in a demo folder, elsewhere what the settings name.

    Under `demo` and `first_run` a password entered again may stand for a signature, under `strict` never.
    """
    name = "demo" if settings.TRANCHE_DEMO else settings.TRANCHE_POLICY
    return _first(name, settings.TRANCHE_KEY_MODELS)


def refuse_if_unapproved(action: str) -> None:
    """Raise NotAllowed where the program's rules of this action are not those of the version in force."""
    if not is_approved(action, version_in_force(), running_rules()):
        raise NotAllowed(action, Deny(Denied.NOT_IN_POLICY))


@cache
def running_rules() -> dict[str, str]:
    """The rules that this program enforces, a digest for each action."""
    return rules_of((*TABLE, *STANDING, *BACK))


@cache
def _first(name: str, models: tuple[str, ...]) -> Version:
    if name == "strict":
        policy = Policy(name, methods=("webauthn", "totp"), aaguids=models)
    else:
        policy = Policy(name, aaguids=models, synced_keys=name == "demo")
    return Version(FIRST, policy, running_rules())
