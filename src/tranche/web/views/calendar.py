"""The calendar of one's own deadlines: an address that only its owner knows, made and ended by the owner."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tranche.actions.correspondence import token_sha256
from tranche.actions.deadlines import concerned_by
from tranche.actions.decision import propose
from tranche.actions.outbox import concerns
from tranche.actions.people import grants_of
from tranche.formats.ics import calendar as written
from tranche.kernel.notices import NoticeKind
from tranche.kernel.policy import Actor
from tranche.models import CalendarAddress, Person, is_active, open_holds
from tranche.queries import deadlines, todo
from tranche.queries.presenters.deadlines import events
from tranche.store import clock
from tranche.web.page import actor, go_to, key_of, show
from tranche.web.views.reading import asked

TOKEN_BYTES: Final = 32
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """For calendar programs; an address that never was and one that ended are the same nothing."""
    asked(request)
    person = _owner(token)
    with translation.override(person.language):
        data = _calendar(person, request.build_absolute_uri("/")[:-1])
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    if request.headers.get("if-none-match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(data, content_type=MEDIA_TYPE)
    response.headers["ETag"] = etag
    return response


def _owner(token: str) -> Person:
    rows = CalendarAddress.objects.using("read").select_related("person__root")
    found = rows.filter(token_sha256=token_sha256(token), ended_at__isnull=True).first()
    if found is None or not is_active(found.person):
        raise Http404
    return found.person.root or found.person


def _calendar(person: Person, origin: str) -> bytes:
    now = clock.now()
    me = Actor(person=person.pk, login="", via="web", grants=grants_of(person.pk))
    held = todo.places_of(me, now)
    steps = todo.steps_for(me.person, held, now.date(), person.language)
    holds = [
        hold
        for hold in open_holds("read")
        if concerns(NoticeKind.HOLD_REVIEW, concerned_by(hold), me.person, held)
    ]
    found = events(steps, holds, deadlines.expiring(me, now), origin)
    return written(_("Deadlines in Tranche"), found)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """The address is shown once, because only its hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    propose(
        action="authority.make_calendar",
        arguments={"token_sha256": token_sha256(token)},
        key=key_of(request),
        by=actor(request),
    )
    address = request.build_absolute_uri(reverse("calendar", args=[token]))
    return show(request, "account/calendar.html", title=_("Your calendar address"), address=address)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    propose(action="authority.end_calendar", arguments={}, key=key_of(request), by=actor(request))
    return go_to(reverse("own_account"))
