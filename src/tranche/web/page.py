"""The names that every page hands to the base template, and who is looking."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from tranche.kernel.policy import Actor
from tranche.kernel.refusals import BadArgument
from tranche.log import read as log
from tranche.models import Login
from tranche.queries.heads import alarm_count
from tranche.queries.holds import open_count
from tranche.queries.inbox import waiting_count
from tranche.queries.presenters.words import role_of
from tranche.queries.recovery import running
from tranche.store import clock, standstill
from tranche.web.access import viewer_of
from tranche.web.read_marks import unread_by

KEY: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def actor(request: HttpRequest) -> Actor:
    """The person who asks, with every grant; there is one on every page but the sign-in."""
    found = getattr(request, "actor", None)
    assert isinstance(found, Actor), "the middleware lets nobody else in"
    return found


def login_of(request: HttpRequest) -> Login | None:
    return cast("Login | None", getattr(request, "login", None))


def language() -> str:
    """The language of this page: en, uk or lt."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def new_key() -> str:
    """An idempotency key, made with the form that will carry it."""
    return str(uuid.uuid4())


def key_of(request: HttpRequest) -> str:
    """The idempotency key that came with the form; raises BadArgument where it is none."""
    given = request.POST.get("key", "")
    if not KEY.fullmatch(given):
        raise BadArgument("key", "id", given)
    return given


def go_to(url: str) -> HttpResponseRedirect:
    """The answer to a form that did its work: look at the result."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def safe_path(asked: str) -> str:
    """A path of this site, or nothing."""
    fits = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if fits else ""


def roles_of(found: Actor) -> tuple[str, ...]:
    """The roles held now, in words."""
    now = clock.now()
    return tuple(role_of(grant.role.value, grant.party) for grant in found.grants if grant.valid(now))


def page(request: HttpRequest, *, title: str, **data: Any) -> dict[str, Any]:
    """The context of a page: what base.html asks for, and the page's own data."""
    login = login_of(request)
    found = getattr(request, "actor", None)
    who = viewer_of(request) if found else None
    return {
        "title": title,
        "viewer": login.person.name if login else "",
        "viewer_roles": roles_of(found) if found else (),
        "language": language(),
        "languages": settings.LANGUAGES,
        "theme": _chosen(request, "theme", "auto"),
        "density": _chosen(request, "density", "normal"),
        "path": request.get_full_path(),
        "demo": settings.TRANCHE_DEMO,
        "today": clock.today() if settings.TRANCHE_TODAY else None,
        "waiting": _waiting(found, data),
        "unread": _unread(found, data),
        "log_seq": log.head() - 1 if found else None,
        "open_holds": open_count(who) if who else 0,
        "is_stopped": bool(standstill.why_stopped()),
        "alarms_open": alarm_count() if found else 0,
        "recoveries": running() if found else (),
        "is_part": bool(who and who.agreements and not who.is_whole),
        "is_whole": bool(who and who.is_whole),
        "sees_none": bool(who and not who.agreements and not who.is_whole),
        "reads_bank": bool(who and (who.reach.everything or who.reach.closed)),
        "keeps_people": bool(who and who.keeps_people),
        **data,
    }


def _waiting(found: Actor | None, data: Mapping[str, Any]) -> int:
    """How many decisions wait for the viewer; not asked again where the page knows."""
    if "waiting" in data or found is None:
        return int(data.get("waiting", 0))
    return waiting_count(found, clock.now())


def _unread(found: Actor | None, data: Mapping[str, Any]) -> int:
    """How many notices the viewer has not read; not asked again where the page knows."""
    if "unread" in data or found is None:
        return int(data.get("unread", 0))
    return unread_by(found, clock.now())


def _chosen(request: HttpRequest, name: str, otherwise: str) -> str:
    """A preference of this session; pages of errors may come before there is one."""
    session = getattr(request, "session", None)
    return str(session.get(name, otherwise)) if session is not None else otherwise


def show(request: HttpRequest, template: str, *, title: str, status: int = 200, **data: Any) -> HttpResponse:
    """Render a page; a refused form says so in its title."""
    return render(request, template, page(request, title=title, **data), status=status)
