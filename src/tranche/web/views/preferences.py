"""Language, theme and density of this session: preferences are never part of the record."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from tranche.kernel.refusals import BadArgument
from tranche.web.auth import PREFERENCES
from tranche.web.page import go_to, safe_path

ALLOWED = {
    "language": frozenset(code for code, _name in settings.LANGUAGES),
    "theme": frozenset({"auto", "light", "dark"}),
    "density": frozenset({"normal", "compact"}),
}


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to where it was chosen."""
    for name in PREFERENCES:
        if name in request.POST:
            chosen = request.POST[name]
            if chosen not in ALLOWED[name]:
                raise BadArgument(name, "choice", chosen)
            request.session[name] = chosen
    return go_to(safe_path(request.POST.get("next", "")) or reverse("overview"))
