"""Agreements: the list, and one with its rules, tranches and money."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import agreements as queries
from tranche.queries.known import only_known
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.agreements import agreement_lines, agreement_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, show_page


@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = agreement_lines(only_known(viewer_of(request), "agreement", queries.agreements(language())))
    return show_page(request, "agreements", title=_("Agreements"), section="agreements", rows=rows)


@require_safe
def agreement(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = agreement_page(queries.agreement(ref, language()))
    return show_page(
        request,
        "agreement",
        subject=ref,
        title=shown.title,
        section="agreements",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )
