"""Tranches: the list, and everything the page of one tranche answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.ledger.journal import entries
from tranche.ledger.rows import reading
from tranche.models import Claim, Procedure, Step, Tranche
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    evidence_of,
    evidence_of_many,
    in_language,
    printed_date,
)
from tranche.queries.stages import STAGES, stage_of
from tranche.queries.trace import TraceFrom, UnknownRef, trace_from

RECEIVED = """
SELECT f.code, a.currency, sum(CASE WHEN m.dst = a.id THEN m.amount ELSE -m.amount END)
FROM account a JOIN fund f ON f.id = a.fund_id
JOIN movement m ON m.dst = a.id OR m.src = a.id
JOIN account o ON o.id = CASE WHEN m.dst = a.id THEN m.src ELSE m.dst END
WHERE a.kind = 'tranche' AND o.kind IN ('origin', 'suspense', 'unassigned')
GROUP BY f.code, a.currency
ORDER BY f.code, a.currency
"""
RAIL = ("announced", "agreed", "in_procedure", "authorised", "sent", "received")


@dataclass(frozen=True, slots=True)
class TrancheRow:
    """One line of the list; what was received may be of other currencies than the tranche's own."""

    ref: str
    agreement_ref: str
    ordinal: int
    title: str
    donor_ref: str
    donor: str
    origin: str
    amount_minor: int
    currency: str
    state: str
    received: tuple[Money, ...]

    @property
    def received_minor(self) -> int:
        """What came in the tranche's own currency."""
        return sum(one.amount_minor for one in self.received if one.currency == self.currency)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the procedure; `late_days` counts calendar days after the due date."""

    ref: str
    title: str
    state: str
    owner_ref: str
    owner: str
    owner_role: str
    opened_on: date | None
    due_on: date | None
    done_on: date | None
    late_days: int
    after: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Money that a bank statement confirmed: the journal entry and what it brought into the tranche."""

    entry_id: int
    amount_minor: int
    currency: str
    booked_on: date
    value_on: date | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A confirmed or drafted claim linked to the tranche or printed for it."""

    ref: str
    state: str
    kind: str
    stage: str
    modality: str
    summary: str
    document_ref: str
    outlet: str
    published: str
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrancheDetail:
    """Everything about one tranche; `trace` is of its own currency, `other_traces` of what came in others."""

    row: TrancheRow
    agreement_title: str
    spending_rule: str
    pool_ref: str | None
    earmark: str
    earmark_ref: str
    conditions: str
    planned_on: date | None
    sent_on: date | None
    version: int
    stages: tuple[tuple[str, int], ...]
    procedure: str
    steps: tuple[StepRow, ...]
    events: tuple[EventRow, ...]
    claims: tuple[ClaimRow, ...]
    evidence: tuple[EvidenceRow, ...]
    receipts: tuple[ReceiptRow, ...]
    trace: TraceFrom | None
    other_traces: tuple[TraceFrom, ...]


def tranches(language: str = "en", agreement: str | None = None) -> tuple[TrancheRow, ...]:
    """Every tranche, by agreement and ordinal."""
    rows = Tranche.objects.using("read").select_related("record", "agreement", "donor", "origin")
    if agreement is not None:
        rows = rows.filter(agreement__ref=agreement)
    received = _received()
    return tuple(
        _row(tranche, received.get(tranche.ref, ()), language)
        for tranche in rows.order_by("agreement__ref", "ordinal")
    )


def _received() -> dict[str, tuple[Money, ...]]:
    """What came into each tranche from outside, by its reference; money released back to it is not new."""
    found: dict[str, tuple[Money, ...]] = {}
    for ref, currency, amount in reading("read")(RECEIVED, []):
        if amount:
            found[ref] = (*found.get(ref, ()), Money(int(amount), currency))
    return found


def _row(tranche: Tranche, received: tuple[Money, ...], language: str) -> TrancheRow:
    return TrancheRow(
        ref=tranche.ref,
        agreement_ref=tranche.agreement.ref,
        ordinal=tranche.ordinal,
        title=in_language(tranche, "title", language),
        donor_ref=tranche.donor.ref,
        donor=in_language(tranche.donor, "name", language),
        origin=tranche.origin.title,
        amount_minor=tranche.amount_minor,
        currency=tranche.currency,
        state=tranche.record.state,
        received=received,
    )


def tranche(ref: str, today: date, language: str = "en") -> TrancheDetail:
    """One tranche by its reference; raises NotFound."""
    found = (
        Tranche.objects.using("read")
        .select_related("record", "agreement", "donor", "origin")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise NotFound(ref)
    whole = _trace(ref)
    documents = (whole, *whole.others) if whole else ()
    traced = whole.in_currency(found.currency) if whole else None
    received = tuple(Money(one.amount_minor, one.currency) for one in documents if one.amount_minor)
    procedure = Procedure.objects.using("read").filter(pk=found.pk).first()
    return TrancheDetail(
        row=_row(found, received, language),
        agreement_title=in_language(found.agreement, "title", language),
        spending_rule=found.agreement.spending_rule,
        pool_ref=found.agreement.pool_ref,
        earmark=found.earmark,
        earmark_ref=found.earmark_ref,
        conditions=found.conditions,
        planned_on=found.planned_on,
        sent_on=found.sent_on,
        version=found.record.version,
        stages=_stages(traced),
        procedure=f"{procedure.template}, version {procedure.version}" if procedure else "",
        steps=_steps(procedure, today, language),
        events=events_of(found.record_id),
        claims=_claims(found),
        evidence=evidence_of(found.record_id),
        receipts=tuple(row for one in documents for row in _receipts(found, one.currency)),
        trace=traced,
        other_traces=tuple(one for one in documents if one.currency != found.currency),
    )


def _trace(ref: str) -> TraceFrom | None:
    """Where this tranche's money is; None before any came."""
    try:
        return trace_from(ref)
    except UnknownRef:
        return None


