"""Contracts and lots: the list of contracts, one contract, and who paid for one lot."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import contracts as queries
from tranche.queries import lots
from tranche.queries.known import only_known
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.contracts import contract_lines, contract_page, lot_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, show_page


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = contract_lines(only_known(viewer_of(request), "contract", queries.contracts(language())))
    return show_page(request, "contracts", title=_("Contracts"), section="contracts", rows=rows)


@require_safe
def contract(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = contract_page(queries.contract(ref, language()), clock.today())
    return show_page(
        request,
        "contract",
        subject=ref,
        title=shown.title,
        section="contracts",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )


@require_safe
def lot(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = lot_page(lots.lot(ref, language()))
    return show_page(
        request,
        "lot",
        subject=ref,
        title=shown.title,
        section="contracts",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )
