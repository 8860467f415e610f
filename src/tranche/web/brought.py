"""The documents that a session has uploaded: no page takes another one by its hash.

Else whoever knows the hash of a document could file it as an own one, and read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.http import HttpRequest

from tranche.kernel.refusals import EvidenceNotStored

BROUGHT: Final = "brought"
BROUGHT_MAX: Final = 500  # the oldest are forgotten, and would have to be uploaded again


def remember(request: HttpRequest, documents: Iterable[Mapping[str, object]]) -> None:
    """Keep what was just uploaded: hash, size and type together."""
    fresh = [_said(row) for row in documents]
    if fresh:
        before = [row for row in request.session.get(BROUGHT, []) if row not in fresh]
        request.session[BROUGHT] = [*before, *fresh][-BROUGHT_MAX:]


def check_brought(request: HttpRequest, documents: Iterable[Mapping[str, object]]) -> None:
    """Raise EvidenceNotStored for what this session has not uploaded, whether it is stored or not."""
    known = request.session.get(BROUGHT, [])
    for row in documents:
        if _said(row) not in known:
            raise EvidenceNotStored(str(row["sha256"]))


def _said(row: Mapping[str, object]) -> list[object]:
    return [row["sha256"], row.get("size_bytes"), row.get("media_type")]
