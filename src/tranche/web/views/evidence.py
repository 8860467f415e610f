"""A document of the evidence store, always as a download under its own name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tranche.kernel.lifecycle import Role
from tranche.queries import evidence as queries
from tranche.store import clock
from tranche.store import evidence as store
from tranche.web.access import viewer_of
from tranche.web.page import actor


@require_safe
def evidence(request: HttpRequest, sha256: str) -> HttpResponse:
    """The bytes as filed; an operator reads what is public only, so gets what nobody has."""
    found = queries.document(sha256, own_parties(request), viewer_of(request))
    response = HttpResponse(store.get(found.sha256), content_type="application/octet-stream")
    name = found.name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def own_parties(request: HttpRequest) -> frozenset[str] | None:
    """The parties for which the viewer acts; None for an auditor, who reads all. Operators read nothing."""
    now = clock.now()
    held = [grant for grant in actor(request).grants if grant.valid(now)]
    roles = {grant.role for grant in held}
    if roles <= {Role.OPERATOR}:
        raise queries.UnknownDocument
    return None if Role.AUDITOR in roles else frozenset(grant.party for grant in held)
