"""Holds: those that are open, those that were lifted, and which of them lie over a record directly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tranche.kernel.holds import ScopeKind
from tranche.models import Hold, open_holds
from tranche.queries.known import only_known
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer

LIFTED_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold; `lifted_at` is None while it is open, and late counts days after its review."""

    ref: str
    scope_kind: str
    scope_ref: str
    cause: str
    reason: str
    placed_by: str
    placed_at: datetime
    review_on: date
    late_days: int
    log_seq: int
    decision_id: str
    lifted_at: datetime | None
    lifted_by: str

    @property
    def release_action(self) -> str:
        """The action that lifts it."""
        return "hold.release_all" if self.scope_kind == ScopeKind.SYSTEM else "hold.release"


def open_rows(today: date, who: Viewer = UNFILTERED) -> tuple[HoldRow, ...]:
    """Every open hold, oldest first."""
    return tuple(_row(hold, today) for hold in only_known(who, "hold", open_holds("read")))


def lifted_rows(today: date, who: Viewer = UNFILTERED) -> tuple[HoldRow, ...]:
    """The holds that were lifted, the latest first; at most LIFTED_MAX."""
    found = Hold.objects.using("read").select_related("placed_by", "release__decision")
    rows = found.filter(within(who, "hold"), release__isnull=False).order_by("-release__log_seq")[:LIFTED_MAX]
    return tuple(_row(hold, today) for hold in rows)


def open_count(who: Viewer = UNFILTERED) -> int:
    return Hold.objects.using("read").filter(within(who, "hold"), release__isnull=True).count()


def _row(hold: Hold, today: date) -> HoldRow:
    release = getattr(hold, "release", None)
    return HoldRow(
        ref=hold.ref,
        scope_kind=hold.scope_kind,
        scope_ref=hold.scope_ref,
        cause=hold.cause,
        reason=hold.reason,
        placed_by=hold.placed_by.name,
        placed_at=hold.placed_at,
        review_on=hold.review_on,
        late_days=0 if release else max(0, (today - hold.review_on).days),
        log_seq=hold.log_seq,
        decision_id=hold.decision_id,
        lifted_at=release.released_at if release else None,
        lifted_by=release.decision_id if release else "",
    )
