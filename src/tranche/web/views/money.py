"""Where all money is and where a number comes from: flow, ages, balance, statements, figures and entries."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.kernel.money import EXPONENTS
from tranche.kernel.refusals import BadArgument
from tranche.ledger.statement import Order
from tranche.queries import money as queries
from tranche.queries.ageing import ageing
from tranche.queries.balance import By, balance_sheet
from tranche.queries.overview import overview
from tranche.queries.presenters.accounts import account_page, captions, figure_page
from tranche.queries.presenters.ageing import AgeingShown, ageing_shown, kind_words
from tranche.queries.presenters.balance import balance_page, by_words
from tranche.queries.presenters.entries import entry_page
from tranche.queries.presenters.overview import overview_page, total_line
from tranche.queries.records import NotFound
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.charts import Chart, ageing_chart
from tranche.web.page import language
from tranche.web.views.overview import flow_chart
from tranche.web.views.reading import asked, choice_of, moment_of, show_page, whole_of


@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """One flow a currency, and the line in which everything adds up."""
    asked(request)
    found = overview(language(), viewer_of(request))
    lines = {row.currency: total_line(row) for row in found.money}
    blocks = tuple(
        (shown, lines.get(shown.currency), flow_chart(shown))
        for shown in overview_page(found, whole=viewer_of(request).is_whole)
        if shown.links or shown.currency in lines
    )
    return show_page(request, "money", title=_("Money"), section="money", blocks=blocks)


@require_safe
def idle(request: HttpRequest) -> HttpResponse:
    bounds = asked(request, "currency", "first")
    if bounds["currency"] and bounds["currency"] not in EXPONENTS:
        raise BadArgument("currency", "choice", bounds["currency"])
    shown = ageing_shown(
        ageing(clock.today(), viewer_of(request)), bounds["currency"], whole_of(bounds, "first") or 0
    )
    blocks = tuple((one, _ages(one)) for one in shown)
    return show_page(request, "idle", title=_("Idle money"), section="money", blocks=blocks)


def _ages(shown: AgeingShown) -> Chart:
    return ageing_chart(
        shown.rows,
        kinds=kind_words(),
        currency=shown.currency,
        title=_("How long money has lain, in %(currency)s") % {"currency": shown.currency},
        key=f"ages-{shown.currency.lower()}",
        illustrative=settings.TRANCHE_DEMO,
    )


@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    bounds = asked(request, "at", "on", "value_on", "by", "first")
    when = moment_of(bounds)
    sheet = balance_sheet(when, choice_of(bounds, "by", By))
    shown = balance_page(sheet, when, whole_of(bounds, "first") or 0)
    return show_page(
        request, "balance", title=_("Trial balance"), section="money", shown=shown, choices=by_words().items()
    )


@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """A code holds colons; a figure is a plain word, and its page lists the accounts that add up to it."""
    if ":" not in code:
        return _figure(request, code)
    bounds = asked(request, "at", "on", "value_on", "order", "first")
    order = choice_of(bounds, "order", Order)
    detail = queries.account(code, whole_of(bounds, "first") or 0, moment_of(bounds), order)
    shown = account_page(detail, queries.LINES_A_PAGE, whole=viewer_of(request).is_whole)
    title = f"{_('Account')} {code}"
    return show_page(
        request, "account", title=title, section="money", shown=shown, choices=captions().items()
    )


def _figure(request: HttpRequest, name: str) -> HttpResponse:
    bounds = asked(request, "currency", "within", "fund")
    if name not in queries.FIGURES:
        raise NotFound(name)
    if bounds["currency"] not in EXPONENTS:
        raise BadArgument("currency", "choice", bounds["currency"])
    shown = figure_page(queries.figure(name, **bounds, who=viewer_of(request)))
    return show_page(request, "figure", title=_("Why this number"), section="money", shown=shown)


@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    asked(request)
    shown = entry_page(queries.entry_detail(entry_id), whole=viewer_of(request).is_whole)
    return show_page(request, "entry", title=shown.title, section="money", shown=shown)
