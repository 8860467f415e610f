"""Priorities: what a year needs, and how much of it allocations to programmes of the category cover."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.kernel.chart import Kind
from tranche.ledger.balances import balances
from tranche.models import Priority, Programme
from tranche.queries.holders import above_holders
from tranche.queries.records import in_language

FUNDED = (Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID, Kind.LOT)


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """One need; what its category and currency hold is shared out in order of reference.

    `covered_minor` never exceeds the need: what one priority does not take is left for the next.
    """

    ref: str
    year: int
    category: str
    title: str
    quantity: int | None
    unit: str
    amount_minor: int
    currency: str
    state: str
    covered_minor: int
    accepted_minor: int

    @property
    def gap_minor(self) -> int:
        return self.amount_minor - self.covered_minor


def priorities(language: str = "en") -> tuple[PriorityRow, ...]:
    """Every priority in force, by year, category and reference."""
    left = _money_by_category()
    rows = Priority.objects.using("read").select_related("record").filter(record__state="set")
    found = []
    for row in rows.order_by("year", "category", "ref"):
        funded, accepted = left.get((row.category, row.currency), (0, 0))
        covered = min(row.amount_minor, funded)
        taken = min(covered, accepted)
        left[row.category, row.currency] = (funded - covered, accepted - taken)
        found.append(_row(row, covered, taken, language))
    return tuple(found)


def _row(row: Priority, covered: int, accepted: int, language: str) -> PriorityRow:
    return PriorityRow(
        ref=row.ref,
        year=row.year,
        category=row.category,
        title=in_language(row, "title", language),
        quantity=row.quantity,
        unit=row.unit,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=row.record.state,
        covered_minor=covered,
        accepted_minor=accepted,
    )


def _money_by_category() -> dict[tuple[str, str], tuple[int, int]]:
    """(allocated and beyond, accepted) of each category and currency."""
    categories = dict(Programme.objects.using("read").values_list("ref", "category"))
    above = above_holders()
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in balances(kinds=FUNDED):
        key = (categories[above[row.holder].programme], row.currency)
        funded, accepted = sums.get(key, (0, 0))
        sums[key] = (funded + row.balance, accepted + (row.balance if row.kind is Kind.LOT else 0))
    return sums
