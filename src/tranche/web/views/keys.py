"""Your keys: what a person proves approvals with, offering and revoking it."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tranche.actions import decision as actions
from tranche.actions.credentials import challenge_of, own_offered
from tranche.actions.policy import in_force
from tranche.actions.site import keys_work
from tranche.formats.security_key import to_base64url
from tranche.kernel.methods import Method
from tranche.kernel.refusals import WrongCode, WrongPassword
from tranche.kernel.totp import step_that_fits
from tranche.queries import keys as queries
from tranche.queries.presenters.keys import keys_shown
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.store import clock, codes
from tranche.store.errors import CommitUncertain
from tranche.web import ceremony
from tranche.web.fields import Problem, plain
from tranche.web.page import actor, go_to, key_of, login_of, new_key, show
from tranche.web.views.decisions import refuse_hurry

SECRET_BYTES: Final = 20
"""As long as the hash of the codes (RFC 4226, section 4, R6)."""


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, said: Explanation | None = None) -> HttpResponse:
    found = queries.keys_of(actor(request).person)
    return show(
        request,
        "account/keys.html",
        title=_("Your keys"),
        status=status_of(said) if said else 200,
        error=said is not None,
        problems=(Problem(said.field, said.what),) if said else (),
        said=said,
        shown=keys_shown(found, in_force()),
        keys_work=keys_work(),
        key=new_key(),
        key_name=request.POST.get("label", ""),
    )


@require_POST
def key_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a key for this person."""

    def make() -> dict[str, Any]:
        challenge, by, login = ceremony.new_challenge(), actor(request), login_of(request)
        assert login is not None, "the middleware lets nobody else in"
        known = [row.handle for row in queries.keys_of(by.person) if row.method == Method.KEY]
        user = (by.person, login.username, login.person.name)
        options = ceremony.to_create(challenge, user, known, attested=bool(in_force().aaguids))
        ceremony.keep(request, "create", to_base64url(challenge))
        return options

    return ceremony.options_or_why(make)


@require_POST
def key_offer(request: HttpRequest) -> HttpResponse:
    """Offer the key that the browser made; it proves nothing before it is registered."""

    def act() -> None:
        arguments = {
            "attestation": request.POST.get("attestation", ""),
            "challenge": ceremony.take(request, "create"),
            "client_data": request.POST.get("client_data", ""),
            "label": plain(request.POST.get("label", "")),
        }
        _propose(request, "authority.offer_credential", arguments)

    return _done(request, act)


@require_POST
def add_options(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """What a key in use has to sign so that an offered one of the same person is registered."""

    def make() -> dict[str, Any]:
        person = actor(request).person
        offered = own_offered(str(credential_id), person)
        handles = [row.handle for row in queries.in_use(person, Method.KEY.value)]
        return ceremony.to_get(challenge_of(offered), handles)

    return ceremony.options_or_why(make)


@require_POST
def add(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    def act() -> None:
        names = ("handle", "authenticator_data", "client_data", "signature")
        arguments = {name: request.POST.get(name, "") for name in names}
        _propose(request, "authority.add_credential", {"credential": str(credential_id), **arguments})

    return _done(request, act)


@require_POST
def revoke(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    def act() -> None:
        _propose(request, "authority.revoke_credential", {"credential": str(credential_id)})

    return _done(request, act)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Offer a changing code: shown once, kept when the person has typed a code of it and the password."""
    if request.method != "POST":
        secret = secrets.token_bytes(SECRET_BYTES)
        request.session["code_secret"] = base64.b32encode(secret).decode()
        return _code_page(request)
    try:
        _offer_code(request)
    except CommitUncertain:
        raise
    except DOMAIN_ERRORS as error:
        return _code_page(request, explain(error))
    return go_to(reverse("keys"))


def _offer_code(request: HttpRequest) -> None:
    login = login_of(request)
    assert login is not None, "the middleware lets nobody else in"
    refuse_hurry(login.pk)
    secret = base64.b32decode(request.session.get("code_secret", ""))
    if not check_password(request.POST.get("password", ""), login.password):
        raise WrongPassword
    now_s = int(clock.now().timestamp())
    if not secret or step_that_fits(secret, request.POST.get("code", "").strip(), now_s, 0) is None:
        raise WrongCode
    handle = str(uuid.uuid4())
    codes.put(handle, secret)
    label = plain(request.POST.get("label", ""))
    _propose(request, "authority.offer_code", {"handle": handle, "label": label})
    del request.session["code_secret"]


def _code_page(request: HttpRequest, said: Explanation | None = None) -> HttpResponse:
    text = request.session.get("code_secret", "")
    login = login_of(request)
    assert login is not None, "the middleware lets nobody else in"
    return show(
        request,
        "account/code.html",
        title=_("Add a code"),
        status=status_of(said) if said else 200,
        error=said is not None,
        problems=(Problem(said.field, said.what),) if said else (),
        said=said,
        groups=" ".join(text[at : at + 4] for at in range(0, len(text), 4)),
        username=login.username,
        key_name=request.POST.get("label", ""),
        key=request.POST.get("key", "") or new_key(),
    )


def _propose(request: HttpRequest, action: str, arguments: Mapping[str, object]) -> None:
    actions.propose(action=action, arguments=arguments, key=key_of(request), by=actor(request))


def _done(request: HttpRequest, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except CommitUncertain:
        raise
    except DOMAIN_ERRORS as error:
        return _page(request, explain(error))
    return go_to(reverse("keys"))
