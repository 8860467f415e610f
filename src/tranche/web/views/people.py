"""The people of the mechanism: the list, one person, what the roster cannot do, and one-time passwords."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tranche.actions.passwords import issue_password
from tranche.kernel.lifecycle import Role
from tranche.queries import people as queries
from tranche.queries import staffing as staffing_queries
from tranche.queries.presenters.people import people_shown, person_shown, staffing_shown
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.confirming import check_confirmed
from tranche.web.page import actor, go_to, key_of, language, show
from tranche.web.views.reading import asked

READS_SIGN_INS = frozenset({Role.OPERATOR, Role.AUDITOR})


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    asked(request)
    rows = people_shown(
        queries.everybody(clock.now(), viewer_of(request)), language(), sign_ins=_sees_sign_ins(request)
    )
    return show(
        request,
        "people/people.html",
        title=_("People"),
        section="people",
        rows=rows,
        sees_sign_ins=_sees_sign_ins(request),
        operates=_operates(request),
    )


@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    asked(request)
    return _person(request, str(person_id))


def _person(request: HttpRequest, person_id: str, secret: str = "", username: str = "") -> HttpResponse:
    detail = queries.person(person_id, clock.now(), viewer_of(request))
    me = actor(request)
    is_own = me.person == person_id
    shown = person_shown(
        detail,
        language(),
        is_own=is_own,
        operates=_operates(request),
        sign_ins=is_own or _sees_sign_ins(request),
        viewer=me.person,
    )
    return show(
        request,
        "people/person.html",
        title=shown.name,
        section="people",
        shown=shown,
        secret=secret,
        secret_username=username,
    )


@require_safe
def staffing(request: HttpRequest) -> HttpResponse:
    """What cannot be completed by the people there are, and who must not be missing."""
    asked(request)
    found = staffing_queries.staffing(clock.now())
    return show(
        request,
        "people/staffing.html",
        title=_("Can everything be done?"),
        section="people",
        shown=staffing_shown(found, language()),
    )


@require_POST
def issue(request: HttpRequest, login_id: UUID) -> HttpResponse:
    """Print a one-time password: on this answer, once, and nowhere else."""
    check_confirmed(request)
    secret = issue_password(login_id=str(login_id), key=key_of(request), by=actor(request))
    login = queries.sign_in(str(login_id))
    if not secret:
        return go_to(reverse("person", args=[login.person_id]))
    return _person(request, login.person_id, secret, login.username)


def _held(request: HttpRequest) -> set[Role]:
    now = clock.now()
    return {grant.role for grant in actor(request).grants if grant.valid(now)}


def _sees_sign_ins(request: HttpRequest) -> bool:
    return bool(_held(request) & READS_SIGN_INS)


def _operates(request: HttpRequest) -> bool:
    return Role.OPERATOR in _held(request)
