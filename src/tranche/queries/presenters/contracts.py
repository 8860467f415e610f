"""Contracts and lots for readers: what they cost, what was paid and accepted, and who paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.contracts import ContractDetail, ContractRow, MilestoneRow, PaymentRow
from tranche.queries.lots import LotDetail, LotRow, PartnerUnits
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, evidence_links, place_href, record_href
from tranche.queries.presenters.money import (
    Figure,
    Item,
    entry_link,
    figures,
    in_halves,
    stage_items,
)
from tranche.queries.presenters.trace import Backward, backwards
from tranche.queries.presenters.words import CHOICES, word


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One line of the list of contracts."""

    ref: Link
    title: str
    supplier: str
    programme: Link
    funding: Link
    state: str
    signed_on: date | None
    price: Money
    paid: tuple[Figure, ...]
    accepted: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class MilestoneShown:
    """A milestone: when it is due, what it is worth, and the payments that settle it."""

    ref: str
    title: str
    state: str
    due_on: date
    pay_after: str
    amount: Money
    settled: Money
    payments: tuple[str, ...]
    evidence: tuple[Link, ...]
    is_late: bool


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """A payment, the milestone that it settles, and the entries that moved its money."""

    ref: str
    milestone: str
    payee: str
    state: str
    amount: Money
    released_on: date | None
    settled_on: date | None
    entries: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot of a contract."""

    ref: Link
    what: str
    state: str
    value: Money | None
    paid: tuple[Figure, ...]
    on: date | None
    deviation: str
    is_rejected: bool


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One contract with its milestones, payments and lots."""

    ref: str
    title: str
    state: str
    crumbs: tuple[Link, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    money: tuple[tuple[Item, ...], ...]
    milestones: tuple[MilestoneShown, ...]
    planned: tuple[Money, ...]
    payments: tuple[PaymentShown, ...]
    lots: tuple[LotLine, ...]
    events: tuple[EventShown, ...]


@dataclass(frozen=True, slots=True)
class LotPage:
    """One lot and who paid for it."""

    ref: str
    title: str
    what: str
    state: str
    crumbs: tuple[Link, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    traces: tuple[Backward, ...]
    in_kind: bool
    partners: tuple[PartnerUnits, ...]
    events: tuple[EventShown, ...]


def contract_lines(rows: Sequence[ContractRow]) -> tuple[ContractLine, ...]:
    return tuple(
        ContractLine(
            ref=Link(row.ref, record_href("contract", row.ref)),
            title=row.title,
            supplier=row.supplier,
            programme=Link(row.programme_ref, record_href("programme", row.programme_ref)),
            funding=_funding(row),
            state=row.state,
            signed_on=row.signed_on,
            price=Money(row.price_minor, row.currency),
            paid=figures("delivered", row.paid, within=row.ref),
            accepted=figures("accepted", row.accepted, within=row.ref),
        )
        for row in rows
    )


def _funding(row: ContractRow) -> Link:
    if row.is_advance:
        return Link(row.funding_ref)  # the page of the state's advances is that of its agreement
    return Link(row.funding_ref, place_href("pool" if row.is_pooled else "tranche", row.funding_ref))


def contract_page(found: ContractDetail, today: date) -> ContractPage:
    row = found.row
    return ContractPage(
        ref=row.ref,
        title=row.title,
        state=row.state,
        crumbs=(Link(found.programme_title, record_href("programme", row.programme_ref)),),
        items=_contract_items(found),
        money=tuple(stage_items(money, within=row.ref, whole="reserved") for money in found.money),
        milestones=tuple(_milestone(milestone, found.payments, today) for milestone in found.milestones),
        planned=_planned(found.milestones),
        payments=tuple(_payment(payment) for payment in found.payments),
        lots=tuple(_lot_line(lot) for lot in found.lots),
        events=events_shown(found.events),
    )


def _contract_items(found: ContractDetail) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    row = found.row
    funding = _funding(row)
    documents = evidence_links(found.evidence)
    items = [
        Item(_("Supplier"), text=row.supplier),
        Item(_("Price"), amount=Money(row.price_minor, row.currency)),
        Item(_("Money of"), text=funding.text, href=funding.href),
        Item(_("Signed on"), on=row.signed_on),
        Item(
            _("Selection"),
            text=found.selection_ref,
            href=record_href("selection", found.selection_ref) if found.selection_ref else "",
        ),
        Item(_("Reference of the tender"), text=found.tender_reference),
        Item(_("Why this price"), text=found.price_reason),
        *(Item(_("Document"), text=document.text, href=document.href) for document in documents),
    ]
    return in_halves(items)


def _milestone(row: MilestoneRow, payments: Sequence[PaymentRow], today: date) -> MilestoneShown:
    return MilestoneShown(
        ref=row.ref,
        title=row.title,
        state=row.state,
        due_on=row.due_on,
        pay_after=word(CHOICES, row.pay_after),
        amount=Money(row.amount_minor, row.currency),
        settled=Money(row.settled_minor, row.currency),
        payments=tuple(payment.ref for payment in payments if payment.milestone_ref == row.ref),
        evidence=evidence_links(row.evidence),
        is_late=row.due_on < today and row.state in ("planned", "claimed"),
    )


def _planned(rows: Sequence[MilestoneRow]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _payment(row: PaymentRow) -> PaymentShown:
    return PaymentShown(
        ref=row.ref,
        milestone=row.milestone_ref,
        payee=row.payee,
        state=row.state,
        amount=Money(row.amount_minor, row.currency),
        released_on=row.released_on,
        settled_on=row.settled_on,
        entries=tuple(entry_link(number, kind) for number, kind in row.entries),
    )


def lot_words(row: LotRow) -> str:
    """How many of which public category: nothing finer is kept."""
    return f"{word(CHOICES, row.category)} · {row.quantity} {row.unit}"


def _lot_line(row: LotRow) -> LotLine:
    return LotLine(
        ref=Link(row.ref, record_href("lot", row.ref)),
        what=lot_words(row),
        state=row.state,
        value=row.value,
        paid=figures("accepted", row.paid, within=row.ref),
        on=row.accepted_on or row.rejected_on or row.handed_over_on,
        deviation=word(CHOICES, row.deviation) if row.deviation else "",
        is_rejected=row.state == "rejected",
    )


def _behind(row: LotRow) -> Item:
    """What a lot was made under: a contract, or a contribution in kind."""
    if row.inkind_ref:
        return Item(_("In kind"), text=row.inkind_ref, href=record_href("inkind", row.inkind_ref))
    return Item(_("Contract"), text=row.contract_ref, href=record_href("contract", row.contract_ref))


def lot_page(found: LotDetail) -> LotPage:
    row = found.row
    documents = evidence_links(found.evidence)
    items = [
        _behind(row),
        Item(_("Quantity"), text=f"{row.quantity} {row.unit}"),
        Item(_("Category"), text=word(CHOICES, row.category)),
        Item(_("Country"), text=row.country),
        Item(_("Value"), amount=row.value),
        Item(_("Handed over on"), on=row.handed_over_on),
        Item(_("Accepted on"), on=row.accepted_on),
        Item(_("Rejected on"), on=row.rejected_on),
        Item(_("Deviation"), text=word(CHOICES, row.deviation) if row.deviation else ""),
        *(Item(_("Document"), text=document.text, href=document.href) for document in documents),
    ]
    return LotPage(
        ref=row.ref,
        title=_("Lot %(ref)s") % {"ref": row.ref},
        what=lot_words(row),
        state=row.state,
        crumbs=(Link(_behind(row).text, _behind(row).href),),
        in_kind=bool(row.inkind_ref),
        partners=found.partners,
        items=in_halves(items),
        traces=backwards(found.trace, found.donors, found.origins) if found.trace.amount_minor else (),
        events=events_shown(found.events),
    )
