"""Priorities for readers: what a year needs, what covers it, and the gap, as chart rows by currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tranche.formats.svg.bars import CoverageRow
from tranche.kernel.money import Money
from tranche.queries.presenters.links import record_href
from tranche.queries.presenters.words import CHOICES, word
from tranche.queries.priorities import PriorityRow


@dataclass(frozen=True, slots=True)
class Given:
    """What was accepted in kind beside a need: a quantity, and the contribution it came by."""

    quantity: str
    href: str


@dataclass(frozen=True, slots=True)
class PriorityShown:
    """One need in words, with the money that covers it and what came in kind beside it."""

    ref: str
    title: str
    category: str
    quantity: str
    need: Money
    allocated: Money
    accepted: Money
    gap: Money
    in_kind: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class YearShown:
    """The needs of one year in one currency."""

    year: str
    currency: str
    key: str
    rows: tuple[CoverageRow, ...]
    needs: tuple[PriorityShown, ...]
    need: Money
    covered: Money
    gap: Money


def priority_years(rows: Sequence[PriorityRow]) -> tuple[YearShown, ...]:
    """The latest year first."""
    keys = sorted({(-row.year, row.currency) for row in rows})
    return tuple(
        _year(-year, currency, [row for row in rows if (-row.year, row.currency) == (year, currency)])
        for year, currency in keys
    )


def _year(year: int, currency: str, rows: list[PriorityRow]) -> YearShown:
    def money(amount_minor: int) -> Money:
        return Money(amount_minor, currency)

    return YearShown(
        year=str(year),
        currency=currency,
        key=f"coverage-{year}-{currency.lower()}",
        rows=tuple(_bar(row) for row in rows),
        needs=tuple(_need(row) for row in rows),
        need=money(sum(row.amount_minor for row in rows)),
        covered=money(sum(row.covered_minor for row in rows)),
        gap=money(sum(row.gap_minor for row in rows)),
    )


def _bar(row: PriorityRow) -> CoverageRow:
    return CoverageRow(
        key=row.ref,
        label=row.title,
        need_minor=row.amount_minor,
        allocated_minor=row.covered_minor,
        accepted_minor=row.accepted_minor,
        href=f"#{row.ref}",
    )


def _need(row: PriorityRow) -> PriorityShown:
    return PriorityShown(
        ref=row.ref,
        title=row.title,
        category=word(CHOICES, row.category),
        quantity=f"{row.quantity} {row.unit}" if row.quantity else "",
        need=Money(row.amount_minor, row.currency),
        allocated=Money(row.covered_minor, row.currency),
        accepted=Money(row.accepted_minor, row.currency),
        gap=Money(row.gap_minor, row.currency),
        in_kind=tuple(
            Given(f"{lot.quantity} {lot.unit}", record_href("inkind", lot.inkind_ref)) for lot in row.in_kind
        ),
    )
