"""Closed periods: the list, and the report of one, which nothing posted later changes."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import periods as queries
from tranche.queries.presenters.balance import period_lines, period_page
from tranche.queries.presenters.days import day_text
from tranche.web.views.reading import asked, show_page, whole_number


@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = period_lines(queries.periods())
    return show_page(request, "periods", title=_("Closed periods"), section="money", rows=rows)


@require_safe
def period(request: HttpRequest, upto: date) -> HttpResponse:
    """The page is as of the log entry that closed the period, whenever it is read."""
    shown = period_page(queries.period(upto), whole_number(request, "first") or 0)
    title = _("Period closed until %(day)s") % {"day": day_text(upto)}
    return show_page(request, "period", title=title, section="money", shown=shown, log_seq=shown.log_seq)
