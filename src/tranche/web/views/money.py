"""Where a number comes from: an account's statement, the accounts behind a figure, one journal entry."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.kernel.money import EXPONENTS
from tranche.kernel.refusals import BadArgument
from tranche.queries import money as queries
from tranche.queries.presenters.money import account_page, entry_page, figure_page
from tranche.queries.records import NotFound
from tranche.web.views.reading import asked, show_page, whole_number


@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """A code holds colons; a figure is a plain word, and its page lists the accounts that add up to it."""
    if ":" not in code:
        return _figure(request, code)
    detail = queries.account(code, whole_number(request, "first") or 0)
    shown = account_page(detail, queries.LINES_A_PAGE)
    return show_page(request, "account", title=f"{_('Account')} {code}", section="overview", shown=shown)


def _figure(request: HttpRequest, name: str) -> HttpResponse:
    bounds = asked(request, "currency", "within", "fund")
    if name not in queries.FIGURES:
        raise NotFound(name)
    if bounds["currency"] not in EXPONENTS:
        raise BadArgument("currency", "choice", bounds["currency"])
    shown = figure_page(queries.figure(name, **bounds))
    return show_page(request, "figure", title=_("Why this number"), section="overview", shown=shown)


@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    asked(request)
    shown = entry_page(queries.entry_detail(entry_id))
    return show_page(request, "entry", title=shown.title, section="overview", shown=shown)
