"""Upload links and what came through them: who may still send what, and what waits for a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from tranche.models import Contract, LinkUpload, Record, UploadLink
from tranche.queries.options import Choice
from tranche.queries.records import NotFound


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link; `state` is live, expired or revoked."""

    id: str
    record_kind: str
    record_ref: str
    evidence_kinds: tuple[str, ...]
    issued_by: str
    issued_at: datetime
    expires_on: date
    state: str
    received: int


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file that came; `taken` once it is evidence."""

    id: str
    record_kind: str
    record_ref: str
    kind: str
    name: str
    sha256: str
    size_bytes: int
    received_at: datetime
    taken: bool


def links(today: date, holders: Collection[str] | None) -> tuple[LinkRow, ...]:
    """Links to records of these holders, or to all, the newest first."""
    rows = UploadLink.objects.using("read").select_related("record", "issued_by").prefetch_related("uploads")
    if holders is not None:
        rows = rows.filter(record__holder_party__ref__in=holders)
    return tuple(
        LinkRow(
            id=row.id,
            record_kind=row.record.kind,
            record_ref=row.record.ref,
            evidence_kinds=tuple(row.evidence_kinds),
            issued_by=row.issued_by.name,
            issued_at=row.issued_at,
            expires_on=row.expires_on,
            state="revoked" if row.revoked_at else "expired" if today >= row.expires_on else "live",
            received=len(row.uploads.all()),
        )
        for row in rows.order_by("-issued_at", "id")
    )


def uploads(holders: Collection[str] | None) -> tuple[UploadRow, ...]:
    """Files that came through links, those that wait first, then the newest."""
    rows = LinkUpload.objects.using("read").select_related("link__record")
    if holders is not None:
        rows = rows.filter(link__record__holder_party__ref__in=holders)
    found = [_upload(row) for row in rows.order_by("-received_at", "id")]
    return tuple(sorted(found, key=lambda row: row.taken))


def arguments_of(upload_id: str) -> dict[str, object]:
    """What taking a file over is asked with; raises NotFound."""
    row = LinkUpload.objects.using("read").filter(pk=upload_id).first()
    if row is None:
        raise NotFound(upload_id)
    document = {
        "kind": row.kind,
        "media_type": row.media_type,
        "name": row.name,
        "sha256": row.sha256,
        "size_bytes": row.size_bytes,
    }
    return {"upload": row.id, "evidence": [document]}


def records_for(ref: str) -> tuple[Choice, ...]:
    """The record itself, and for a contract its milestones and lots; raises NotFound."""
    record = Record.objects.using("read").filter(ref=ref).first()
    if record is None:
        raise NotFound(ref)
    found = [Choice(ref, ref)]
    contract = Contract.objects.using("read").filter(ref=ref).first()
    if contract is not None:
        found += [Choice(m.ref, f"{m.ref}: {m.title}") for m in contract.milestones.order_by("ref")]
        found += [
            Choice(lot.ref, f"{lot.ref}: {lot.quantity} {lot.unit}") for lot in contract.lots.order_by("ref")
        ]
    return tuple(found)


def _upload(row: LinkUpload) -> UploadRow:
    return UploadRow(
        id=row.id,
        record_kind=row.link.record.kind,
        record_ref=row.link.record.ref,
        kind=row.kind,
        name=row.name,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        received_at=row.received_at,
        taken=row.evidence_id is not None,
    )
