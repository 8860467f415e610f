"""Agreements: the list, and what one agreement says and carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tranche.ledger.balances import balances
from tranche.models import Agreement, AgreementParty
from tranche.queries.conversions import conversions
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    evidence_of,
    in_language,
)
from tranche.queries.stages import MoneyByStage, by_stage
from tranche.queries.tranches import ClaimRow, TrancheRow, claims_about, tranches


@dataclass(frozen=True, slots=True)
class AgreementRow:
    ref: str
    title: str
    kind: str
    state: str
    binding: bool | None
    signed_on: date | None
    recipient: str
    approving_party: str
    donors: tuple[str, ...]
    tranches: int


@dataclass(frozen=True, slots=True)
class AgreementDetail:
    """One agreement; money covers its tranches and its pool."""

    row: AgreementRow
    parties: tuple[tuple[str, str], ...]
    earmark: str
    spending_rule: str
    pool_ref: str | None
    return_rule: str
    reporting_duty: str
    in_force_on: date | None
    ended_on: date | None
    tranches: tuple[TrancheRow, ...]
    money: tuple[MoneyByStage, ...]
    claims: tuple[ClaimRow, ...]
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]


def agreements(language: str = "en") -> tuple[AgreementRow, ...]:
    return tuple(_row(found, language) for found in _all().order_by("ref"))


def _all() -> QuerySet[Agreement]:
    return (
        Agreement.objects.using("read")
        .select_related("record", "recipient", "approving_party")
        .prefetch_related("parties__party", "tranches", "fund_rules")
    )


def _row(found: Agreement, language: str) -> AgreementRow:
    donors = [row.party for row in _parties(found) if row.role == "donor"]
    return AgreementRow(
        ref=found.ref,
        title=in_language(found, "title", language),
        kind=found.kind,
        state=found.record.state,
        binding=found.binding,
        signed_on=found.signed_on,
        recipient=in_language(found.recipient, "name", language),
        approving_party=in_language(found.approving_party, "name", language),
        donors=tuple(in_language(donor, "name", language) for donor in donors),
        tranches=len(found.tranches.all()),
    )


def _parties(found: Agreement) -> list[AgreementParty]:
    """In the order in which the agreement names them."""
    return sorted(found.parties.all(), key=lambda row: row.pk)


def agreement(ref: str, language: str = "en") -> AgreementDetail:
    """One agreement by its reference; raises NotFound."""
    found = _all().filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    rows = tranches(language, agreement=ref)
    return AgreementDetail(
        row=_row(found, language),
        parties=tuple((in_language(row.party, "name", language), row.role) for row in _parties(found)),
        earmark=found.earmark,
        spending_rule=found.spending_rule,
        pool_ref=found.pool_ref,
        return_rule=found.return_rule,
        reporting_duty=found.reporting_duty,
        in_force_on=found.in_force_on,
        ended_on=found.ended_on,
        tranches=rows,
        money=_money(found),
        claims=claims_about((ref, *(row.ref for row in rows))),
        events=events_of(found.record_id),
        evidence=evidence_of(found.record_id),
    )


def _money(found: Agreement) -> tuple[MoneyByStage, ...]:
    codes = {row.ref for row in found.tranches.all()} | {row.fund for row in found.fund_rules.all()}
    return by_stage(
        (row for row in balances() if row.fund in codes or row.pool in codes),
        (row for row in conversions() if row.fund in codes or row.pool in codes),
    )
