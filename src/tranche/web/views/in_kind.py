"""Contributions in kind: the list, and one with its quantity, its value beside money, and its lot."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import in_kind as queries
from tranche.queries.known import only_known
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.in_kind import in_kind_lines, in_kind_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def contributions(request: HttpRequest) -> HttpResponse:
    asked(request)
    return show_page(
        request,
        "in_kind",
        title=_("Contributions in kind"),
        section="programmes",
        rows=in_kind_lines(only_known(viewer_of(request), "inkind", queries.contributions(language()))),
        may_begin=may_begin(request, "inkind.offer"),
    )


@require_safe
def contribution(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = in_kind_page(queries.contribution(ref, language()))
    return show_page(
        request,
        "in_kind_one",
        title=shown.title,
        section="programmes",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )
