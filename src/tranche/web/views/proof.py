"""Proof: the newest entries of the log, and one entry with everything that it commits to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.queries import proof as queries
from tranche.queries.presenters.proof import log_entry_page, log_page_shown
from tranche.store import clock
from tranche.web.page import actor
from tranche.web.views.reading import asked, show_page, whole_number


@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    shown = log_page_shown(queries.log_page(whole_number(request, "before")))
    return show_page(request, "proof", title=_("Proof"), section="proof", shown=shown)


@require_safe
def proof_entry(request: HttpRequest, seq: int) -> HttpResponse:
    asked(request)
    shown = log_entry_page(queries.log_entry(seq, _labels(request)))
    title = _("Log entry %(seq)s") % {"seq": seq}
    return show_page(request, "proof_entry", title=title, section="proof", shown=shown)


def _labels(request: HttpRequest) -> frozenset[str]:
    """What this person may read of an entry: auditors all but what is sealed, others what donors may."""
    now = clock.now()
    roles = {grant.role for grant in actor(request).grants if grant.valid(now)}
    labels = {Label.PUBLIC, Label.DONOR} | ({Label.AUDITOR} if Role.AUDITOR in roles else set())
    return frozenset(str(label) for label in labels)
