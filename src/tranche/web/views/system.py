"""The operator's page: how far the mail got, and the command that tries again; no amounts."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.kernel.lifecycle import Role
from tranche.queries.notices import outbox_state
from tranche.store import clock
from tranche.web.page import actor, show
from tranche.web.views.reading import asked


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """For whoever keeps the installation running; to everybody else there is nothing here."""
    asked(request)
    now = clock.now()
    if not any(grant.role is Role.OPERATOR and grant.valid(now) for grant in actor(request).grants):
        raise Http404
    return show(
        request,
        "pages/system.html",
        title=_("System"),
        section="people",
        outbox=outbox_state(),
        mail=settings.TRANCHE_MAIL,
    )
