"""Funds: the list, and one with its rule, whose money goes next, and what was spent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import funds as queries
from tranche.queries.known import only_known
from tranche.queries.presenters.funds import fund_lines, fund_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import language
from tranche.web.views.reading import asked, show_page


@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = fund_lines(only_known(viewer_of(request), "fund", queries.funds(language())))
    return show_page(request, "funds", title=_("Funds"), section="money", rows=rows)


@require_safe
def fund(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = fund_page(queries.fund(ref, clock.today(), language()))
    return show_page(request, "fund", title=shown.title, section="money", shown=shown)
