"""Contributions in kind: the list, and one with its values; none of these figures is an amount of money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tranche.kernel.money import Money
from tranche.models import InKind, InKindValue
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    evidence_of,
    in_language,
)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """What somebody says a contribution is worth; the last one counts."""

    version: int
    value: Money
    basis: str
    valued_on: date
    valuer: str


@dataclass(frozen=True, slots=True)
class InKindRow:
    """One line of the list; `worth` is the memorandum figure, never summed."""

    ref: str
    title: str
    agreement_ref: str
    donor: str
    category: str
    quantity: int
    unit: str
    country: str
    state: str
    worth: Money | None
    handed_over_on: date | None
    accepted_on: date | None
    deviation: str


@dataclass(frozen=True, slots=True)
class InKindDetail:
    row: InKindRow
    agreement_title: str
    values: tuple[ValueRow, ...]
    lots: tuple[str, ...]
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]


def contributions(language: str = "en") -> tuple[InKindRow, ...]:
    """Every contribution in kind, by reference."""
    rows = InKind.objects.using("read").select_related("record", "donor", "agreement")
    return tuple(_row(row, language) for row in rows.prefetch_related("values").order_by("ref"))


def contribution(ref: str, language: str = "en") -> InKindDetail:
    """One contribution by its reference; raises NotFound."""
    rows = InKind.objects.using("read").select_related("record", "donor", "agreement")
    found = rows.prefetch_related("values").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    return InKindDetail(
        row=_row(found, language),
        agreement_title=in_language(found.agreement, "title", language),
        values=tuple(_value(row) for row in _values(found)),
        lots=tuple(found.lots.order_by("ref").values_list("ref", flat=True)),
        events=events_of(found.record_id),
        evidence=evidence_of(found.record_id),
    )


def _values(found: InKind) -> list[InKindValue]:
    return sorted(found.values.all(), key=lambda row: -row.version)


def _value(row: InKindValue) -> ValueRow:
    return ValueRow(row.version, Money(row.value_minor, row.currency), row.basis, row.valued_on, row.valuer)


def _row(found: InKind, language: str) -> InKindRow:
    values = _values(found)
    return InKindRow(
        ref=found.ref,
        title=in_language(found, "title", language),
        agreement_ref=found.agreement.ref,
        donor=in_language(found.donor, "name", language),
        category=found.category,
        quantity=found.quantity,
        unit=found.unit,
        country=found.country,
        state=found.record.state,
        worth=_value(values[0]).value if values else None,
        handed_over_on=found.handed_over_on,
        accepted_on=found.accepted_on,
        deviation=found.deviation,
    )
