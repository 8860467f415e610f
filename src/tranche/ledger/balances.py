"""What lies where: accounts with their totals, now or as they were, by kind, holder or restriction.

Three ways to look back: by log entry (what had been recorded then: exact, one order), by booking date (what
the periods say) and by value date (what the bank says). Each includes the entry or the day that it names.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connections

from tranche.kernel.chart import Kind
from tranche.ledger.accounts import IN_TOTAL, OUT_TOTAL
from tranche.ledger.rows import marks, reading
from tranche.store import driver

ACCOUNTS: Final = """
SELECT a.id, a.code, a.kind, a.holder, f.code, f.pool, f.donor, a.currency, :in_total, :out_total
FROM account a LEFT JOIN fund f ON f.id = a.fund_id :closes
WHERE :condition
ORDER BY a.id
"""
CLOSES: Final = """
LEFT JOIN period_balance c ON c.account_id = a.id
  AND c.upto = (SELECT max(upto) FROM period_close WHERE upto <= %s AND log_seq <= %s)
"""
LAST_ENTRY: Final = "SELECT coalesce(max(id), 0) FROM journal_entry WHERE log_seq <= %s"
RECORDED: Final = """
coalesce((SELECT m.:end_off + m.amount FROM movement m
  WHERE m.:end = a.id AND m.entry_id <= %s ORDER BY m.:end_off DESC LIMIT 1), 0)
"""
BOOKED: Final = """
coalesce(c.:way_scan, 0) + CAST(coalesce((SELECT sum(m.amount) FROM movement m
  JOIN journal_entry e ON e.id = m.entry_id
  WHERE m.:end = a.id AND m.:end_off >= coalesce(c.:way_scan, 0)
    AND m.entry_id <= %s AND e.booked_on <= %s), 0)
  AS bigint)
"""
VALUED: Final = """
CAST(coalesce((SELECT sum(m.amount) FROM movement m JOIN journal_entry e ON e.id = m.entry_id
  WHERE m.:end = a.id AND m.entry_id <= %s AND coalesce(e.value_on, e.booked_on) <= %s), 0) AS bigint)
"""
NOW: Final = "SELECT :in_total - :out_total FROM account a WHERE a.code = %s".replace(
    ":in_total", IN_TOTAL
).replace(":out_total", OUT_TOTAL)
LAST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Balance:
    """An account as it stands, or stood."""

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


@dataclass(frozen=True, slots=True)
class AsOf:
    """When: at most one of the two dates, each with or without the last log entry that counts."""

    log_seq: int | None = None
    booked_on: date | None = None
    valued_on: date | None = None

    def __post_init__(self) -> None:
        assert self.booked_on is None or self.valued_on is None


TODAY: Final = AsOf()


def balances(
    *,
    kinds: Collection[Kind] = (),
    holders: Collection[str] = (),
    codes: Collection[str] = (),
    restriction: str | None = None,
    when: AsOf = TODAY,
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
    totals = _totals(when, using)
    sql = (
        ACCOUNTS.replace(":in_total", totals.came)
        .replace(":out_total", totals.went)
        .replace(":closes", totals.closes)
        .replace(":condition", " AND ".join(conditions))
    )
    rows = reading(using)(sql, [*totals.params, *params])
    return tuple(Balance(row[0], row[1], Kind(row[2]), *row[3:]) for row in rows)


def now(code: str, using: str = "read") -> int:
    """Return what one account holds, by the shortest way; LookupError where there is none."""
    rows = driver.reader(connections[using])(NOW, [code])
    if not rows:
        raise LookupError(code)
    return int(rows[0][0])


@dataclass(frozen=True, slots=True)
class _Totals:
    """The two totals of an account `a` as SQL, the table that they need, and the parameters of the three."""

    came: str
    went: str
    closes: str
    params: tuple[object, ...]


def _totals(when: AsOf, using: str) -> _Totals:
    if when == TODAY:
        return _Totals(IN_TOTAL, OUT_TOTAL, "", ())
    seq = LAST if when.log_seq is None else when.log_seq
    [(last,)] = reading(using)(LAST_ENTRY, [seq])
    if when.booked_on is not None:
        day = when.booked_on.isoformat()
        return _Totals(*_both_ways(BOOKED), CLOSES, (last, day, last, day, day, seq))
    if when.valued_on is not None:
        day = when.valued_on.isoformat()
        return _Totals(*_both_ways(VALUED), "", (last, day, last, day))
    return _Totals(*_both_ways(RECORDED), "", (last, last))


def _both_ways(total: str) -> tuple[str, str]:
    came = total.replace(":end", "dst").replace(":way", "in")
    return came, total.replace(":end", "src").replace(":way", "out")
