"""Tranches: the list, and one with its stages, procedure, money and claims."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import conditions, waiting
from tranche.queries import tranches as queries
from tranche.queries.known import only_known
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.conditions import conditions_shown
from tranche.queries.presenters.overview import waiting_shown
from tranche.queries.presenters.tranches import TranchePage, tranche_lines, tranche_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.charts import Chart, money_bar_chart, timeline_chart
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, show_page


@require_safe
def tranches(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = tranche_lines(only_known(viewer_of(request), "tranche", queries.tranches(language())))
    return show_page(request, "tranches", title=_("Tranches"), section="tranches", rows=rows)


@require_safe
def tranche(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    today = clock.today()
    shown = tranche_page(queries.tranche(ref, today, language()))
    queue = tuple(row for row in waiting.waiting(today, language(), viewer_of(request)) if row.ref == ref)
    return show_page(
        request,
        "tranche",
        subject=ref,
        title=shown.title,
        section="tranches",
        shown=shown,
        timeline=_timeline(shown, today),
        bar=_bar(shown),
        queue=waiting_shown(queue),
        conditions=conditions_shown(
            conditions.conditions(ref, today, language()), actor(request), clock.now()
        ),
        steps=next_steps(ref, actor(request), clock.now()),
    )


def _timeline(shown: TranchePage, today: date) -> Chart:
    return timeline_chart(
        shown.stages,
        shown.steps,
        today=today,
        title=_("Planned and actual"),
        illustrative=settings.TRANCHE_DEMO,
    )


def _bar(shown: TranchePage) -> Chart | None:
    if not shown.bar:
        return None
    return money_bar_chart(
        shown.bar,
        currency=shown.currency,
        title=_("What became of the money"),
        illustrative=settings.TRANCHE_DEMO,
    )
