"""Payee accounts: the list with what waits, and one account with its calls, payments and life."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import payees as queries
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.payees import changes_shown, interests_shown, payee_lines, payee_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def payees(request: HttpRequest) -> HttpResponse:
    asked(request)
    return show_page(
        request,
        "payees",
        title=_("Payee accounts"),
        section="payees",
        rows=payee_lines(queries.payees(language(), viewer_of(request))),
        changes=changes_shown(queries.changes(clock.today(), language(), who=viewer_of(request))),
        interests=interests_shown(queries.interests(clock.today(), language(), viewer_of(request))),
        may_propose=may_begin(request, "payee.propose"),
    )


@require_safe
def payee(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    found = queries.payee(ref, language(), viewer_of(request))
    shown = payee_page(found, whole=viewer_of(request).reach.opens(frozenset({found.row.holder_ref})))
    return show_page(
        request,
        "payee",
        subject=ref,
        title=shown.title,
        section="payees",
        shown=shown,
        may_group=may_begin(request, "register.set_group"),
        steps=next_steps(ref, actor(request), clock.now()),
    )
