"""One round of the work that is due."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.work.checkpoint import checkpoint
from tranche.work.expire import expire_due


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did; pages are those of the write-ahead log, None where there is none."""

    expired: int
    pages: int | None


def work_round() -> Round:
    """Do what is due now."""
    expired = expire_due()
    moved = checkpoint()
    return Round(expired, None if moved is None else moved[1])
