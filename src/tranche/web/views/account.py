"""Signing in and out; in a demonstration also as anybody of its roster, by one button each."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tranche.actions.site import keys_work, site_in_force
from tranche.formats.security_key import check_assertion, from_base64url, to_base64url
from tranche.kernel.refusals import SignatureRefused
from tranche.models import Login
from tranche.queries import keys, people
from tranche.queries.presenters.refusals import explain
from tranche.queries.presenters.words import role_of
from tranche.store import clock
from tranche.web import ceremony
from tranche.web.auth import PasswordBackend, may_enter, sign_in, sign_out
from tranche.web.fields import Problem
from tranche.web.limits import sign_ins
from tranche.web.oidc import provider_from
from tranche.web.page import go_to, safe_path, show

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a refused attempt never says whether the name exists."""
    if request.method != "POST":
        return login_page(request)
    as_person = request.POST.get("as", "")
    username = as_person or request.POST.get("username", "")
    key = f"{username}|{_address(request)}"
    if not sign_ins.take(key, time.monotonic()):
        return login_page(request, _("Too many attempts. Wait a minute, then try again."), status=429)
    found = _demo_login(request, as_person) if as_person else _by_password(request, username)
    if found is None:
        return login_page(
            request, _("Name and password do not belong together. Nobody was signed in."), status=422
        )
    sign_ins.forget(key)
    sign_in(request, found, int(time.time()))
    return go_to(safe_path(request.POST.get("next", "")) or reverse("overview"))


@require_POST
def login_options(request: HttpRequest) -> HttpResponse:
    """A challenge for signing in by key; no name is asked for, so none can be guessed."""

    def make() -> dict[str, Any]:
        challenge = ceremony.new_challenge()
        ceremony.keep(request, "sign in", to_base64url(challenge))
        return ceremony.to_get(challenge)

    return ceremony.options_or_why(make)


@require_POST
def login_by_key(request: HttpRequest) -> HttpResponse:
    """Sign in whoever the key belongs to; it checked the person, so nothing else is asked."""
    key = f"key|{_address(request)}"
    if not sign_ins.take(key, time.monotonic()):
        return login_page(request, _("Too many attempts. Wait a minute, then try again."), status=429)
    try:
        found = _by_key(request)
    except SignatureRefused as error:
        said = explain(error)
        return login_page(request, f"{said.what} {said.next}", status=422)
    sign_ins.forget(key)
    sign_in(request, found, int(time.time()))
    return go_to(safe_path(request.POST.get("next", "")) or reverse("overview"))


def _by_key(request: HttpRequest) -> Login:
    given = ceremony.answered(request.POST.dict())
    challenge = from_base64url(ceremony.take(request, "sign in"))
    found = keys.key_of_handle(given.handle)
    login = keys.login_of(found.person_id) if found else None
    if found is None or login is None:
        raise SignatureRefused("unknown")
    site = site_in_force(given.client_data)
    check_assertion(given, challenge, bytes(found.public_key), found.sign_count, site)
    return login


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    sign_out(request)
    response = go_to(reverse("login"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def offers_people(request: HttpRequest) -> bool:
    """Only a demonstration folder, and only to the same machine."""
    return bool(settings.TRANCHE_DEMO) and _address(request) in LOOPBACK


def login_page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    return show(
        request,
        "account/login.html",
        title=_("Sign in"),
        status=status,
        error=bool(error),
        problems=(Problem("username", error),) if error else (),
        username=request.POST.get("username", ""),
        next=safe_path(request.POST.get("next", "") or request.GET.get("next", "")),
        people=_people(request),
        ministry=_ministry(),
        keys_work=keys_work(),
    )


def _ministry() -> str:
    """What the ministry's own sign-in is called; empty where none is configured."""
    path = settings.TRANCHE_OIDC_FILE
    return provider_from(path).title if path else ""


def _people(request: HttpRequest) -> list[dict[str, object]]:
    """The roster of a demonstration, with every role in words."""
    found = people.sign_ins(clock.now()) if offers_people(request) else ()
    return [
        {"username": row.username, "name": row.name, "roles": [role_of(*grant) for grant in row.grants]}
        for row in found
    ]


def _by_password(request: HttpRequest, username: str) -> Login | None:
    return PasswordBackend().authenticate(request, username, request.POST.get("password", ""))


def _demo_login(request: HttpRequest, username: str) -> Login | None:
    found = PasswordBackend().get_login(username) if offers_people(request) else None
    return found if found is not None and may_enter(found) else None


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
