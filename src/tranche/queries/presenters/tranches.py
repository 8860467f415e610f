"""A tranche for readers: where it stands, its procedure, its money, and what others say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.formats.svg.bars import MoneyPart, Part
from tranche.formats.svg.timeline import TimelineStage, TimelineStep
from tranche.kernel.money import Money
from tranche.queries.presenters.claims import ClaimShown, claims_shown
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.money import Figure, Item, entry_href, figure_at, in_halves
from tranche.queries.presenters.money_words import FIGURES
from tranche.queries.presenters.trace import Forward, forward
from tranche.queries.presenters.words import CHOICES, ROLES, STATES, word
from tranche.queries.tranches import RAIL, StepRow, TrancheDetail, TrancheRow

ENDS = ("closed", "returned", "withdrawn")
BAR_PARTS = (
    (Part.ACCEPTED, ("accepted",)),
    (Part.PAID, ("paid",)),
    (Part.CONTRACTED, ("contracted", "ordered")),
    (Part.ALLOCATED, ("allocated",)),
    (Part.IDLE, ("idle",)),
    (Part.RETURNED, ("returned",)),
    (Part.LOST, ("lost",)),
)
"""The parts of the bar and the stages that each stands for; ordered money is still on its contract."""


@dataclass(frozen=True, slots=True)
class TrancheLine:
    """One line of the list of tranches."""

    ref: Link
    title: str
    agreement: Link
    donor: str
    origin: str
    state: str
    amount: Money
    received: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stage on the rail: past, now or later, with the day on which it came."""

    state: str
    time: str
    on: date | None = None
    planned_on: date | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of the procedure: planned against actual, with what was filed."""

    title: str
    state: str
    owner: str
    role: str
    opened_on: date | None
    due_on: date | None
    done_on: date | None
    days_late: int
    after: str
    evidence: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """Money that the bank confirmed."""

    entry: Link
    amount: Money
    on: date


@dataclass(frozen=True, slots=True)
class TranchePage:
    """Everything that the page of one tranche prints; chart rows are drawn by the view."""

    ref: str
    title: str
    state: str
    crumbs: tuple[Link, ...]
    donor: str
    amount: Money
    stops: tuple[Stop, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    bar: tuple[MoneyPart, ...]
    stages: tuple[TimelineStage, ...]
    steps: tuple[TimelineStep, ...]
    procedure: str
    tasks: tuple[StepShown, ...]
    agreed_on: date | None
    receipts: tuple[ReceiptShown, ...]
    received: tuple[Money, ...]
    claims: tuple[ClaimShown, ...]
    traces: tuple[Forward, ...]
    events: tuple[EventShown, ...]
    currency: str


def tranche_lines(rows: Sequence[TrancheRow]) -> tuple[TrancheLine, ...]:
    return tuple(
        TrancheLine(
            ref=Link(row.ref, record_href("tranche", row.ref)),
            title=row.title,
            agreement=Link(row.agreement_ref, record_href("agreement", row.agreement_ref)),
            donor=row.donor,
            origin=row.origin,
            state=row.state,
            amount=Money(row.amount_minor, row.currency),
            received=_received(row),
        )
        for row in rows
    )


def tranche_page(found: TrancheDetail) -> TranchePage:
    row = found.row
    came = _days_reached(found)
    return TranchePage(
        ref=row.ref,
        title=row.title,
        state=row.state,
        crumbs=(
            Link(_("Tranches"), reverse("tranches")),
            Link(row.agreement_ref, record_href("agreement", row.agreement_ref)),
        ),
        donor=row.donor,
        amount=Money(row.amount_minor, row.currency),
        stops=_stops(found, came),
        items=_items(found),
        bar=_bar(found),
        stages=_stages(found, came),
        steps=tuple(_timeline_step(step) for step in found.steps),
        procedure=found.procedure,
        tasks=tuple(_step(step) for step in found.steps),
        agreed_on=came.get("agreed"),
        receipts=_receipts(found),
        received=row.received,
        claims=claims_shown(found.claims),
        traces=tuple(forward(one) for one in (found.trace, *found.other_traces) if one and one.amount_minor),
        events=events_shown(found.events),
        currency=row.currency,
    )


def _received(row: TrancheRow) -> tuple[Figure, ...]:
    """What came, opening the trace, whose parts add up to it."""
    href = f"{reverse('trace')}?from={row.ref}"
    return tuple(figure_at(href, one.amount_minor, one.currency) for one in row.received)


def _days_reached(found: TrancheDetail) -> dict[str, date]:
    """The first day on which each state was reached; money is received on the bank's day."""
    days: dict[str, date] = {}
    for event in found.events:
        days.setdefault(event.to_state, event.at.date())
    if found.sent_on:
        days["sent"] = found.sent_on
    if found.receipts:
        days["received"] = found.receipts[0].value_on or found.receipts[0].booked_on
    return days


