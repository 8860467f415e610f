"""Pages for what went wrong: refused, not found, outcome unknown, a form from elsewhere, a fault."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tranche.queries.presenters.refusals import explain, status_of
from tranche.store.errors import CommitUncertain
from tranche.web.page import language, show

NEVER_REPEATED = frozenset({"password", "csrfmiddlewaretoken"})


def refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """A domain error that no form showed: what happened, what was not done, what to do."""
    if isinstance(error, CommitUncertain):
        return unknown(request, error)
    said = explain(error)
    title = _("This was refused")
    return show(request, "errors/refused.html", title=title, status=status_of(said), said=said)


def unknown(
    request: HttpRequest, error: CommitUncertain, also: Mapping[str, str] | None = None
) -> HttpResponse:
    """An error at COMMIT: one button that sends the same form with the same key again."""
    typed = {name: value for name, value in request.POST.items() if name not in NEVER_REPEATED}
    return show(
        request,
        "errors/unknown.html",
        title=_("We do not know whether this was recorded"),
        status=503,
        said=explain(error),
        repeat=tuple({**typed, **(also or {})}.items()),
        wants_password="password" in request.POST,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing there, or nothing that this person may know of: the same page for both."""
    return show(request, "404.html", title=_("There is no such page"), status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return show(request, "400.html", title=_("This request was not understood"), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret is missing or old: signed out meanwhile, or sent from another site."""
    return show(request, "403.html", title=_("You may not do this"), status=403)


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of the program; the page needs no database."""
    names = {"title": "500", "theme": "auto", "language": language(), "path": request.path}
    return render(request, "500.html", names, status=500)
