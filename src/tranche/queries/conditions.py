"""Conditions precedent of a tranche: how each stands, and who must act for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tranche.models import Condition
from tranche.queries.records import EvidenceRow, evidence_of_many, in_language


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition; late where its last day has passed and it is neither met nor waived."""

    ref: str
    text: str
    state: str
    long_stop_on: date
    is_late: bool
    filing_ref: str
    filing_party: str
    judging_ref: str
    judging_party: str
    evidence: tuple[EvidenceRow, ...]


def conditions(tranche_ref: str, today: date, language: str = "en") -> tuple[ConditionRow, ...]:
    """The conditions of one tranche by reference."""
    rows = list(
        Condition.objects.using("read")
        .select_related("record", "filing_party", "judging_party")
        .filter(tranche__ref=tranche_ref)
        .order_by("ref")
    )
    filed = evidence_of_many([row.record_id for row in rows])
    return tuple(_row(row, today, language, filed.get(row.record_id, ())) for row in rows)


def _row(row: Condition, today: date, language: str, filed: tuple[EvidenceRow, ...]) -> ConditionRow:
    return ConditionRow(
        ref=row.ref,
        text=row.text,
        state=row.record.state,
        long_stop_on=row.long_stop_on,
        is_late=row.long_stop_on < today and row.record.state in ("open", "filed"),
        filing_ref=row.filing_party.ref,
        filing_party=in_language(row.filing_party, "name", language),
        judging_ref=row.judging_party.ref,
        judging_party=in_language(row.judging_party, "name", language),
        evidence=filed,
    )
