"""Changing the policy: by both sides under the policy in force, from the next day at the earliest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.authority import NOBODY
from tranche.actions.execution import Execution
from tranche.actions.policy import running_rules, version_in_force
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.scopes import both_sides
from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money
from tranche.kernel.policy import Policy
from tranche.kernel.policy_version import (
    CHANGES_POLICY,
    FIRST,
    METHOD_SETS,
    MODELS_MAX,
    WINDOW_DAYS_MAX,
    WINDOW_DAYS_MIN,
    Version,
    Wanted,
    changed,
    differing,
    refused,
)
from tranche.kernel.refusals import BadArgument
from tranche.models import PolicyVersion

METHODS = tuple(METHOD_SETS)
ANY_MODEL = "any"
AAGUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REF = "POLICY"


def _basis(arguments: Arguments, today: date) -> Basis:
    now, wanted = version_in_force(), _wanted(arguments)
    failed = refused(now.policy, wanted)
    after = _after(now, wanted, _next_number())
    rules = differing(now.rules, after.rules)
    if str(arguments["effective_on"]) <= today.isoformat():
        failed["effective_later"] = str(arguments["effective_on"])
    if after.policy == now.policy and not rules:
        failed["something_new"] = REF
    situation, facts = both_sides()
    return Basis(
        situation=situation,
        ref=REF,
        holder=NOBODY,
        facts={
            **facts,
            **_shown("before", now.policy),
            **_shown("after", after.policy),
            "policy_before": now.sha256,
            "policy_after": after.sha256,
            "rules_changed": list[Canonical](rules),
        },
        failed=failed,
    )


def _wanted(arguments: Arguments) -> Wanted:
    models = str(arguments.get("key_models", ""))
    return Wanted(
        limit_one=a.money_of(arguments, "limit_one") if "limit_one" in arguments else None,
        limit_two=a.money_of(arguments, "limit_two") if "limit_two" in arguments else None,
        window_days=cast("int | None", arguments.get("window_days")),
        methods=cast("str | None", arguments.get("methods")),
        aaguids=_models(models) if models else None,
    )


def _models(text: str) -> tuple[str, ...]:
    """Models of keys parted by commas; the word for any of them gives none. Raises BadArgument."""
    if text == ANY_MODEL:
        return ()
    found = tuple(part.strip() for part in text.split(","))
    if len(found) > MODELS_MAX or not all(AAGUID.fullmatch(model) for model in found):
        raise BadArgument("key_models", "form", text[:80])
    return found


def _next_number() -> int:
    """The number of the next version; the first belongs to the set-up, whether it left a row or not."""
    last = PolicyVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return (last or FIRST) + 1


def _after(now: Version, wanted: Wanted, number: int) -> Version:
    return replace(now, number=number, policy=changed(now.policy, wanted), rules=running_rules())


def _shown(when: str, policy: Policy) -> Mapping[str, Canonical]:
    """Every parameter as a fact of its own, so that old and new stand side by side."""
    return {
        f"limit_one_{when}": _money(policy.limit_one_minor, policy.currency),
        f"limit_two_{when}": _money(policy.limit_two_minor, policy.currency),
        f"window_days_{when}": policy.window_days,
        f"methods_{when}": list[Canonical](policy.methods),
        f"key_models_{when}": list[Canonical](policy.aaguids) or ANY_MODEL,
    }


def _money(minor: int, currency: str) -> Canonical:
    amount = Money(minor, currency)
    return {"amount_minor": amount.amount_minor, "currency": amount.currency}


def _change(execution: Execution) -> None:
    """The new version waits for its day; until then the one in force decides."""
    after = _after(version_in_force(), _wanted(execution.arguments), _next_number())
    stored = PolicyVersion.objects.create(
        sha256=after.sha256,
        number=after.number,
        parameters=after.encoded().decode(),
        effective_at=datetime.combine(execution.day("effective_on"), time(), UTC),
        decision_id=execution.decision.id,
    )
    execution.created["id"] = stored.sha256


register(
    Action(
        CHANGES_POLICY,
        (
            a.day("effective_on"),
            a.money("limit_one", required=False),
            a.money("limit_two", required=False),
            a.whole("window_days", required=False, least=WINDOW_DAYS_MIN, most=WINDOW_DAYS_MAX),
            a.choice("methods", METHODS, required=False),
            a.text("key_models", required=False),
        ),
        _basis,
        _change,
    )
)
