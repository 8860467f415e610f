"""Holds: what is stopped, since when and why, and the way to place or lift one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tranche.queries import holds as queries
from tranche.queries.presenters.holds import holds_shown
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def holds(request: HttpRequest) -> HttpResponse:
    asked(request)
    today = clock.today()
    return show_page(
        request,
        "holds",
        title=pgettext("stops placed over records", "Holds"),
        section="decisions",
        rows=holds_shown(queries.open_rows(today, viewer_of(request))),
        lifted=holds_shown(queries.lifted_rows(today, viewer_of(request))),
        may_place=may_begin(request, "hold.place"),
        may_place_all=may_begin(request, "hold.place_all"),
    )
