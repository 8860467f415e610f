"""The versions of the policy in words: every parameter, and beside it what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.kernel.money import Money, format_amount
from tranche.kernel.policy import Policy
from tranche.queries.policy_versions import VersionRow
from tranche.queries.presenters.action_words import TITLES
from tranche.queries.presenters.facts import label
from tranche.queries.presenters.words import CHOICES, word


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `before` is empty where it stayed as it was."""

    name: str
    text: str
    before: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version with everything that its part of the page says."""

    number: int
    stands: str
    tone: str
    sha256: str
    effective_at: datetime
    parameters: tuple[Parameter, ...]
    rules_changed: tuple[str, ...]
    rules_count: int
    decision_href: str
    log_seq: int | None


def versions_shown(rows: tuple[VersionRow, ...], language: str) -> tuple[VersionShown, ...]:
    """The versions in the order given."""
    return tuple(
        VersionShown(
            number=row.number,
            stands=_stands()[row.stands],
            tone={"in_force": "ok", "coming": "info"}.get(row.stands, ""),
            sha256=row.sha256,
            effective_at=row.effective_at,
            parameters=_parameters(row, language),
            rules_changed=tuple(word(TITLES, name) for name in row.rules_changed),
            rules_count=row.rules_count,
            decision_href=reverse("decision", args=[row.decision_id]) if row.decision_id else "",
            log_seq=row.log_seq,
        )
        for row in rows
    )


def _stands() -> dict[str, str]:
    return {"in_force": _("in force"), "coming": _("to come"), "over": _("over")}


def _parameters(row: VersionRow, language: str) -> tuple[Parameter, ...]:
    now = values(row.policy, language)
    before = values(row.before, language) if row.before else now
    return tuple(
        Parameter(label(name), text, before[name] if before[name] != text else "")
        for name, text in now.items()
    )


def values(policy: Policy, language: str) -> dict[str, str]:
    """Every parameter as people read it, by its name."""
    return {
        "limit_one": format_amount(Money(policy.limit_one_minor, policy.currency), language),
        "limit_two": format_amount(Money(policy.limit_two_minor, policy.currency), language),
        "window_days": str(policy.window_days),
        "methods": ", ".join(word(CHOICES, method) for method in policy.methods),
        "key_models": ", ".join(policy.aaguids) or word(CHOICES, "any"),
    }
