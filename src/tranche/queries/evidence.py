"""Documents by their hash: what they are, and which parties' people may read them."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.models import Evidence, ImportFile


class UnknownDocument(LookupError):
    """No document has this hash, or none that this person may read."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One file of the evidence store under its first name."""

    sha256: str
    name: str
    media_type: str


def document(sha256: str, readable: frozenset[str] | None) -> StoredDocument:
    """A document filed on a record, or a bank file of these parties' accounts (None: of any)."""
    filed = Evidence.objects.using("read").filter(sha256=sha256).order_by("filed_at", "id").first()
    if filed is not None:
        return StoredDocument(sha256, filed.name, filed.media_type)
    staged = ImportFile.objects.using("read").filter(sha256=sha256)
    if readable is not None:
        staged = staged.filter(statements__account__party__ref__in=readable)
    found = staged.first()
    if found is None:
        raise UnknownDocument(sha256)
    return StoredDocument(sha256, found.name, "application/xml")