def _stops(found: TrancheDetail, came: dict[str, date]) -> tuple[Stop, ...]:
    state = found.row.state
    ended = (state,) if state in ENDS else ()
    rail = [stop for stop in RAIL if stop in came or state not in ENDS]
    place = {stop: number for number, stop in enumerate([*rail, *ended])}
    received = Money(found.row.received_minor, found.row.currency) if found.row.received_minor else None
    return tuple(
        Stop(
            state=stop,
            time=_time(number, place[state]),
            on=came.get(stop),
            planned_on=found.planned_on if stop == "received" else None,
            amount=received if stop == "received" else None,
        )
        for stop, number in place.items()
    )


def _time(number: int, now: int) -> str:
    if number == now:
        return "now"
    return "past" if number < now else "later"


def _items(found: TrancheDetail) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    row = found.row
    agreement = record_href("agreement", row.agreement_ref)
    items = [
        Item(_("Agreement"), text=found.agreement_title, href=agreement),
        Item(_("Donor"), text=row.donor),
        Item(_("Origin of the money"), text=row.origin),
        Item(_("How the money is told apart"), text=word(CHOICES, found.spending_rule)),
        Item(_("Earmark"), text=found.earmark),
        Item(_("Only for the programme"), text=found.earmark_ref, href=_programme(found)),
        Item(_("Conditions"), text=found.conditions),
        Item(_("Planned for"), on=found.planned_on),
    ]
    documents = evidence_links(found.evidence)
    items += [Item(_("Document"), text=document.text, href=document.href) for document in documents]
    return in_halves(items)


def _programme(found: TrancheDetail) -> str:
    return record_href("programme", found.earmark_ref) if found.earmark_ref else ""


def _bar(found: TrancheDetail) -> tuple[MoneyPart, ...]:
    """The tranche's own money by what became of it; each part opens the trace on the same page."""
    stages = dict(found.stages)
    parts = []
    for part, names in BAR_PARTS:
        held = [name for name in names if stages[name]]
        label = " + ".join(word(FIGURES, name) for name in held)
        parts.append(MoneyPart(part, label, sum(stages[name] for name in names), "#trace"))
    return tuple(part for part in parts if part.amount_minor)


def _stages(found: TrancheDetail, came: dict[str, date]) -> tuple[TimelineStage, ...]:
    """The stages that have a day, planned or reached."""
    rows = []
    for stop in (*RAIL, *ENDS):
        planned = found.planned_on if stop == "received" else None
        if stop in came or planned:
            name = word(STATES, stop)
            rows.append(TimelineStage(stop, name[:1].upper() + name[1:], planned, came.get(stop), "#history"))
    return tuple(rows)


def _timeline_step(step: StepRow) -> TimelineStep:
    return TimelineStep(
        key=step.title,
        label=step.title,
        owner=step.owner_ref,
        planned_from=step.opened_on,
        due_on=step.due_on,
        started_on=step.opened_on,
        done_on=step.done_on,
        evidence=bool(step.evidence),
        after=step.after,
        href="#procedure",
    )


def _step(step: StepRow) -> StepShown:
    return StepShown(
        title=step.title,
        state=step.state,
        owner=step.owner,
        role=word(ROLES, step.owner_role),
        opened_on=step.opened_on,
        due_on=step.due_on,
        done_on=step.done_on,
        days_late=step.late_days,
        after=", ".join(step.after),
        evidence=evidence_links(step.evidence),
    )


def _receipts(found: TrancheDetail) -> tuple[ReceiptShown, ...]:
    return tuple(
        ReceiptShown(
            entry=Link(_("entry %(number)s") % {"number": row.entry_id}, entry_href(row.entry_id)),
            amount=Money(row.amount_minor, row.currency),
            on=row.value_on or row.booked_on,
        )
        for row in found.receipts
    )
