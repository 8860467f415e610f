"""One's own account: password, open sessions, roles, and a substitute for the time that one is away."""

from __future__ import annotations

import time
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tranche.actions.passwords import change_password
from tranche.kernel.refusals import BadArgument
from tranche.models import Login
from tranche.queries import people
from tranche.queries.correspondence import mail_of
from tranche.queries.presenters.people import person_shown
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.queries.presenters.words import CHOICES, word
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.web.access import viewer_of
from tranche.web.auth import PasswordBackend, keep_session
from tranche.web.fields import Problem
from tranche.web.limits import password_tries
from tranche.web.page import actor, go_to, key_of, language, login_of, new_key, show
from tranche.web.sessions import end_others, end_session, open_sessions
from tranche.web.views.reading import asked


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    asked(request)
    me, login = actor(request), _login(request)
    detail = people.person(me.person, clock.now(), viewer_of(request))
    mail = mail_of(me.person)
    return show(
        request,
        "account/account.html",
        title=_("Your account"),
        shown=person_shown(detail, language(), is_own=True),
        login=login,
        sessions=open_sessions(login.pk, request.session.session_key or "", int(time.time())),
        has_password=login.has_usable_password(),
        mail=mail,
        mail_words={"mail": word(CHOICES, mail.mail), "language": word(CHOICES, mail.language)},
        key=new_key(),
        end_key=new_key(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password; with a one-time password this is the only page."""
    said: Explanation | None = None
    if request.method == "POST":
        try:
            _change(request)
        except CommitUncertain:
            raise
        except DOMAIN_ERRORS as error:
            said = explain(error)
        else:
            return go_to(reverse("own_account"))
    login = _login(request)
    return show(
        request,
        "account/password.html",
        title=_("Choose a password"),
        status=status_of(said) if said else 200,
        error=said is not None,
        said=said,
        problems=(Problem(said.field, said.what),) if said else (),
        login=login,
        is_first=login.password_until is not None,
        key=request.POST.get("key", "") or new_key(),
    )


def _change(request: HttpRequest) -> None:
    login = _login(request)
    new = request.POST.get("new_password", "")
    if new != request.POST.get("again", ""):
        raise BadArgument("again", "passwords_differ")
    if not password_tries.take(login.pk, time.monotonic()):
        raise BadArgument("password", "too_often")
    old = request.POST.get("password", "")
    change_password(old=old, new=new, key=key_of(request), by=actor(request))
    password_tries.forget(login.pk)
    changed = PasswordBackend().get_user(login.pk)
    assert changed is not None, "a sign-in is never deleted"
    keep_session(request, changed)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one session by its mark, or all but this one."""
    login, mark = _login(request), request.POST.get("mark", "")
    if mark == "others":
        end_others(request, login.pk)
    else:
        end_session(login.pk, mark)
    return go_to(reverse("own_account"))


def _login(request: HttpRequest) -> Login:
    return cast("Login", login_of(request))
