"""Upload links and uploaded files in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tranche.queries.presenters.links import Link, record_href
from tranche.queries.presenters.words import EVIDENCE, KINDS, word
from tranche.queries.uploads import LinkRow, UploadRow

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LINK_STATES: Mapping[str, StrPromise] = {
    "live": gettext_lazy("works"),
    "expired": gettext_lazy("expired"),
    "revoked": gettext_lazy("revoked"),
}
KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class LinkShown:
    record: Link
    kinds: str
    issued_by: str
    issued_on: date
    expires_on: date
    state: str
    received: int
    revoke_href: str


@dataclass(frozen=True, slots=True)
class UploadShown:
    id: str
    record: Link
    kind: str
    document: Link
    size: str
    received_on: date
    taken: bool


def kinds_text(kinds: Sequence[str]) -> str:
    return ", ".join(word(EVIDENCE, kind) for kind in kinds)


def public_title(kind: str, ref: str) -> str:
    """What a record is called in public: its kind and its reference, nothing of its content."""
    name = word(KINDS, kind)
    return f"{name[:1].upper()}{name[1:]} {ref}"


def links_shown(rows: Sequence[LinkRow]) -> tuple[LinkShown, ...]:
    return tuple(
        LinkShown(
            record=Link(row.record_ref, record_href(row.record_kind, row.record_ref)),
            kinds=kinds_text(row.evidence_kinds),
            issued_by=row.issued_by,
            issued_on=row.issued_at.date(),
            expires_on=row.expires_on,
            state=word(LINK_STATES, row.state),
            received=row.received,
            revoke_href=_revoke(row),
        )
        for row in rows
    )


def _revoke(row: LinkRow) -> str:
    if row.state != "live":
        return ""
    known = urlencode({"link": row.id, "back": reverse("uploads")})
    return f"{reverse('act', args=['evidence.revoke_link'])}?{known}"


def uploads_shown(rows: Sequence[UploadRow]) -> tuple[UploadShown, ...]:
    return tuple(
        UploadShown(
            id=row.id,
            record=Link(row.record_ref, record_href(row.record_kind, row.record_ref)),
            kind=word(EVIDENCE, row.kind),
            document=Link(row.name, reverse("evidence", args=[row.sha256])),
            size=_("%(size)s KB") % {"size": max(1, row.size_bytes // KIBIBYTE)},
            received_on=row.received_at.date(),
            taken=row.taken,
        )
        for row in rows
    )
