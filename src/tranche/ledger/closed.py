"""Closed periods against the lines that their kept totals follow from, and the decisions that closed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.ledger.decided import Decided
from tranche.ledger.rows import Execute, day

CLOSED: Final = """
SELECT p.upto, p.log_seq, p.entry_id_max,
  coalesce((SELECT max(e.id) FROM journal_entry e WHERE e.log_seq < p.log_seq), 0)
FROM period_close p ORDER BY p.upto
"""
PERIODS: Final = "SELECT upto FROM period_close ORDER BY upto"
KEPT: Final = """
SELECT p.upto, p.account_id, a.code, p.in_total, p.out_total, p.in_scan, p.out_scan
FROM period_balance p LEFT JOIN account a ON a.id = p.account_id ORDER BY p.upto, p.account_id
"""
CODES: Final = "SELECT id, code FROM account ORDER BY id"
DAYS: Final = """
SELECT m.:end, e.booked_on, CAST(sum(m.amount) AS bigint), min(m.:end_off)
FROM movement m JOIN journal_entry e ON e.id = m.entry_id GROUP BY m.:end, e.booked_on
"""
CAME: Final = DAYS.replace(":end", "dst")
WENT: Final = DAYS.replace(":end", "src")
NOTHING: Final = (0, 0, 0, 0)

Day = tuple[date, int, int]
"""A day of booking, what moved on it, and the lowest offset of that."""
Kept = tuple[int, int, int, int]


def check_closes(execute: Execute, differences: Differences) -> None:
    """Compare what is kept of each account at each close with what its lines give.

    What a period does not keep counts as nothing: that is how it is read.
    """
    kept: dict[tuple[date, int], tuple[str, Kept]] = {}
    for upto, account, code, *totals in execute(KEPT, []):
        came_to, went_to, in_scan, out_scan = totals
        kept[day(upto), account] = (str(code), (came_to, went_to, in_scan, out_scan))
    periods = [day(upto) for (upto,) in execute(PERIODS, [])]
    if periods:
        came, went = _days(execute(CAME, [])), _days(execute(WENT, []))
        for account, code in execute(CODES, []):
            for upto in periods:
                (in_total, in_scan), (out_total, out_scan) = (
                    _at(came[account], upto),
                    _at(went[account], upto),
                )
                _, found = kept.pop((upto, account), ("", NOTHING))
                expected = (in_total, out_total, in_scan, out_scan)
                differences.compare("period_balance", expected, found, account=code, row=str(upto))
    for (upto, _), (code, found) in kept.items():
        differences.note("period_balance", "no such row", found, account=code, row=str(upto))


class Closes:
    """The periods that are closed, compared with the decisions that closed them."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._rows = {str(day(upto)): (seq, last, before) for upto, seq, last, before in execute(CLOSED, [])}

    def check(self, decided: Decided) -> None:
        """Compare the period that the decision closed with what is stored of it."""
        if decided.action != "period.close":
            return
        upto = str(decided.arguments["upto"])
        seq, last, before = self._rows.get(upto, (None, None, None))
        self._differences.compare("period_close", decided.entry.seq, seq, row=f"period_close {upto}")
        self._differences.compare("period_close", before, last, row=f"period_close {upto}")

    def finish(self) -> None:
        """A period that no decision closed shows in the totals that are kept with it."""


def _days(rows: Iterable[Sequence[Any]]) -> defaultdict[int, list[Day]]:
    found: defaultdict[int, list[Day]] = defaultdict(list)
    for account, booked_on, amount, lowest in rows:
        found[account].append((day(booked_on), amount, lowest))
    return found


def _at(days: Sequence[Day], upto: date) -> tuple[int, int]:
    """What had moved by this day, and the lowest offset booked later or else the end of the line."""
    total = sum(amount for booked_on, amount, _ in days if booked_on <= upto)
    return total, min((lowest for booked_on, _, lowest in days if booked_on > upto), default=total)
