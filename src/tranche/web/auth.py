"""Signing in: a login and its password, kept in the session of the scratch database and nowhere else."""

from __future__ import annotations

import time
from typing import Final

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from tranche.actions.attestation import attest_password
from tranche.kernel.refusals import BadArgument
from tranche.models import Login
from tranche.store import clock
from tranche.web.limits import password_tries

BACKEND: Final = "tranche.web.auth.PasswordBackend"
SIGNED_IN_AT: Final = "signed_in_at"
SEEN_AT: Final = "seen_at"
CONFIRMED_AT: Final = "confirmed_at"
ADDRESS: Final = "address"
AGENT: Final = "agent"
AGENT_LENGTH_MAX: Final = 200
CONFIRMED_MAX_S: Final = 15 * 60
"""So long after the password was typed money and power may be asked for without typing it again."""

IDLE_MAX_S: Final = 30 * 60
SIGNED_IN_MAX_S: Final = 12 * 3600
PREFERENCES: Final = ("language", "theme", "density")


class PasswordBackend:
    """User name and password; an unknown name takes as long as a wrong password."""

    def authenticate(
        self, _request: HttpRequest | None, username: str = "", password: str = ""
    ) -> Login | None:
        login = self.get_login(username)
        if login is None:
            make_password(password)
            return None
        known = check_password(password, login.password)
        return login if known and may_enter(login) else None

    def get_login(self, username: str) -> Login | None:
        return _logins().filter(username=username).first()

    def get_user(self, user_id: str) -> Login | None:
        return _logins().filter(pk=user_id).first()


def _logins() -> QuerySet[Login]:
    return Login.objects.using("read").select_related("person__root")


def may_enter(login: Login) -> bool:
    """Whether the sign-in is open, its person still acts, and a one-time password is not too old."""
    person = login.person.root or login.person
    in_time = login.password_until is None or clock.now() < login.password_until
    return login.is_active and person.active and in_time


def sign_in(request: HttpRequest, login: Login, now_s: int) -> None:
    """Begin a session under a new id; what the person prefers holds unless chosen before in this one."""
    session = request.session
    chosen = {name: session[name] for name in PREFERENCES if name in session}
    session.flush()
    session[SESSION_KEY] = login.pk
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = login.get_session_auth_hash()
    session[SIGNED_IN_AT] = session[SEEN_AT] = session[CONFIRMED_AT] = now_s
    session[ADDRESS] = str(request.META.get("REMOTE_ADDR", ""))
    session[AGENT] = request.headers.get("user-agent", "")[:AGENT_LENGTH_MAX]
    for name in PREFERENCES:
        session[name] = chosen.get(name, getattr(login.person, name))
    rotate_token(request)


def sign_out(request: HttpRequest) -> None:
    """End the session; what was chosen for language and looks goes with it."""
    request.session.flush()


def signed_in(request: HttpRequest, now_s: int) -> Login | None:
    """The login of this session; None where there is none, it ended, or its password changed."""
    session = request.session
    if SESSION_KEY not in session:
        return None
    if now_s - session.get(SIGNED_IN_AT, 0) > SIGNED_IN_MAX_S or now_s - session.get(SEEN_AT, 0) > IDLE_MAX_S:
        return None
    login = PasswordBackend().get_user(session[SESSION_KEY])
    if login is None or not may_enter(login):
        return None
    known = constant_time_compare(session.get(HASH_SESSION_KEY, ""), login.get_session_auth_hash())
    return login if known else None


def touch(request: HttpRequest, now_s: int) -> None:
    """Remember that the session is in use, at most once a minute."""
    if now_s - request.session.get(SEEN_AT, 0) >= 60:
        request.session[SEEN_AT] = now_s


def is_confirmed(request: HttpRequest, now_s: int) -> bool:
    """Whether the person proved to be there a short while ago."""
    return now_s - int(request.session.get(CONFIRMED_AT, 0)) <= CONFIRMED_MAX_S


def confirm(request: HttpRequest, login: Login, password: str, now_s: int) -> None:
    """The password typed again; raises WrongPassword, or BadArgument after too many attempts."""
    if not password_tries.take(login.pk, time.monotonic()):
        raise BadArgument("password", "too_often")
    attest_password(login.pk, password)
    password_tries.forget(login.pk)
    request.session[CONFIRMED_AT] = now_s


def keep_session(request: HttpRequest, login: Login) -> None:
    """After a change of password: this session goes on, every other one of the sign-in has ended."""
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = login.get_session_auth_hash()
    rotate_token(request)
