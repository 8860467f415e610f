"""What a verification found, and the exit code that says it (log note, "Exit codes")."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final


class Verdict(IntEnum):
    """Also the exit codes of `tranche-verify`."""

    VALID = 0
    USAGE = 2
    NO_QUORUM = 10
    STALE = 20
    CONTRADICTS = 30
    INVALID = 40
    UNREADABLE = 50


WORST_FIRST: Final = (
    Verdict.CONTRADICTS,
    Verdict.INVALID,
    Verdict.UNREADABLE,
    Verdict.STALE,
    Verdict.NO_QUORUM,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: in which step, of which entry and item."""

    verdict: Verdict
    step: str
    what: str
    seq: int | None = None
    item: str | None = None


@dataclass(slots=True)
class Report:
    """Findings and what was looked at."""

    findings: list[Finding] = field(default_factory=list)
    origin: str = ""
    size: int = 0
    root: str = ""
    signed_by: list[str] = field(default_factory=list)
    cosigned: list[tuple[str, int]] = field(default_factory=list)
    view: str = ""
    entries: int = 0
    opened: int = 0
    withheld: int = 0
    erased: int = 0
    documents: int = 0
    journal: int = 0
    approvals: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    listing: list[str] = field(default_factory=list)

    def find(
        self, verdict: Verdict, step: str, what: object, *, seq: int | None = None, item: str | None = None
    ) -> None:
        self.findings.append(Finding(verdict, step, str(what), seq, item))

    @property
    def verdict(self) -> Verdict:
        """The worst of what was found."""
        found = {finding.verdict for finding in self.findings}
        return next((verdict for verdict in WORST_FIRST if verdict in found), Verdict.VALID)
