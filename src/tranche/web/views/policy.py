"""Who may do what, under the policy in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.actions.policy import in_force
from tranche.queries.presenters.matrix import policy_page
from tranche.web.page import language
from tranche.web.views.reading import asked, show_page


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    asked(request)
    shown = policy_page(in_force(), language())
    return show_page(request, "policy", title=_("Who may do what"), section="help", shown=shown)
