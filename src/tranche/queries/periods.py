"""Closed periods: what was kept when each was closed, which nothing posted later changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.chart import Kind
from tranche.ledger.close import Close, closes
from tranche.ledger.rows import reading
from tranche.queries.records import NotFound

KEPT: Final = """
SELECT a.code, a.kind, a.currency, b.in_total, b.out_total, coalesce(p.in_total, 0), coalesce(p.out_total, 0)
FROM period_balance b JOIN account a ON a.id = b.account_id
LEFT JOIN period_balance p ON p.account_id = b.account_id AND p.upto = %s
WHERE b.upto = %s AND (b.in_total > 0 OR b.out_total > 0)
ORDER BY a.code
"""


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """An account, or all of a kind in a currency: before the period, in it, and at its end."""

    name: str
    kind: Kind
    currency: str
    opening_minor: int
    came_minor: int
    went_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.came_minor - self.went_minor


@dataclass(frozen=True, slots=True)
class Period:
    """One closed period with the day after which it begins; the first one has none."""

    close: Close
    after: date | None


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """Every account of a closed period, and the totals by currency and kind."""

    period: Period
    totals: tuple[PeriodRow, ...]
    accounts: tuple[PeriodRow, ...]


def periods() -> tuple[Period, ...]:
    """Every closed period, the newest first."""
    found = closes()
    before = (None, *(one.upto for one in found))
    return tuple(Period(one, after) for one, after in zip(found, before, strict=False))[::-1]


def period(upto: date) -> PeriodReport:
    """The report of the period that ends on this day; raises NotFound."""
    found = next((one for one in periods() if one.close.upto == upto), None)
    if found is None:
        raise NotFound(upto.isoformat())
    after = found.after.isoformat() if found.after else ""
    rows = [
        PeriodRow(code, Kind(kind), currency, in_before - out_before, came - in_before, went - out_before)
        for code, kind, currency, came, went, in_before, out_before in reading("read")(
            KEPT, [after or None, upto.isoformat()]
        )
    ]
    return PeriodReport(found, _totals(rows), tuple(rows))


def _totals(rows: Iterable[PeriodRow]) -> tuple[PeriodRow, ...]:
    """By currency, kinds in the order in which money passes them."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    order = list(Kind)
    for row in rows:
        found = sums[row.currency, order.index(row.kind)]
        found[0] += row.opening_minor
        found[1] += row.came_minor
        found[2] += row.went_minor
    return tuple(
        PeriodRow(order[place].value, order[place], currency, *found)
        for (currency, place), found in sorted(sums.items())
    )
