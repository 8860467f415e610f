"""Help: the roles, the words, the stages, and how to read a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries.presenters.help import help_page
from tranche.web.views.reading import asked, show_page


@require_safe
def help(request: HttpRequest) -> HttpResponse:
    asked(request)
    return show_page(request, "help", title=_("Help"), section="help", shown=help_page())
