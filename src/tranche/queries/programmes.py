"""Programmes, contracts and lots: who funds them, what they cost, what was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tranche.kernel.chart import Kind
from tranche.ledger.balances import Balance, balances
from tranche.models import Contract, Lot, Milestone, Payment, Programme
from tranche.queries.stages import MoneyByStage, by_stage
from tranche.queries.trace import TraceTo, UnknownRef, trace_to
from tranche.queries.tranches import EventRow, NotFound, events_of, evidence_of, in_language


@dataclass(frozen=True, slots=True)
class ContractRow:
    ref: str
    title: str
    programme_ref: str
    supplier: str
    state: str
    price_minor: int
    currency: str
    funding_ref: str
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class Funder:
    """What one fund holds or spent in a programme: its share in minor units."""

    fund: str
    donor: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    ref: str
    title: str
    category: str
    holder: str
    state: str
    money: tuple[MoneyByStage, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeDetail:
    row: ProgrammeRow
    funders: tuple[Funder, ...]
    contracts: tuple[ContractRow, ...]
    events: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    ref: str
    title: str
    state: str
    amount_minor: int
    currency: str
    due_on: date
    pay_after: str
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    ref: str
    milestone_ref: str
    state: str
    amount_minor: int
    currency: str
    payee: str
    released_on: date | None
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class LotRow:
    ref: str
    contract_ref: str
    state: str
    category: str
    quantity: int
    unit: str
    country: str
    value_minor: int
    currency: str
    paid_minor: int
    accepted_on: date | None
    deviation: str


@dataclass(frozen=True, slots=True)
class ContractDetail:
    row: ContractRow
    programme_title: str
    tender_reference: str
    price_reason: str
    version: int
    money: tuple[MoneyByStage, ...]
    milestones: tuple[MilestoneRow, ...]
    payments: tuple[PaymentRow, ...]
    lots: tuple[LotRow, ...]
    events: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class LotDetail:
    row: LotRow
    trace: TraceTo | None
    events: tuple[EventRow, ...]
    evidence: tuple[tuple[str, str], ...]


def programmes(language: str = "en") -> tuple[ProgrammeRow, ...]:
    rows = Programme.objects.using("read").select_related("record", "holder").order_by("ref")
    return tuple(_programme_row(row, language) for row in rows)


def programme(ref: str, language: str = "en") -> ProgrammeDetail:
    """One programme by its reference; raises NotFound."""
    found = Programme.objects.using("read").select_related("record", "holder").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    contracts = _contracts(programme__ref=ref)
    return ProgrammeDetail(
        row=_programme_row(found, language),
        funders=_funders(_money_of_programme(found)),
        contracts=tuple(_contract_row(row) for row in contracts),
        events=events_of(found.record_id),
    )


def _programme_row(found: Programme, language: str) -> ProgrammeRow:
    return ProgrammeRow(
        ref=found.ref,
        title=in_language(found, "title", language),
        category=found.category,
        holder=in_language(found.holder, "name", language),
        state=found.record.state,
        money=by_stage(_money_of_programme(found)),
    )


def _money_of_programme(found: Programme) -> tuple[Balance, ...]:
    """Every account of the programme: its own, and those of its contracts, payments and lots."""
    holders = [found.ref, *found.contracts.values_list("ref", flat=True)]
    holders += Payment.objects.using("read").filter(contract__programme=found).values_list("ref", flat=True)
    holders += Lot.objects.using("read").filter(contract__programme=found).values_list("ref", flat=True)
    kinds = (Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID, Kind.LOT, Kind.WRITE_OFF)
    return balances(kinds=kinds, holders=holders)


def _funders(rows: tuple[Balance, ...]) -> tuple[Funder, ...]:
    sums: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.fund or "", row.donor or "", row.currency)
        sums[key] = sums.get(key, 0) + row.balance
    return tuple(
        Funder(fund, donor, amount, currency) for (fund, donor, currency), amount in sorted(sums.items())
    )


def contracts() -> tuple[ContractRow, ...]:
    return tuple(_contract_row(row) for row in _contracts())


def _contracts(**filters: str) -> list[Contract]:
    rows = Contract.objects.using("read").select_related("record", "programme", "supplier")
    return list(rows.filter(**filters).order_by("ref"))


def _contract_row(found: Contract) -> ContractRow:
    return ContractRow(
        ref=found.ref,
        title=found.title,
        programme_ref=found.programme.ref,
        supplier=found.supplier.name,
        state=found.record.state,
        price_minor=found.price_minor,
        currency=found.currency,
        funding_ref=found.funding_ref,
        signed_on=found.signed_on,
    )


def contract(ref: str, language: str = "en") -> ContractDetail:
    """One contract by its reference; raises NotFound."""
    rows = _contracts(ref=ref)
    if not rows:
        raise NotFound(ref)
    found = rows[0]
    payments = list(found.payments.select_related("record", "milestone", "payee").order_by("ref"))
    lots = list(found.lots.select_related("record", "contract").order_by("ref"))
    holders = [found.ref, *(row.ref for row in payments), *(row.ref for row in lots)]
    kinds = (Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID, Kind.LOT, Kind.WRITE_OFF)
    milestones = found.milestones.select_related("record").order_by("due_on", "ref")
    return ContractDetail(
        row=_contract_row(found),
        programme_title=in_language(found.programme, "title", language),
        tender_reference=found.tender_reference,
        price_reason=found.price_reason,
        version=found.record.version,
        money=by_stage(balances(kinds=kinds, holders=holders)),
        milestones=tuple(_milestone_row(row) for row in milestones),
        payments=tuple(_payment_row(row) for row in payments),
        lots=_lot_rows(lots),
        events=events_of(found.record_id),
    )


def _milestone_row(found: Milestone) -> MilestoneRow:
    return MilestoneRow(
        ref=found.ref,
        title=found.title,
        state=found.record.state,
        amount_minor=found.amount_minor,
        currency=found.currency,
        due_on=found.due_on,
        pay_after=found.pay_after,
        evidence=evidence_of(found.record_id),
    )


def _payment_row(found: Payment) -> PaymentRow:
    return PaymentRow(
        ref=found.ref,
        milestone_ref=found.milestone.ref,
        state=found.record.state,
        amount_minor=found.amount_minor,
        currency=found.currency,
        payee=found.payee.account_name,
        released_on=found.released_on,
        settled_on=found.settled_on,
    )


def _lot_rows(lots: list[Lot]) -> tuple[LotRow, ...]:
    refs = [lot.ref for lot in lots]
    paid: dict[str, int] = {}
    for row in balances(kinds=(Kind.LOT,), holders=refs) if refs else ():
        paid[row.holder] = paid.get(row.holder, 0) + row.balance
    return tuple(_lot_row(lot, paid.get(lot.ref, 0)) for lot in lots)


def _lot_row(found: Lot, paid_minor: int) -> LotRow:
    return LotRow(
        ref=found.ref,
        contract_ref=found.contract.ref,
        state=found.record.state,
        category=found.category,
        quantity=found.quantity,
        unit=found.unit,
        country=found.country,
        value_minor=found.value_minor,
        currency=found.currency,
        paid_minor=paid_minor,
        accepted_on=found.accepted_on,
        deviation=found.deviation,
    )


def lot(ref: str) -> LotDetail:
    """One lot by its reference, with who paid for it; raises NotFound."""
    found = Lot.objects.using("read").select_related("record", "contract").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    try:
        traced: TraceTo | None = trace_to(ref)
    except UnknownRef:
        traced = None
    return LotDetail(_lot_rows([found])[0], traced, events_of(found.record_id), evidence_of(found.record_id))
