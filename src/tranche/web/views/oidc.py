"""Signing in with a ministry's own account: to the provider, and back with its answer."""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries.people import login_of_identity
from tranche.web.auth import may_enter, sign_in
from tranche.web.limits import sign_ins
from tranche.web.oidc import BadProviderFile, Flow, Provider, SignInRefused, begin, finish, provider_from
from tranche.web.page import go_to, safe_path
from tranche.web.views.account import login_page

FLOW: Final = "oidc"
ANSWERS: Final = frozenset({"code", "state", "iss", "error", "error_description", "session_state"})


@require_safe
def oidc_begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider; the flow waits in the session."""
    provider = configured()
    if provider is None:
        raise Http404
    if not sign_ins.take(f"oidc|{request.META.get('REMOTE_ADDR', '')}", time.monotonic()):
        return login_page(request, _("Too many attempts. Wait a minute, then try again."), status=429)
    try:
        flow, address = begin(provider, safe_path(request.GET.get("next", "")), int(time.time()))
    except (SignInRefused, BadProviderFile) as error:
        return _refused(request, error)
    request.session[FLOW] = asdict(flow)
    return HttpResponseRedirect(address)


@require_safe
def oidc_end(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, once; whoever it names must have been let in by two parties before."""
    provider = configured()
    if provider is None:
        raise Http404
    kept = request.session.pop(FLOW, None)
    if kept is None:
        return _refused(request, SignInRefused("state"))
    flow, now_s = Flow(**kept), int(time.time())
    answer = {name: request.GET.get(name, "") for name in request.GET if name in ANSWERS}
    try:
        subject = finish(provider, flow, answer, now_s)
    except (SignInRefused, BadProviderFile) as error:
        return _refused(request, error)
    login = login_of_identity(provider.issuer, subject)
    if login is None or not may_enter(login):
        return _refused(request, SignInRefused("unknown"))
    sign_in(request, login, now_s)
    return go_to(flow.next or reverse("overview"))


def configured() -> Provider | None:
    """The ministry's provider, where there is one."""
    path = settings.TRANCHE_OIDC_FILE
    return _provider(path) if path else None


@cache
def _provider(path: Path) -> Provider:
    return provider_from(path)


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    code = error.code if isinstance(error, SignInRefused) else "provider"
    sentences = {
        "provider": _("The ministry's sign-in did not answer as it should. Nobody was signed in."),
        "unknown": _("This account opens nothing here. Ask the operator to have it linked to your sign-in."),
        "no_code": _("The ministry's sign-in was broken off. Nobody was signed in."),
    }
    otherwise = _("The ministry's answer could not be trusted, or came too late. Begin the sign-in anew.")
    return login_page(request, sentences.get(code, otherwise), status=422)
