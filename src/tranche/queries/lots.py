"""Lots: what was made and accepted under a contract, and who paid for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.ledger.balances import balances
from tranche.models import Lot, Origin
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    evidence_of,
    in_language,
    names_of,
)
from tranche.queries.trace import TraceTo, trace_to


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot; paid is what its accounts hold by currency, which is its accepted and paid value."""

    ref: str
    contract_ref: str
    inkind_ref: str
    state: str
    category: str
    quantity: int
    unit: str
    country: str
    value: Money | None
    paid: tuple[Money, ...]
    handed_over_on: date | None
    accepted_on: date | None
    rejected_on: date | None
    deviation: str


@dataclass(frozen=True, slots=True)
class PartnerUnits:
    """The units of a lot that one partner of a joint project gets, and under which shares."""

    joint_ref: str
    party: str
    quantity: int
    version: int


@dataclass(frozen=True, slots=True)
class LotDetail:
    """One lot with who paid for it; `donors` and `origins` name what the trace refers to."""

    row: LotRow
    partners: tuple[PartnerUnits, ...]
    trace: TraceTo
    donors: Mapping[str, str]
    origins: Mapping[str, str]
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]


def lots_of(contract_ref: str) -> tuple[LotRow, ...]:
    """The lots of a contract, by reference."""
    rows = Lot.objects.using("read").select_related("record", "contract")
    return _rows(list(rows.filter(contract__ref=contract_ref).order_by("ref")))


def lot(ref: str, language: str = "en") -> LotDetail:
    """One lot by its reference, with who paid for it; raises NotFound."""
    found = Lot.objects.using("read").select_related("record", "contract", "inkind").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    traced = trace_to(ref) if found.contract else TraceTo(ref, "", 0, (), ())
    return LotDetail(
        row=_rows([found])[0],
        partners=_partners(found, language),
        trace=traced,
        donors=names_of([share.donor for one in (traced, *traced.others) for share in one.shares], language),
        origins=origin_titles(),
        events=events_of(found.record_id),
        evidence=evidence_of(found.record_id),
    )


def _partners(found: Lot, language: str) -> tuple[PartnerUnits, ...]:
    rows = found.outputs.using("read").select_related("joint", "party").order_by("party__ref")
    return tuple(
        PartnerUnits(row.joint.ref, in_language(row.party, "name", language), row.quantity, row.share_version)
        for row in rows
    )


def origin_titles() -> Mapping[str, str]:
    """The titles of origins by reference."""
    return dict(Origin.objects.using("read").values_list("ref", "title"))


def _rows(found: list[Lot]) -> tuple[LotRow, ...]:
    refs = [lot.ref for lot in found]
    paid: dict[str, dict[str, int]] = {ref: {} for ref in refs}
    for row in balances(kinds=(Kind.LOT,), holders=refs) if refs else ():
        if row.balance:
            sums = paid[row.holder]
            sums[row.currency] = sums.get(row.currency, 0) + row.balance
    return tuple(_row(lot, paid[lot.ref]) for lot in found)


def _row(found: Lot, paid: Mapping[str, int]) -> LotRow:
    sums = tuple(Money(minor, currency) for currency, minor in sorted(paid.items()))
    return LotRow(
        ref=found.ref,
        contract_ref=found.contract.ref if found.contract else "",
        inkind_ref=found.inkind.ref if found.inkind else "",
        state=found.record.state,
        category=found.category,
        quantity=found.quantity,
        unit=found.unit,
        country=found.country,
        value=found.value,
        paid=sums or ((Money(0, found.currency),) if found.value else ()),
        handed_over_on=found.handed_over_on,
        accepted_on=found.accepted_on,
        rejected_on=found.rejected_on,
        deviation=found.deviation,
    )
