"""Selection of makers: the list, and one with its cards, screening and choice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import selections as queries
from tranche.queries.known import only_known
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.selections import selection_lines, selection_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def selections(request: HttpRequest) -> HttpResponse:
    asked(request)
    return show_page(
        request,
        "selections",
        title=_("Selection of makers"),
        section="contracts",
        rows=selection_lines(only_known(viewer_of(request), "selection", queries.selections(language()))),
        may_begin=may_begin(request, "selection.list"),
    )


@require_safe
def selection(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = selection_page(queries.selection(ref, actor(request), clock.now(), language()))
    return show_page(
        request,
        "selection",
        title=shown.title,
        section="contracts",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )
