"""The rules of funds against the decisions that opened and ended them."""

from __future__ import annotations

from typing import Final

from tranche.kernel.differences import Differences
from tranche.ledger.decided import Decided
from tranche.ledger.rows import Execute

RULES: Final = """
SELECT r.fund, r.rule, a.ref, coalesce(p.ref, ''), r.earmark_ref, r.log_seq, r.successor, r.ended_seq,
    r.ended_on
FROM fund_rule r JOIN agreement a ON a.record_id = r.agreement_id LEFT JOIN party p ON p.id = r.donor_id
ORDER BY r.fund
"""
POOLS: Final = """
SELECT record_id, ref, pool_ref, spending_rule FROM agreement WHERE pool_ref IS NOT NULL
"""
TRANCHES: Final = """
SELECT t.record_id, t.ref, a.ref, p.ref, t.earmark_ref
FROM tranche t JOIN agreement a ON a.record_id = t.agreement_id JOIN party p ON p.id = t.donor_id
WHERE a.spending_rule = 'earmark'
"""

Opened = tuple[str, str, str, str, str, int]
"""A fund, its rule, agreement, donor and earmark, and the log entry that opened it."""


class FundRules:
    """Which rules there are, compared with those that signatures, tranches and roll-overs opened."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        rows = [tuple(row) for row in execute(RULES, [])]
        self._opened: set[Opened] = {(row[0], row[1], row[2], row[3], row[4], int(row[5])) for row in rows}
        self._ended = {(row[0], row[6], row[7]) for row in rows if row[6] or row[7] or row[8]}
        self._pools = {row[0]: tuple(row[1:]) for row in execute(POOLS, [])}
        self._tranches = {row[0]: tuple(row[1:]) for row in execute(TRANCHES, [])}
        self._wanted: set[Opened] = set()
        self._ends: set[tuple[str, str, int | None]] = set()

    def check(self, decided: Decided) -> None:
        """Note the rules that the decision opened or ended."""
        record, seq = decided.entry.object_id, decided.entry.seq
        if decided.action == "agreement.sign" and record in self._pools:
            ref, pool, rule = self._pools[record]
            self._wanted.add((pool, rule, ref, "", "", seq))
        elif decided.action == "tranche.agree" and record in self._tranches:
            ref, agreement, donor, earmark = self._tranches[record]
            self._wanted.add((ref, "earmark", agreement, donor, earmark, seq))
        elif decided.action == "fund.roll_over":
            agreement = decided.facts["agreement_ref"]
            for code, rule, donor, earmark in decided.facts["opened"]:
                self._wanted.add((code, rule, agreement, donor, earmark, seq))
            self._ends.add((decided.facts["ended"], decided.facts["opened"][0][0], seq))

    def finish(self) -> None:
        """No rule without its decision, none that differs, and each ended as it was rolled over."""
        for missing in sorted(self._wanted - self._opened):
            self._note("fund_rule_missing", missing, "none", missing[0])
        for added in sorted(self._opened - self._wanted):
            self._note("fund_rule_added", "a decision that opened it", added, added[0])
        for missing_end in sorted(self._ends - self._ended):
            self._note("fund_rule_end", missing_end, "none", missing_end[0])
        for added_end in sorted(self._ended - self._ends):
            self._note("fund_rule_end", "a roll-over that ended it", added_end, added_end[0])

    def _note(self, code: str, expected: object, found: object, fund: str) -> None:
        self._differences.note(code, expected, found, row=f"fund_rule {fund}")
