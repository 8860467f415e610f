"""Priorities: what is still needed, and how much of it is covered."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import priorities as queries
from tranche.queries.presenters.priorities import YearShown, priority_years
from tranche.web.access import viewer_of
from tranche.web.charts import Chart, coverage_chart
from tranche.web.page import language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def priorities(request: HttpRequest) -> HttpResponse:
    asked(request)
    years = priority_years(queries.priorities(language(), viewer_of(request)))
    blocks = tuple((year, _coverage(year)) for year in years)
    return show_page(
        request,
        "priorities",
        title=_("Priorities"),
        section="priorities",
        blocks=blocks,
        may_begin=may_begin(request, "priority.set"),
    )


def _coverage(year: YearShown) -> Chart:
    return coverage_chart(
        year.rows,
        currency=year.currency,
        title=_("Coverage of the priorities of %(year)s, in %(currency)s")
        % {"year": year.year, "currency": year.currency},
        key=year.key,
        illustrative=settings.TRANCHE_DEMO,
    )
