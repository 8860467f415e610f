"""Contracts: the list, and one with its milestones, the payments that settle them, and its lots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.ledger.balances import Balance, balances
from tranche.models import Advance, Agreement, Contract, Milestone, Payment
from tranche.queries.conversions import conversions
from tranche.queries.holders import SPENT_FROM, above_holders, contract_of
from tranche.queries.lots import LotRow, lots_of
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    events_of_many,
    evidence_of,
    evidence_of_many,
    in_language,
)
from tranche.queries.stages import MoneyByStage, by_stage


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One line of the list: paid is what left for the supplier and did not come back, by currency."""

    ref: str
    title: str
    programme_ref: str
    supplier: str
    state: str
    price_minor: int
    paid: tuple[Money, ...]
    accepted: tuple[Money, ...]
    currency: str
    funding_ref: str
    is_pooled: bool
    is_advance: bool
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A part of the contract; settled is the sum of its settled payments in its currency."""

    ref: str
    title: str
    state: str
    amount_minor: int
    settled_minor: int
    currency: str
    due_on: date
    pay_after: str
    evidence: tuple[EvidenceRow, ...]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """An order to the bank, with the journal entries it caused."""

    ref: str
    milestone_ref: str
    state: str
    amount_minor: int
    currency: str
    payee: str
    released_on: date | None
    settled_on: date | None
    entries: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ContractDetail:
    """One contract; its money by stage sums to what was reserved and not released."""

    row: ContractRow
    programme_title: str
    tender_reference: str
    price_reason: str
    selection_ref: str
    version: int
    money: tuple[MoneyByStage, ...]
    milestones: tuple[MilestoneRow, ...]
    payments: tuple[PaymentRow, ...]
    lots: tuple[LotRow, ...]
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]


def contracts(language: str = "en", programme: str | None = None) -> tuple[ContractRow, ...]:
    """Every contract, or those of one programme, by reference."""
    rows = Contract.objects.using("read").select_related("record", "programme", "supplier").order_by("ref")
    if programme is not None:
        rows = rows.filter(programme__ref=programme)
    money, pools, advances = money_of_contracts(), _pools(), _advances()
    return tuple(_row(row, money.get(row.ref, []), pools, advances, language) for row in rows)


def contract(ref: str, language: str = "en") -> ContractDetail:
    """One contract by its reference; raises NotFound."""
    rows = Contract.objects.using("read").select_related("record", "programme", "supplier", "selection")
    found = rows.filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    above = above_holders()
    money = [row for row in balances(kinds=SPENT_FROM) if contract_of(row.holder, above) == ref]
    converted = [row for row in conversions() if contract_of(row.holder, above) == ref]
    payments = list(found.payments.select_related("record", "milestone", "payee").order_by("ref"))
    return ContractDetail(
        row=_row(found, money, _pools(), _advances(), language),
        programme_title=in_language(found.programme, "title", language),
        tender_reference=found.tender_reference,
        price_reason=found.price_reason,
        selection_ref=found.selection.ref if found.selection else "",
        version=found.record.version,
        money=by_stage(money, converted),
        milestones=_milestones(found, payments),
        payments=_payments(payments),
        lots=lots_of(found.ref),
        events=events_of(found.record_id),
        evidence=evidence_of(found.record_id),
    )


def money_of_contracts() -> dict[str, list[Balance]]:
    """Every account of each contract: its own, and those of its payments and lots."""
    above = above_holders()
    found: dict[str, list[Balance]] = defaultdict(list)
    for row in balances(kinds=SPENT_FROM):
        found[contract_of(row.holder, above)].append(row)
    return found


def _pools() -> frozenset[str]:
    """The references of the pools: money of several donors."""
    found = Agreement.objects.using("read").exclude(pool_ref=None)
    return frozenset(str(ref) for ref in found.values_list("pool_ref", flat=True))


def _advances() -> frozenset[str]:
    """The references of what states paid first."""
    return frozenset(Advance.objects.using("read").values_list("ref", flat=True))


def _row(
    found: Contract, money: list[Balance], pools: frozenset[str], advances: frozenset[str], language: str
) -> ContractRow:
    return ContractRow(
        ref=found.ref,
        title=found.title,
        programme_ref=found.programme.ref,
        supplier=in_language(found.supplier, "name", language),
        state=found.record.state,
        price_minor=found.price_minor,
        paid=_sums(money, (Kind.PREPAID, Kind.LOT, Kind.WRITE_OFF), found.currency),
        accepted=_sums(money, (Kind.LOT,), found.currency),
        currency=found.currency,
        funding_ref=found.funding_ref,
        is_pooled=found.funding_ref in pools,
        is_advance=found.funding_ref in advances,
        signed_on=found.signed_on,
    )


def _sums(money: list[Balance], kinds: Collection[Kind], currency: str) -> tuple[Money, ...]:
    """What accounts of these kinds hold by currency; nothing at all is zero in the contract's own."""
    sums: dict[str, int] = defaultdict(int)
    for row in money:
        if row.kind in kinds and row.balance:
            sums[row.currency] += row.balance
    return tuple(Money(minor, code) for code, minor in sorted(sums.items())) or (Money(0, currency),)


def _milestones(found: Contract, payments: list[Payment]) -> tuple[MilestoneRow, ...]:
    rows = list(found.milestones.select_related("record").order_by("due_on", "ref"))
    filed = evidence_of_many([row.record_id for row in rows])
    settled: dict[tuple[str, str], int] = defaultdict(int)
    for payment in payments:
        if payment.record.state == "settled" and payment.milestone:
            settled[payment.milestone.ref, payment.currency] += payment.amount_minor
    return tuple(
        _milestone(row, settled[row.ref, row.currency], filed.get(row.record_id, ())) for row in rows
    )


def _milestone(found: Milestone, settled_minor: int, filed: tuple[EvidenceRow, ...]) -> MilestoneRow:
    return MilestoneRow(
        ref=found.ref,
        title=found.title,
        state=found.record.state,
        amount_minor=found.amount_minor,
        settled_minor=settled_minor,
        currency=found.currency,
        due_on=found.due_on,
        pay_after=found.pay_after,
        evidence=filed,
    )


def _payments(rows: list[Payment]) -> tuple[PaymentRow, ...]:
    events = events_of_many([row.record_id for row in rows])
    return tuple(_payment(row, events.get(row.record_id, ())) for row in rows)


def _payment(found: Payment, events: tuple[EventRow, ...]) -> PaymentRow:
    return PaymentRow(
        ref=found.ref,
        milestone_ref=found.milestone.ref if found.milestone else "",
        state=found.record.state,
        amount_minor=found.amount_minor,
        currency=found.currency,
        payee=found.payee.account_name,
        released_on=found.released_on,
        settled_on=found.settled_on,
        entries=tuple(entry for event in events for entry in event.entries),
    )
