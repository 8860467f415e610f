"""A version of the policy: its parameters, what every action was approved to be, and what a change must keep.

A version stands in canonical bytes whose SHA-256 names it in every decision. A program with other rules than
those bytes only proposes them: what differs is denied until a version with them is in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from tranche.kernel.canonical import Canonical, decode, encode
from tranche.kernel.lifecycle import Transition
from tranche.kernel.methods import Method
from tranche.kernel.money import Money
from tranche.kernel.policy import CONFLICTS, REACH, Policy

FIRST = 1
WINDOW_DAYS_MIN = 7  # below a week a split over two pay days would never add up
WINDOW_DAYS_MAX = 366
MODELS_MAX = 50
CHANGES_POLICY = "authority.change_policy"
"""The one action that is never denied for being new: by it a new table of rules comes into force."""

METHOD_SETS: Mapping[str, tuple[str, ...]] = {
    "keys": (Method.KEY.value,),
    "keys_and_codes": (Method.KEY.value, Method.CODE.value),
}
"""What a change may ask for; a password is in neither, so that no change ever brings it back."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it is stored: its number, its parameters, and a digest of the rules of each action."""

    number: int
    policy: Policy
    rules: Mapping[str, str]

    def encoded(self) -> bytes:
        parameters: Canonical = {
            "number": self.number,
            "policy": self.policy.as_canonical(),
            "rules": dict(self.rules),
        }
        return encode(parameters)

    @property
    def sha256(self) -> str:
        return sha256_of(self.encoded())


def sha256_of(encoded: bytes) -> str:
    """The name of a version, which every decision under it carries."""
    return hashlib.sha256(encoded).hexdigest()


def decoded(raw: bytes) -> Version:
    """The version of these stored bytes."""
    found = cast("Mapping[str, Any]", decode(raw))
    stored = found["policy"]
    policy = Policy(
        name=stored["name"],
        currency=stored["currency"],
        limit_one_minor=stored["limit_one_minor"],
        limit_two_minor=stored["limit_two_minor"],
        window_days=stored["window_days"],
        methods=tuple(stored["methods"]),
        aaguids=tuple(stored["aaguids"]),
        synced_keys=stored["synced_keys"],
    )
    return Version(found["number"], policy, found["rules"])


def rules_of(rows: Iterable[Transition]) -> dict[str, str]:
    """For each action a digest over its rows, how far its roles reach and which deeds exclude each other."""
    conflicts = sorted(f"{a}-{b}@{scope}" for a, b, scope in CONFLICTS)
    by_action: dict[str, list[Canonical]] = {}
    for row in rows:
        by_action.setdefault(row.action, []).append(_as_canonical(row))
    return {
        action: sha256_of(
            encode({"conflicts": list(conflicts), "reach": _reach(action), "rows": sorted(found, key=str)})
        )
        for action, found in sorted(by_action.items())
    }


def _reach(action: str) -> Canonical:
    return dict(sorted(REACH.get(action.split(".")[0], {}).items()))


def _as_canonical(row: Transition) -> Canonical:
    return [
        row.action,
        row.source,
        row.target,
        list[Canonical](sorted(role.value for role in row.roles)),
        row.quorum.value,
        list[Canonical](row.evidence),
        list[Canonical](row.guards),
        list[Canonical](sorted(tag.value for tag in row.tags)),
        row.executor.value if row.executor else "",
    ]


def differing(approved: Mapping[str, str], running: Mapping[str, str]) -> tuple[str, ...]:
    """The actions whose rules are new, changed or gone."""
    return tuple(
        sorted(name for name in approved.keys() | running.keys() if approved.get(name) != running.get(name))
    )


def is_approved(action: str, version: Version, running: Mapping[str, str]) -> bool:
    """Whether the program's rules of this action are those of the version in force."""
    if action == CHANGES_POLICY:
        return True
    return version.rules.get(action) == running.get(action) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a change asks for; None leaves a parameter as it is."""

    limit_one: Money | None = None
    limit_two: Money | None = None
    window_days: int | None = None
    methods: str | None = None
    aaguids: Sequence[str] | None = None


def changed(policy: Policy, wanted: Wanted) -> Policy:
    """The parameters after a change; without a password it is strict, and a demonstration stays one."""
    first = wanted.limit_one or Money(policy.limit_one_minor, policy.currency)
    second = wanted.limit_two or Money(policy.limit_two_minor, policy.currency)
    methods = METHOD_SETS[wanted.methods] if wanted.methods else policy.methods
    is_strict = policy.name != "demo" and Method.PASSWORD not in methods
    return replace(
        policy,
        name="strict" if is_strict else policy.name,
        currency=first.currency,
        limit_one_minor=first.amount_minor,
        limit_two_minor=second.amount_minor,
        window_days=policy.window_days if wanted.window_days is None else wanted.window_days,
        methods=methods,
        aaguids=policy.aaguids if wanted.aaguids is None else tuple(sorted(set(wanted.aaguids))),
    )


def refused(policy: Policy, wanted: Wanted) -> dict[str, str]:
    """The guards that a change breaks, each with the figure that is in the way."""
    after = changed(policy, wanted)
    failed = {}
    asked = [money for money in (wanted.limit_one, wanted.limit_two) if money]
    currencies = {money.currency for money in asked}
    if len(currencies) > 1 or (currencies - {policy.currency} and len(asked) < 2):
        failed["one_currency"] = " ".join(sorted(currencies | {policy.currency}))
    if not 0 < after.limit_one_minor <= after.limit_two_minor:
        failed["limits_in_order"] = f"{after.limit_one_minor} {after.limit_two_minor}"
    return failed
