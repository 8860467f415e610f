"""What every request passes: headers, sign-in, language, and refusals that are pages and never faults."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, get_resolver
from tests.office import Office

from tranche.kernel.ledger_errors import InsufficientFunds
from tranche.queries import decisions
from tranche.store.errors import CommitUncertain
from tranche.web import auth
from tranche.web.middleware import CSP, OPEN_TO_ALL
from tranche.web.views import errors

SignIn = Callable[[str], Client]
SAMPLES = {
    "ref": "LT-UA-2024",
    "action": "programme.allocate",
    "sha256": "0" * 64,
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "path": "x",
}


def addresses() -> list[tuple[str, str]]:
    """(name, path) of every page, with sample values."""
    found = []
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern)
        path = str(pattern.pattern)
        for kind, value in SAMPLES.items():
            start = path.find(f"<{kind}:")
            if start >= 0:
                path = path[:start] + value + path[path.index(">", start) + 1 :]
        found.append((str(pattern.name), f"/{path}"))
    return found


def test_answer_carries_every_security_header(signed_in: SignIn) -> None:
    answer = signed_in("auditor").get("/decisions/")

    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_pages_over_tls_ask_for_tls_from_then_on(office: Office) -> None:
    answer = Client().get("/account/login/", secure=True)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_trace_is_refused_with_headers(office: Office) -> None:
    assert Client().generic("TRACE", "/account/login/").status_code == 405


def test_session_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    answer = Client().get("/account/login/")

    cookie = answer.cookies["tranche"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_every_page_but_the_sign_in_wants_a_person(office: Office) -> None:
    client = Client()

    for name, path in addresses():
        answer = client.get(path)
        if name.startswith("oidc_") or name == "upload":
            assert answer.status_code == 404, "no provider is set up, and nobody made this link"
        elif name in OPEN_TO_ALL:
            assert answer.status_code in (200, 405), name
        else:
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/account/login/"), name


def test_form_without_sign_in_is_not_carried_along(office: Office) -> None:
    answer = Client().post("/act/programme.allocate/", {"then": "confirm"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/login/")


@pytest.mark.parametrize(
    ("asked", "language"), [("lt,en;q=0.5", "lt"), ("uk", "uk"), ("fr", "en"), ("", "en")]
)
def test_language_of_the_browser_holds_before_any_choice(office: Office, asked: str, language: str) -> None:
    page = Client(headers={"accept-language": asked}).get("/account/login/")

    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()


def test_language_of_the_person_holds_from_sign_in_on(office: Office) -> None:
    client = Client(headers={"accept-language": "lt"})
    client.post("/account/login/", {"as": "auditor"})

    assert client.get("/decisions/").headers["Content-Language"] == "en"


def test_language_chosen_before_sign_in_stays(office: Office) -> None:
    client = Client()
    client.post("/preferences/", {"language": "uk", "next": "/account/login/"})

    client.post("/account/login/", {"as": "auditor"})

    assert client.get("/decisions/").headers["Content-Language"] == "uk"


@pytest.mark.parametrize("key", [auth.SIGNED_IN_AT, auth.SEEN_AT])
def test_session_ends_after_its_time(signed_in: SignIn, key: str) -> None:
    client = signed_in("auditor")
    session = client.session
    session[key] -= 12 * 3600 + 1
    session.save()

    assert client.get("/decisions/").status_code == 302


def test_session_ends_with_the_password_it_began_with(office: Office, signed_in: SignIn) -> None:
    client = signed_in("auditor")
    session = client.session
    session[HASH_SESSION_KEY] = "another"
    session.save()

    assert client.get("/decisions/").status_code == 302


def test_form_from_another_site_is_refused(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/account/login/", {"as": "auditor"})

    assert answer.status_code == 403
    assert b"You may not do this" in answer.content


@pytest.mark.parametrize("path", ["/nothing/", "/act/x/", "/decisions/not-a-uuid/"])
def test_unknown_address_is_a_page(signed_in: SignIn, path: str) -> None:
    answer = signed_in("auditor").get(path)

    assert answer.status_code == 404
    assert b"There is no such page" in answer.content


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (InsufficientFunds("contract:C-1:F:EUR", 5), 409, "There is not enough money"),
        (CommitUncertain(), 503, "We do not know whether this was recorded"),
    ],
)
def test_domain_error_that_no_view_caught_is_a_page(
    signed_in: SignIn, error: Exception, status: int, sentence: str
) -> None:
    client = signed_in("auditor")

    with patch.object(decisions, "for_person", side_effect=error):
        answer = client.get("/decisions/")

    assert answer.status_code == status
    assert sentence in answer.content.decode()


def test_fault_of_the_program_stays_a_fault(signed_in: SignIn) -> None:
    client = signed_in("auditor")
    client.raise_request_exception = False

    with patch.object(decisions, "for_person", side_effect=AssertionError("broken")):
        answer = client.get("/decisions/")

    assert answer.status_code == 500
    assert b"broken" not in answer.content


def test_page_of_a_fault_needs_no_database_and_no_session() -> None:
    answer = errors.fault(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content


@override_settings(ALLOWED_HOSTS=["tranche.example"])
def test_wrong_host_is_refused(office: Office) -> None:
    assert Client().get("/account/login/").status_code == 400
