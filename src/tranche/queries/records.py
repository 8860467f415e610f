"""What all records share: their life, their documents, and text in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tranche.ledger.journal import numbers
from tranche.models import Evidence, Party, RecordEvent, RoleGrant


class NotFound(LookupError):
    """Nothing of this kind has this reference."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A document on file: its kind, its name and the hash under which it is kept."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One step in the life of a record: who did it in which role, its decision, log entry and postings."""

    action: str
    from_state: str
    to_state: str
    person: str
    role: str
    party: str
    at: datetime
    decision_id: str
    log_seq: int
    reason: str | None
    entries: tuple[tuple[int, str], ...]


def in_language(thing: object, field: str, language: str) -> str:
    """A title or name in the reader's language, in English where it is not translated."""
    return str(getattr(thing, f"{field}_{language}", "") or getattr(thing, field))


def printed_date(year: int | None, month: int | None, day: int | None) -> str:
    """A year, a year and month, or a whole date; nothing where nothing is known."""
    return "-".join(f"{part:02}" for part in (year, month, day) if part is not None)


def evidence_of(record_id: str) -> tuple[EvidenceRow, ...]:
    """Every document of a record that no newer one has replaced, in the order of filing."""
    return evidence_of_many([record_id]).get(record_id, ())


def evidence_of_many(record_ids: Collection[str]) -> Mapping[str, tuple[EvidenceRow, ...]]:
    """The documents of several records by record, in one statement."""
    filed = Evidence.objects.using("read").filter(record_id__in=record_ids, superseded_by__isnull=True)
    rows = filed.order_by("filed_at", "kind")
    found: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in rows:
        found[row.record_id or ""].append(EvidenceRow(row.kind, row.name, row.sha256))
    return {record_id: tuple(documents) for record_id, documents in found.items()}


def names_of(refs: Collection[str], language: str) -> Mapping[str, str]:
    """The names of parties by reference."""
    rows = Party.objects.using("read").filter(ref__in=set(refs))
    return {row.ref: in_language(row, "name", language) for row in rows}


def events_of(record_id: str) -> tuple[EventRow, ...]:
    """The life of a record, oldest first."""
    return events_of_many([record_id]).get(record_id, ())


def events_of_many(record_ids: Collection[str]) -> Mapping[str, tuple[EventRow, ...]]:
    """The lives of several records by record, each oldest first, in three statements."""
    rows = list(
        RecordEvent.objects.using("read")
        .filter(record_id__in=record_ids)
        .select_related("person")
        .order_by("record_id", "version")
    )
    grants = RoleGrant.objects.using("read").select_related("party").in_bulk({row.grant_id for row in rows})
    posted = numbers({row.log_seq for row in rows})
    found: dict[str, list[EventRow]] = defaultdict(list)
    for row in rows:
        grant = grants.get(row.grant_id or "")
        found[row.record_id].append(_event(row, grant, posted.get(row.log_seq, ())))
    return {record_id: tuple(events) for record_id, events in found.items()}


def _event(row: RecordEvent, grant: RoleGrant | None, entries: tuple[tuple[int, str], ...]) -> EventRow:
    return EventRow(
        action=row.action,
        from_state=row.from_state,
        to_state=row.to_state,
        person=row.person.name,
        role=grant.role if grant else "",
        party=grant.party.ref if grant else "",
        at=row.at,
        decision_id=row.decision_id,
        log_seq=row.log_seq,
        reason=row.reason,
        entries=entries,
    )
