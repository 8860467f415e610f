"""Signing in: by password, by a button in a demonstration, never by guessing; preferences are no record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, override_settings
from tests.office import PEOPLE, Office, password

from tranche.log import read as log
from tranche.models import Person

LOGIN = "/account/login/"


def test_right_password_opens_the_page_that_was_asked_for(office: Office) -> None:
    answer = Client().post(
        LOGIN, {"username": "auditor", "password": password("auditor"), "next": "/decisions/?view=all"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/decisions/?view=all")


def test_address_of_another_site_is_never_followed(office: Office) -> None:
    answer = Client().post(
        LOGIN, {"username": "auditor", "password": password("auditor"), "next": "https://example.org/"}
    )

    assert answer.headers["Location"] == "/"


def test_wrong_password_and_unknown_name_give_the_same_page(office: Office) -> None:
    wrong = Client().post(LOGIN, {"username": "auditor", "password": "wrong"})
    unknown = Client().post(LOGIN, {"username": "nobody1", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 422
    assert b"Nobody was signed in" in wrong.content
    assert b"Error:" in wrong.content


def test_sixth_attempt_within_a_minute_is_refused_even_with_the_right_password(office: Office) -> None:
    client = Client()
    for _attempt in range(5):
        client.post(LOGIN, {"username": "auditor", "password": "wrong"})

    answer = client.post(LOGIN, {"username": "auditor", "password": password("auditor")})

    assert answer.status_code == 429
    assert b"Too many attempts" in answer.content


def test_signing_in_again_and_again_is_no_guessing(office: Office) -> None:
    right = {"username": "auditor", "password": password("auditor")}

    answers = [Client().post(LOGIN, right).status_code for _time in range(7)]

    assert answers == [303] * 7


def test_attempts_on_one_account_do_not_lock_another(office: Office) -> None:
    client = Client()
    for _attempt in range(5):
        client.post(LOGIN, {"username": "auditor", "password": "wrong"})

    answer = client.post(LOGIN, {"username": "ua.payer", "password": password("ua.payer")})

    assert answer.status_code == 303


def test_demonstration_offers_a_button_for_everybody_on_loopback(office: Office) -> None:
    page = Client().get(LOGIN)

    assert page.content.count(b'name="as"') == len(PEOPLE)
    answer = Client().post(LOGIN, {"as": "ua.payer"})
    assert answer.status_code == 303


def test_buttons_are_neither_shown_nor_taken_from_another_machine(office: Office) -> None:
    page = Client(REMOTE_ADDR="192.0.2.1").get(LOGIN)
    answer = Client(REMOTE_ADDR="192.0.2.1").post(LOGIN, {"as": "ua.payer"})

    assert b'name="as"' not in page.content
    assert answer.status_code == 422


def test_buttons_are_neither_shown_nor_taken_outside_a_demonstration(
    office: Office,
) -> None:
    with override_settings(TRANCHE_DEMO=False):
        page = Client().get(LOGIN)
        answer = Client().post(LOGIN, {"as": "ua.payer"})

    assert b'name="as"' not in page.content
    assert answer.status_code == 422


def test_sign_out_ends_the_session(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("auditor")

    answer = client.post("/account/logout/")

    assert answer.status_code == 303
    assert "Clear-Site-Data" in answer.headers
    assert client.get("/decisions/").status_code == 302


def test_sign_out_by_link_is_refused(signed_in: Callable[[str], Client]) -> None:
    assert signed_in("auditor").get("/account/logout/").status_code == 405


def test_signing_in_writes_nothing_to_the_record(office: Office) -> None:
    before = log.head()

    Client().post(LOGIN, {"username": "auditor", "password": password("auditor")})

    assert log.head() == before


def test_preferences_hold_for_the_session_and_leave_the_person_alone(
    signed_in: Callable[[str], Client],
) -> None:
    client = signed_in("auditor")
    before = log.head()

    answer = client.post("/preferences/", {"language": "uk", "next": "/decisions/"})
    client.post("/preferences/", {"theme": "dark", "density": "compact"})

    page = client.get("/decisions/").content
    assert (answer.status_code, answer.headers["Location"]) == (303, "/decisions/")
    assert b'lang="uk"' in page
    assert b'data-theme="dark" data-density="compact"' in page
    assert log.head() == before
    assert set(Person.objects.values_list("language", "theme", "density")) == {("en", "auto", "normal")}


@pytest.mark.parametrize("chosen", [{"language": "xx"}, {"theme": "pink"}, {"density": "none"}])
def test_preference_that_nobody_offers_is_refused(
    signed_in: Callable[[str], Client], chosen: dict[str, str]
) -> None:
    assert signed_in("auditor").post("/preferences/", chosen).status_code == 422


def test_login_of_a_person_who_left_is_refused(office: Office) -> None:
    Person.objects.filter(logins__username="auditor").update(active=False)

    answer = Client().post(LOGIN, {"username": "auditor", "password": password("auditor")})

    assert answer.status_code == 422
