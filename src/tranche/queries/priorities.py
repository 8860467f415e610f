"""Priorities: what a year needs, and how much of it allocations to programmes of the category cover."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from tranche.kernel.chart import Kind
from tranche.ledger.balances import balances
from tranche.ledger.rows import reading
from tranche.models import Lot, Priority, Programme
from tranche.queries.conversions import conversions
from tranche.queries.holders import above_holders, programme_of
from tranche.queries.known import known_keys
from tranche.queries.records import in_language
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer, without_foreign

LOTS_BY_SOURCE: Final = """
SELECT a.holder, s.currency, sum(CASE WHEN u.into_it = 1 THEN f.source_amount ELSE -f.source_amount END)
FROM (
  SELECT m.entry_id, m.line, m.dst AS account_id, 1 AS into_it FROM movement m
  UNION ALL SELECT m.entry_id, m.line, m.src, 0 FROM movement m
) u
JOIN account a ON a.id = u.account_id AND a.kind = 'lot' AND a.currency = %s
JOIN use_fragment f ON f.entry_id = u.entry_id AND f.line = u.line
JOIN movement s ON s.entry_id = f.source_entry AND s.line = f.source_line
GROUP BY a.holder, s.currency
"""
"""What lots of one currency cost in the currencies of their sources, net of what was undone."""
FUNDED = (Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID, Kind.LOT)


@dataclass(frozen=True, slots=True)
class InKindLot:
    """A lot that came in kind: it stands beside money and covers no amount."""

    lot_ref: str
    inkind_ref: str
    quantity: int
    unit: str


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
    in_kind: tuple[InKindLot, ...] = ()

    @property
    def gap_minor(self) -> int:
        return self.amount_minor - self.covered_minor


def priorities(language: str = "en", who: Viewer = UNFILTERED) -> tuple[PriorityRow, ...]:
    """Every priority in force, by year, category and reference."""
    left, given = _money_by_category(who), _given_in_kind(who)
    rows = Priority.objects.using("read").select_related("record").filter(record__state="set")
    rows = rows.filter(within(who, "priority"))
    found = []
    for row in rows.order_by("year", "category", "ref"):
        funded, accepted = left.get((row.category, row.currency), (0, 0))
        covered = min(row.amount_minor, funded)
        taken = min(covered, accepted)
        left[row.category, row.currency] = (funded - covered, accepted - taken)
        beside = _taken(given[row.category, row.year], row.unit)
        found.append(_row(row, covered, taken, language, beside))
    return tuple(found)


def _given_in_kind(who: Viewer) -> dict[tuple[str, int], list[InKindLot]]:
    """Lots in kind by category and year of acceptance."""
    found: dict[tuple[str, int], list[InKindLot]] = defaultdict(list)
    rows = Lot.objects.using("read").filter(within(who, "lot"), origin="in_kind", record__state="accepted")
    for row in rows.select_related("inkind").order_by("accepted_on", "ref"):
        if row.inkind and row.accepted_on:
            lot = InKindLot(row.ref, row.inkind.ref, row.quantity, row.unit)
            found[row.category, row.accepted_on.year].append(lot)
    return found


def _taken(given: list[InKindLot], unit: str) -> tuple[InKindLot, ...]:
    """The lots that stand beside a need: of its unit, or any where it names none; each beside one need."""
    taken = tuple(lot for lot in given if unit in ("", lot.unit))
    given[:] = [lot for lot in given if lot not in taken]
    return taken


def _row(
    row: Priority, covered: int, accepted: int, language: str, in_kind: tuple[InKindLot, ...]
) -> PriorityRow:
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
        in_kind=in_kind,
    )


def covered_by(category: str, language: str = "en") -> tuple[tuple[str, str], ...]:
    """The priorities, by reference and title, that money of a programme of this category covers."""
    rows = Priority.objects.using("read").filter(record__state="set", category=category)
    return tuple((row.ref, in_language(row, "title", language)) for row in rows.order_by("-year", "ref"))


def _money_by_category(who: Viewer) -> dict[tuple[str, str], tuple[int, int]]:
    """(allocated and beyond, accepted) of each category, in the currency in which the money was allocated."""
    categories = dict(Programme.objects.using("read").values_list("ref", "category"))
    above = above_holders()
    converted = [row for row in without_foreign(who, conversions()) if row.kind in FUNDED]
    bought = {row.currency for row in converted if row.in_minor}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def key(holder: str, currency: str) -> tuple[str, str]:
        return categories.get(programme_of(holder, above), ""), currency

    for row in without_foreign(who, balances(kinds=FUNDED)):
        sums[key(row.holder, row.currency)][0] += row.balance
        if row.kind is Kind.LOT and row.currency not in bought:
            sums[key(row.holder, row.currency)][1] += row.balance
    for change in converted:
        sums[key(change.holder, change.currency)][0] += change.net_minor
    for currency in sorted(bought):
        sources = reading("read")(LOTS_BY_SOURCE, [currency])
        known = known_keys(who, "lot", (row[0] for row in sources))
        for holder, source_currency, amount in (row for row in sources if row[0] in known):
            sums[key(holder, source_currency)][1] += int(amount)
    return {of: (funded, accepted) for of, (funded, accepted) in sums.items()}
