"""What comes in through an upload link: kept and logged without a sign-in, and no evidence until taken over.

A link that is unknown, expired or revoked is one and the same: there is nothing there.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

from tranche.actions.setup import SYSTEM
from tranche.formats.uploads import media_type_of
from tranche.kernel.canonical import Canonical
from tranche.kernel.refusals import AlreadyThere, BadArgument
from tranche.ledger.written import left_behind, named
from tranche.log.append import append
from tranche.models import LinkUpload, UploadLink
from tranche.models.fields import NAME_LENGTH_MAX
from tranche.store import clock, evidence
from tranche.store.write import WriteTx, write_transaction

UPLOADS_MAX: Final = 20  # files of one link: a supplier needs a few, a stranger with the link fills no disk


class UnknownLink(LookupError):
    """No link has this token, or it no longer works."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """All that the page of a link tells: what the record is called in public, and what is wanted."""

    id: str
    record_kind: str
    record_ref: str
    evidence_kinds: tuple[str, ...]


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_link(token: str) -> OpenLink:
    """The link of this token; raises UnknownLink."""
    link = _live(token)
    return OpenLink(link.id, link.record.kind, link.record.ref, tuple(link.evidence_kinds))


def _live(token: str) -> UploadLink:
    rows = UploadLink.objects.select_related("record").filter(token_sha256=token_sha256(token))
    link = rows.first()
    if link is None or link.revoked_at is not None or clock.today() >= link.expires_on:
        raise UnknownLink
    return link


def receive(*, token: str, kind: str, name: str, data: bytes, key: str) -> None:
    """Keep one file of a kind that the link asks for.

    Raises UnknownLink, BadArgument, AlreadyThere or FormatError with nothing recorded.
    """
    link = _live(token)
    if kind not in link.evidence_kinds:
        raise BadArgument("kind", "choice", kind[:40])
    media_type = media_type_of(data)
    _check_room(link, kind, hashlib.sha256(data).hexdigest(), name)
    sha256 = evidence.put(data)

    def act(write: WriteTx) -> None:
        fresh = _live(token)
        _check_room(fresh, kind, sha256, name)
        upload = LinkUpload.objects.create(
            id=str(uuid.uuid4()),
            link=fresh,
            kind=kind,
            name=name[:NAME_LENGTH_MAX],
            sha256=sha256,
            size_bytes=len(data),
            media_type=media_type,
            received_at=write.now,
        )
        own = ("upload", upload.id)
        append(
            write,
            kind="evidence.receive_upload",
            actor=SYSTEM,
            object_type="record",
            object_id=fresh.record_id,
            fields={
                "detail": {"kind": kind, "link": fresh.id, "sha256": sha256, "size_bytes": len(data)},
                "ref": fresh.record.ref,
                "rows": dict[str, Canonical](left_behind("", write.seq, {own: named(*own)}, write.execute)),
            },
        )

    request = {"act": "receive", "kind": kind, "link": link.id, "sha256": sha256}
    write_transaction(key=key, request=request, act=act)


def _check_room(link: UploadLink, kind: str, sha256: str, name: str) -> None:
    if link.uploads.filter(kind=kind, sha256=sha256).exists():
        raise AlreadyThere("document", name)
    if link.uploads.count() >= UPLOADS_MAX:
        raise BadArgument("file", "too_many", str(UPLOADS_MAX))
