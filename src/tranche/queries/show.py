"""One record as its reader may see it: fields up to a label, documents, and every step that it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import Model

from tranche.kernel.disclosure import Label
from tranche.models import Evidence, Record, RecordEvent
from tranche.queries.registers import model_of, register_of

ORDER = tuple(Label)
HIDDEN = frozenset({"record", "id"})
"""Internal identifiers: a reference says the same and can be typed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a record."""

    at: str
    action: str
    from_state: str
    to_state: str
    person: str
    decision: str
    log_seq: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document on file."""

    kind: str
    sha256: str
    size_bytes: int
    filed_at: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with what stands behind it."""

    kind: str
    ref: str
    state: str
    fields: Mapping[str, object]
    events: tuple[Step, ...]
    evidence: tuple[Document, ...]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def show(kind: str, ref: str, *, ceiling: Label) -> Shown:
    """The record of this kind with this reference; raises UnknownKind, UnknownReference."""
    row = register_of(kind).find(ref)
    record = _record_of(row)
    return Shown(
        kind=kind,
        ref=ref,
        state=record.state if record else str(getattr(row, "state", "")),
        fields=_fields(row, model_of(kind), ceiling),
        events=_events(record),
        evidence=_evidence(record),
    )


def _record_of(row: Model) -> Record | None:
    record = getattr(row, "record", None)
    return record if isinstance(record, Record) else None


def _fields(row: Model, model: type[Model], ceiling: Label) -> dict[str, object]:
    labels: Mapping[str, Label] = getattr(model, "LABELS", {})
    allowed = ORDER.index(ceiling)
    return {
        name: _plain(getattr(row, name))
        for name, label in labels.items()
        if ORDER.index(label) <= allowed and label is not Label.SEALED and name not in HIDDEN
    }


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return str(getattr(value, "ref", value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


def _events(record: Record | None) -> tuple[Step, ...]:
    if record is None:
        return ()
    rows = RecordEvent.objects.using("read").select_related("person").filter(record_id=record.id)
    return tuple(
        Step(
            at=row.at.isoformat(timespec="seconds"),
            action=row.action,
            from_state=row.from_state,
            to_state=row.to_state,
            person=row.person.name,
            decision=row.decision_id,
            log_seq=row.log_seq,
        )
        for row in rows.order_by("version")
    )


def _evidence(record: Record | None) -> tuple[Document, ...]:
    if record is None:
        return ()
    rows = Evidence.objects.using("read").filter(record_id=record.id).order_by("filed_at", "kind", "id")
    return tuple(
        Document(row.kind, row.sha256, row.size_bytes, row.filed_at.isoformat(timespec="seconds"))
        for row in rows
    )
