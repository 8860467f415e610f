"""Closing a period: no entry is booked into it any more, and its totals are kept as they stand.

Beside the totals stands how far each line of an account can be skipped when a later day is asked: the lowest
offset that was booked after the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.ledger_errors import PeriodClosed
from tranche.ledger.accounts import IN_TOTAL, OUT_TOTAL
from tranche.ledger.balances import AsOf, balances
from tranche.ledger.rows import day, reading
from tranche.store.write import WriteTx

LAST: Final = "SELECT max(upto), (SELECT coalesce(max(id), 0) FROM journal_entry) FROM period_close"
SCANS: Final = """
SELECT a.id,
  coalesce((SELECT min(m.dst_off) FROM movement m JOIN journal_entry e ON e.id = m.entry_id
    WHERE m.dst = a.id AND m.dst_off >= coalesce(c.in_scan, 0) AND e.booked_on > %s), :in_total),
  coalesce((SELECT min(m.src_off) FROM movement m JOIN journal_entry e ON e.id = m.entry_id
    WHERE m.src = a.id AND m.src_off >= coalesce(c.out_scan, 0) AND e.booked_on > %s), :out_total)
FROM account a LEFT JOIN period_balance c
  ON c.account_id = a.id AND c.upto = (SELECT max(upto) FROM period_close)
ORDER BY a.id
""".replace(":in_total", IN_TOTAL).replace(":out_total", OUT_TOTAL)
CLOSES: Final = "SELECT upto, entry_id_max, log_seq FROM period_close ORDER BY upto"


@dataclass(frozen=True, slots=True)
class Close:
    """A closed period: its last day, the last entry that was posted when it was closed, and the log entry."""

    upto: date
    entry_id_max: int
    log_seq: int


def close(upto: date, *, write: WriteTx) -> int:
    """Close everything up to and including this day; gives how many accounts were kept.

    Raises PeriodClosed where a later or the same day is closed already.
    """
    [(last, entry_id_max)] = write.execute(LAST)
    if last is not None and day(last) >= upto:
        raise PeriodClosed(upto, day(last))
    scans = write.execute(SCANS, [upto.isoformat(), upto.isoformat()])
    kept = {row.account_id: row for row in balances(when=AsOf(booked_on=upto), using="default")}
    write.insert("period_close", "upto, entry_id_max, log_seq", [(upto.isoformat(), entry_id_max, write.seq)])
    rows = [
        (upto.isoformat(), number, kept[number].in_total, kept[number].out_total, came, went)
        for number, came, went in scans
    ]
    if rows:
        write.insert("period_balance", "upto, account_id, in_total, out_total, in_scan, out_scan", rows)
    return len(rows)


def closes(using: str = "read") -> tuple[Close, ...]:
    """Return every closed period, the oldest first."""
    return tuple(Close(day(upto), entry, seq) for upto, entry, seq in reading(using)(CLOSES))
