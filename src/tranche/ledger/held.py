"""Holds, their release and approvals taken back against the log that says who did it and what."""

from __future__ import annotations

from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.ledger.decided import Decided
from tranche.ledger.logged import Log
from tranche.ledger.rows import Execute

PLACED: Final = frozenset({"hold.place", "hold.place_all"})
RELEASED: Final = frozenset({"hold.release", "hold.release_all"})
HOLDS: Final = """
SELECT decision_id, ref, scope_kind, scope_ref, cause, reason, placed_by_id, review_on, log_seq FROM hold
"""
RELEASES: Final = """
SELECT r.decision_id, h.ref, r.log_seq FROM hold_release r LEFT JOIN hold h ON h.id = r.hold_id
"""
REVOKED: Final = """
SELECT r.log_seq, a.decision_id, a.person_id, a.id FROM approval_revoked r
LEFT JOIN approval a ON a.id = r.approval_id
"""


class Holds:
    """The holds and releases as they are, compared with the decisions that made them."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._holds = {row[0]: row[1:] for row in execute(HOLDS, [])}
        self._releases = {row[0]: row[1:] for row in execute(RELEASES, [])}

    def check(self, decided: Decided) -> None:
        """Compare what this decision placed or lifted, where it did."""
        if decided.action in PLACED:
            said = decided.arguments
            expected = (
                f"HOLD-{decided.entry.seq}",
                said.get("over", "system"),
                said.get("over_ref", ""),
                said.get("cause"),
                decided.reason.strip(),
                decided.entry.actor,
                said.get("review_on"),
                decided.entry.seq,
            )
            self._compare("hold", expected, self._holds.pop(decided.id, None))
        elif decided.action in RELEASED:
            expected_release = (decided.arguments.get("hold"), decided.entry.seq)
            self._compare("hold_release", expected_release, self._releases.pop(decided.id, None))

    def _compare(self, table: str, expected: tuple[Any, ...], found: tuple[Any, ...] | None) -> None:
        shown = None if found is None else tuple(str(value) for value in found)
        where = f"{table} {expected[0]}"
        self._differences.compare(table, tuple(str(value) for value in expected), shown, row=where)

    def finish(self) -> None:
        """Whatever no decision made was added."""
        for table, rows in (("hold", self._holds), ("hold_release", self._releases)):
            for row in rows.values():
                self._differences.note(table, "a decision that made it", "none", row=f"{table} {row[0]}")


def check_revoked(log: Log, execute: Execute, differences: Differences) -> None:
    """Each approval that was taken back has its entry of the log, and each such entry its row."""
    missing = {entry.seq: entry for entry in log.entries.values() if entry.kind == "approval.revoke"}
    for seq, decision, person, approval in execute(REVOKED, []):
        entry = missing.pop(seq, None)
        said = (entry.decision, entry.actor) if entry else None
        where = f"approval {approval}"
        differences.compare("approval_revoked", said, (decision, person), row=where)
    for entry in missing.values():
        where = f"decision {entry.decision}"
        differences.note("approval_revoked", f"the row of entry {entry.seq}", "none", row=where)
