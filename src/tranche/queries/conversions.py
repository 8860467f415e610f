"""What conversions took out of accounts and brought into them, net of what was undone; by account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tranche.kernel.chart import Kind
from tranche.ledger.rows import reading

CONVERTED: Final = """
SELECT a.code, a.kind, a.holder, f.code, f.pool, a.currency,
  CAST(sum(CASE WHEN c.is_out = 1 AND e.kind <> 'reverse' THEN c.amount
    WHEN c.is_out = 0 AND e.kind = 'reverse' THEN -c.amount ELSE 0 END) AS bigint),
  CAST(sum(CASE WHEN c.is_out = 0 AND e.kind <> 'reverse' THEN c.amount
    WHEN c.is_out = 1 AND e.kind = 'reverse' THEN -c.amount ELSE 0 END) AS bigint)
FROM (
  SELECT m.entry_id, m.src AS account_id, m.amount, 1 AS is_out
  FROM account x JOIN movement m ON m.dst = x.id WHERE x.kind = 'fx'
  UNION ALL
  SELECT m.entry_id, m.dst, m.amount, 0 FROM account x JOIN movement m ON m.src = x.id WHERE x.kind = 'fx'
) c
JOIN journal_entry e ON e.id = c.entry_id
JOIN account a ON a.id = c.account_id LEFT JOIN fund f ON f.id = a.fund_id
GROUP BY a.id, a.code, a.kind, a.holder, f.code, f.pool, a.currency
ORDER BY a.code
"""


@dataclass(frozen=True, slots=True)
class Converted:
    """One account on a side of conversions: what went out of it into another currency, and what came in."""

    account: str
    kind: Kind
    holder: str
    fund: str | None
    pool: str | None
    currency: str
    out_minor: int
    in_minor: int

    @property
    def net_minor(self) -> int:
        """What is missing in its currency because it was converted; below zero where more came in."""
        return self.out_minor - self.in_minor


def conversions() -> tuple[Converted, ...]:
    """Every account that a conversion left or entered, by code, in one statement."""
    rows = reading("read")(CONVERTED)
    return tuple(Converted(code, Kind(kind), *words) for code, kind, *words in rows)