def _stages(traced: TraceFrom | None) -> tuple[tuple[str, int], ...]:
    """The tranche's own money by stage, from its trace: exact also inside a pool."""
    sums = dict.fromkeys(STAGES, 0)
    if traced is not None:
        for use in traced.uses:
            sums[stage_of(use.path[-1])] += use.amount_minor
        for rest in traced.unspent:
            sums[stage_of(rest.account)] += rest.amount_minor
        sums["returned"] += traced.returned_minor
    return tuple(sums.items())


def _steps(procedure: Procedure | None, today: date, language: str) -> tuple[StepRow, ...]:
    if procedure is None:
        return ()
    steps = list(
        Step.objects.using("read")
        .filter(procedure=procedure, removed_on__isnull=True)
        .select_related("record", "owner_party")
        .order_by("position")
    )
    titles = {step.key: in_language(step, "title", language) for step in steps}
    filed = evidence_of_many([step.record_id for step in steps])
    return tuple(_step(step, titles, filed.get(step.record_id, ()), today, language) for step in steps)


def _step(
    step: Step, titles: dict[str, str], filed: tuple[EvidenceRow, ...], today: date, language: str
) -> StepRow:
    state = step.record.state
    return StepRow(
        ref=step.ref,
        title=titles[step.key],
        state="waiting" if state == "todo" and step.opened_on is None else state,
        owner_ref=step.owner_party.ref,
        owner=in_language(step.owner_party, "name", language),
        owner_role=step.owner_role,
        opened_on=step.opened_on,
        due_on=step.due_on,
        done_on=step.done_on,
        late_days=max(0, ((step.done_on or today) - step.due_on).days) if step.due_on else 0,
        after=tuple(titles[key] for key in step.after if key in titles),
        evidence=filed,
    )


def _receipts(found: Tranche, currency: str) -> tuple[ReceiptRow, ...]:
    """What the bank brought into the tranche's own account, oldest first; reversals count below zero."""
    account = f"{Kind.TRANCHE}:{found.ref}:{currency}"
    rows = []
    for entry in reversed(entries(account=account)):
        came = sum(line.amount_minor for line in entry.movements if line.target == account)
        went = sum(line.amount_minor for line in entry.movements if line.source == account)
        if entry.kind in ("receive", "confirm") or (entry.kind == "reverse" and went and not came):
            rows.append(ReceiptRow(entry.id, came - went, currency, entry.booked_on, entry.value_on))
    return tuple(rows)


def _claims(found: Tranche) -> tuple[ClaimRow, ...]:
    return claims_about((found.ref, found.agreement.ref))


def claims_about(refs: Iterable[str]) -> tuple[ClaimRow, ...]:
    """The claims that persons linked to these records, by document and place."""
    linked = (
        Claim.objects.using("read")
        .filter(linked_ref__in=list(refs))
        .select_related("record", "document")
        .prefetch_related("amounts")
    )
    return tuple(claim_row(claim) for claim in linked.order_by("document__ref", "position"))


def claim_row(claim: Claim) -> ClaimRow:
    """A claim as a line: as printed, never added up."""
    document = claim.document
    return ClaimRow(
        ref=claim.ref,
        state=claim.record.state,
        kind=claim.kind,
        stage=claim.stage,
        modality=claim.modality,
        summary=claim.summary,
        document_ref=document.ref,
        outlet=document.outlet,
        published=printed_date(document.published_year, document.published_month, document.published_day),
        amounts=tuple(sorted(row.amount_text for row in claim.amounts.all())),
    )
