"""What every request passes: headers, language, sign-in, and refusals turned into pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from tranche.actions.people import actor_of
from tranche.log.read import is_clock_behind
from tranche.queries.presenters.refusals import DOMAIN_ERRORS
from tranche.store.errors import ClockBehind
from tranche.web.access import is_known
from tranche.web.auth import signed_in, touch
from tranche.web.fields import UPLOAD_BYTES_MAX
from tranche.web.views import errors

Next = Callable[[HttpRequest], HttpResponseBase]

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
    " publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
HSTS: Final = "max-age=63072000; includeSubDomains"  # two years
OPEN_TO_ALL: Final = ("login", "login_options", "login_by_key", "preferences", "oidc_begin", "oidc_end")
UPLOAD_LINKS: Final = "/upload/"  # whoever has a link needs no sign-in; without one there is nothing there
CALENDARS: Final = "/calendar/"  # programs that fetch them cannot sign in; the address is the secret


class SecurityHeaders:
    """The headers of every answer; nothing but static files may be kept by a cache."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "POST"])
        response = self._next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = HSTS
        return response


class Language:
    """The language chosen in this session or by the person signed in, else what the browser asks for."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.session.get("language", "")
        known = {code for code, _name in settings.LANGUAGES}
        language = chosen if chosen in known else translation.get_language_from_request(request)
        with translation.override(language):
            response = self._next(request)
        response.headers["Content-Language"] = language
        return response


class SignInRequired:
    """Every page but the sign-in itself needs a person; `request.login` and `request.actor` say who it is."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(UPLOAD_LINKS) and _is_oversized(request):
            return errors.bad_request(request)
        now_s = int(time.time())
        login = signed_in(request, now_s)
        request.login = login  # type: ignore[attr-defined]  # read by web.page and by every view
        request.actor = actor_of(login.pk, "web") if login else None  # type: ignore[attr-defined]
        if login is not None:
            touch(request, now_s)
        elif not _is_open(request):
            asked = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
            return HttpResponseRedirect(reverse("login") + asked)
        if login is not None and login.password_until is not None and not _leads_to_password(request):
            return HttpResponseRedirect(reverse("password"))
        return self._next(request)


def _leads_to_password(request: HttpRequest) -> bool:
    """With a one-time password nothing is open but the page where an own one is chosen, and the way out."""
    allowed = {reverse(name) for name in ("password", "logout", "preferences")}
    return request.path in allowed or request.path.startswith(settings.STATIC_URL)


def _is_oversized(request: HttpRequest) -> bool:
    """A body that no form of ours sends; it is refused before a byte of it is read or kept."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > 2 * UPLOAD_BYTES_MAX


def _is_open(request: HttpRequest) -> bool:
    named = {reverse(name) for name in OPEN_TO_ALL}
    outside = (settings.STATIC_URL, UPLOAD_LINKS, CALENDARS)
    return request.path in named or request.path.startswith(outside)


class ClockRight:
    """While the clock is set back, nothing is shown: what has expired would open it again."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_clock_behind():
            return self._next(request)
        request.login = request.actor = None  # type: ignore[attr-defined]  # the page has nobody's figures
        return errors.refused(request, ClockBehind())


class Known:
    """What the viewer may not know of is answered as what is not there, before any view runs."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._next(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        return None if match and is_known(match, request) else errors.not_found(request)


class Refusals:
    """A refusal that no view turned into its own page becomes one here; faults of the program stay faults."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._next(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, LookupError) and type(exception).__module__.startswith("tranche."):
            return errors.not_found(request, exception)
        return errors.refused(request, exception) if isinstance(exception, DOMAIN_ERRORS) else None
