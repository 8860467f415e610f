"""What lies where: the accounts with their totals, chosen by kind, holder or restriction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tranche.kernel.chart import Kind
from tranche.ledger.rows import marks, reading

ACCOUNTS: Final = """
SELECT a.id, a.code, a.kind, a.holder, f.code, f.pool, f.donor, a.currency, a.in_total, a.out_total
FROM account a LEFT JOIN fund f ON f.id = a.fund_id
WHERE :condition
ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """An account as it stands."""

    account_id: int
    code: str
    kind: Kind
    holder: str
    fund: str | None
    pool: str | None
    donor: str | None
    currency: str
    in_total: int
    out_total: int

    @property
    def balance(self) -> int:
        return self.in_total - self.out_total


def balances(
    *,
    kinds: Collection[Kind] = (),
    holders: Collection[str] = (),
    codes: Collection[str] = (),
    restriction: str | None = None,
    using: str = "read",
) -> tuple[Balance, ...]:
    """Return the accounts of these kinds, holders, codes and fund or pool; nothing named means all."""
    conditions, params = ["1 = 1"], list[object]()
    for column, values in (("a.kind", kinds), ("a.holder", holders), ("a.code", codes)):
        if values:
            conditions.append(f"{column} IN ({marks(len(values))})")
            params += [str(value) for value in values]
    if restriction is not None:
        conditions.append("(f.code = %s OR f.pool = %s)")
        params += [restriction, restriction]
    rows = reading(using)(ACCOUNTS.replace(":condition", " AND ".join(conditions)), params)
    return tuple(Balance(row[0], row[1], Kind(row[2]), *row[3:]) for row in rows)
