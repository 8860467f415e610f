"""The versions of the policy: each with its parameters, what it changed, who decided it and from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tranche.kernel.policy import Policy
from tranche.kernel.policy_version import Version, differing
from tranche.models import Decision, PolicyVersion, version_of


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version; `before` are the parameters of the one that it took the place of, None for the first."""

    number: int
    sha256: str
    effective_at: datetime
    stands: str  # coming, in_force or over
    policy: Policy
    before: Policy | None
    rules_changed: tuple[str, ...]
    rules_count: int
    decision_id: str
    log_seq: int | None


def history(now: datetime) -> tuple[VersionRow, ...]:
    """Every version, the newest first."""
    rows = list(PolicyVersion.objects.using("read").order_by("number"))
    ids = [row.decision_id for row in rows if row.decision_id]
    decided = Decision.objects.using("read").filter(pk__in=ids)
    seqs = dict(decided.values_list("id", "log_seq"))
    begun = [row.number for row in rows if row.effective_at <= now]
    found = []
    earlier: Version | None = None
    for row in rows:
        version = version_of(row.parameters)
        found.append(
            VersionRow(
                number=row.number,
                sha256=row.sha256,
                effective_at=row.effective_at,
                stands=_stands(row.number, begun),
                policy=version.policy,
                before=earlier.policy if earlier else None,
                rules_changed=differing(earlier.rules, version.rules) if earlier else (),
                rules_count=len(version.rules),
                decision_id=row.decision_id or "",
                log_seq=seqs.get(row.decision_id or ""),
            )
        )
        earlier = version
    return tuple(reversed(found))


def _stands(number: int, begun: list[int]) -> str:
    if number not in begun:
        return "coming"
    return "in_force" if number == max(begun) else "over"


def void_by_change(decision_id: str = "") -> int:
    """How many open decisions a change of the policy makes void, at most; the change is none of them."""
    rows = Decision.objects.using("read").filter(state="open")
    return rows.exclude(pk=decision_id).count() if decision_id else rows.count()
