"""Documents by their hash: what they are, and which parties' people may read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from tranche.kernel.canonical import decode
from tranche.models import Decision, Evidence, ImportFile, LinkUpload
from tranche.queries.scope import records_within, within
from tranche.queries.viewer import UNFILTERED, Viewer

LETTER: Final = "bank_letter"


class UnknownDocument(LookupError):
    """No document has this hash, or none that this person may read."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One file of the evidence store under its first name."""

    sha256: str
    name: str
    media_type: str


def document(sha256: str, readable: frozenset[str] | None, who: Viewer = UNFILTERED) -> StoredDocument:
    """A document of a record or of an open decision, or a bank file of these parties' accounts.

    An approver reads what comes with a proposal before its execution files it. None reads any bank file.
    """
    filed = (
        Evidence.objects.using("read")
        .filter(records_within(who, "record_id"), but_letters(who), sha256=sha256)
        .order_by("filed_at", "id")
        .first()
    )
    if filed is not None:
        return StoredDocument(sha256, filed.name, filed.media_type)
    proposed = _proposed(sha256, who)
    if proposed is not None:
        return proposed
    uploaded = _uploaded(sha256, readable)
    if uploaded is not None:
        return uploaded
    staged = ImportFile.objects.using("read").filter(sha256=sha256)
    if readable is not None:
        staged = staged.filter(statements__account__party__ref__in=readable)
    found = staged.first()
    if found is None:
        raise UnknownDocument(sha256)
    return StoredDocument(sha256, found.name, "application/xml")


def but_letters(who: Viewer) -> Q:
    """Of what is on file, all but the letters that bear the whole account number of another party's payee."""
    closed = Q(record__holder_party__ref__in=who.reach.closed)
    return Q() if who.reach.everything else ~Q(kind=LETTER) | closed


def _uploaded(sha256: str, readable: frozenset[str] | None) -> StoredDocument | None:
    """What came through a link and waits to be taken over: for the holder of the record alone."""
    rows = LinkUpload.objects.using("read").filter(sha256=sha256)
    if readable is not None:
        rows = rows.filter(link__record__holder_party__ref__in=readable)
    found = rows.order_by("received_at", "id").first()
    return StoredDocument(sha256, found.name, found.media_type) if found else None


def _proposed(sha256: str, who: Viewer) -> StoredDocument | None:
    for decision in Decision.objects.using("read").filter(within(who, "decision"), state="open"):
        content: Any = decode(bytes(decision.content))
        for row in content["arguments"].get("evidence", ()):
            if row["sha256"] == sha256:
                return StoredDocument(sha256, row["name"], row["media_type"])
    return None
