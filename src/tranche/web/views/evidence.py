"""A document of the evidence store, always as a download under its own name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tranche.queries import evidence as queries
from tranche.store import evidence as store
from tranche.web.access import viewer_of


@require_safe
def evidence(request: HttpRequest, sha256: str) -> HttpResponse:
    """The bytes as filed; who reads what is public only gets what nobody has."""
    found = queries.document(sha256, own_parties(request), viewer_of(request))
    response = HttpResponse(store.get(found.sha256), content_type="application/octet-stream")
    name = found.name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def own_parties(request: HttpRequest) -> frozenset[str] | None:
    """The parties whose fields for auditors the viewer reads too; None for an auditor, who reads all."""
    reach = viewer_of(request).reach
    return None if reach.everything else reach.closed
