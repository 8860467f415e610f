"""How the policy became what it is: every version with what it changed, by which decision, from when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import policy_versions as queries
from tranche.queries import recovery
from tranche.queries.known import knows
from tranche.queries.presenters.policy_versions import versions_shown
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def policy_history(request: HttpRequest) -> HttpResponse:
    asked(request)
    persons = recovery.named()
    return show_page(
        request,
        "policy_history",
        title=_("History of the policy"),
        section="decisions",
        versions=versions_shown(queries.history(clock.now()), language()),
        recovery_persons=persons,
        known_persons={key for key, _name in persons if knows(viewer_of(request), "person", key)},
        may_change=may_begin(request, "authority.change_policy"),
        may_name=may_begin(request, "authority.name_recovery"),
        may_recover=may_begin(request, "authority.recover"),
    )
