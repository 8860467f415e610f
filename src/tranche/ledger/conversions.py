"""What was exchanged, by the account on the other side: an fx account knows neither fund nor holder."""

from __future__ import annotations

from typing import Final

from tranche.kernel.chart import Kind
from tranche.ledger.balances import Balance
from tranche.ledger.rows import reading

EXCHANGED: Final = """
SELECT o.id, a.code, o.holder, f.code, f.pool, f.donor, a.currency,
  CAST(sum(CASE WHEN m.dst = a.id THEN m.amount ELSE 0 END) AS bigint),
  CAST(sum(CASE WHEN m.src = a.id THEN m.amount ELSE 0 END) AS bigint)
FROM account a JOIN movement m ON m.dst = a.id OR m.src = a.id
JOIN account o ON o.id = CASE WHEN m.dst = a.id THEN m.src ELSE m.dst END
LEFT JOIN fund f ON f.id = o.fund_id
WHERE a.kind = 'fx'
GROUP BY o.id, a.code, o.holder, f.code, f.pool, f.donor, a.currency
ORDER BY o.id
"""


def exchanged(using: str = "read") -> tuple[Balance, ...]:
    """Return one row for each account that gave money for another currency, or got it.

    What it gave is in, what it got is out; holder and fund are those of the account, the kind is fx.
    """
    return tuple(_row(*row) for row in reading(using)(EXCHANGED, []))


def _row(
    number: int,
    code: str,
    holder: str,
    fund: str | None,
    pool: str | None,
    donor: str | None,
    currency: str,
    given: int,
    got: int,
) -> Balance:
    return Balance(number, code, Kind.FX, holder, fund, pool, donor, currency, int(given), int(got))
