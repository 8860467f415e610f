"""Programmes: the list, and one with its funders and contracts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import programmes as queries
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.programmes import programme_lines, programme_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = programme_lines(queries.programmes(language(), viewer_of(request)))
    return show_page(
        request,
        "programmes",
        title=_("Programmes"),
        section="programmes",
        rows=rows,
        may_begin=may_begin(request, "programme.draft"),
    )


@require_safe
def programme(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = programme_page(queries.programme(ref, language(), viewer_of(request)))
    return show_page(
        request,
        "programme",
        subject=ref,
        title=shown.title,
        section="programmes",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )
