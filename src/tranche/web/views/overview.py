"""The overview: where all the money is, and what waits for whom."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import overview as queries
from tranche.queries import payees, waiting
from tranche.queries.presenters.overview import CurrencyShown, column_words, overview_page, waiting_shown
from tranche.queries.presenters.payees import changes_shown
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.charts import Chart, sankey_chart
from tranche.web.page import language
from tranche.web.views.reading import asked, show_page


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    asked(request)
    currencies = overview_page(
        queries.overview(language(), viewer_of(request)), whole=viewer_of(request).is_whole
    )
    return show_page(
        request,
        "overview",
        title=_("Overview"),
        section="overview",
        blocks=tuple((shown, flow_chart(shown)) for shown in currencies),
        changes=changes_shown(payees.changes(clock.today(), language(), who=viewer_of(request))),
        queue=waiting_shown(waiting.waiting(clock.today(), language(), viewer_of(request))),
    )


def flow_chart(shown: CurrencyShown) -> Chart | None:
    """The way of one currency, drawn; nothing where no money has moved."""
    if not shown.links:
        return None
    return sankey_chart(
        shown.nodes,
        shown.links,
        currency=shown.currency,
        columns=column_words(),
        title=_("The way of the money in %(currency)s") % {"currency": shown.currency},
        key=f"flow-{shown.currency.lower()}",
        illustrative=settings.TRANCHE_DEMO,
    )
