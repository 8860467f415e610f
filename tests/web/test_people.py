"""Pages of people: who sees what, one-time passwords, own account, sessions, and typing a password again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.office import Office, document, eur, password

from tranche.actions.attestation import attest_password
from tranche.kernel.refusals import WrongPassword
from tranche.log import read as log
from tranche.models import Login, RoleGrant
from tranche.store import clock
from tranche.web import auth

SignIn = Callable[[str], Client]
NEW = "four words that differ"


def person(username: str) -> str:
    return str(Login.objects.get(username=username).person_id)


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_everybody_finds_the_people_and_few_their_sign_ins(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_agreement()
    plain = signed_in("ua.manager").get("/people/").content.decode()
    whole = signed_in("operator").get("/people/").content.decode()

    assert "lt.approver" in plain  # names of the test office are those of its sign-ins
    assert "dk.approver1" not in signed_in("lt.officer").get("/people/").content.decode()
    assert '<th scope="col">Sign-ins</th>' not in plain
    assert '<th scope="col">Sign-ins</th>' in whole
    assert "authority.register_person" in whole
    assert "authority.register_person" not in plain


def test_page_of_a_person_shows_roles_and_what_may_be_asked(signed_in: SignIn) -> None:
    page = signed_in("operator").get(f"/people/{person('ua.payer')}/").content.decode()

    assert "payer for UA-MOD" in page
    for action in ("grant", "add_login", "merge_persons", "deactivate_person", "reset_password", "end_grant"):
        assert f"/act/authority.{action}/" in page


def test_unknown_person_is_not_found(signed_in: SignIn) -> None:
    assert signed_in("operator").get("/people/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_staffing_names_what_nobody_can_complete(funded: Office, signed_in: SignIn) -> None:
    page = signed_in("operator").get("/people/staffing/").content.decode()

    assert "above" in page
    assert "2 wanted, 1 there: donor approver for LT-MOD" in page
    assert "lt.approver: " in page


def registered(office: Office, signed_in: SignIn) -> tuple[Client, str]:
    """A new person, registered by the operator on the pages; gives the operator and the page."""
    with clock.at(office.now + timedelta(days=10)):
        client = signed_in("operator")
        arguments = '{"language":"en","name":"New One","username":"new.one"}'
        form = {"then": "confirm", "arguments": arguments, "key": "00000000-0000-4000-8000-000000000001"}
        assert client.post("/act/authority.register_person/", form).status_code == 303
        return client, client.get(f"/people/{person('new.one')}/").content.decode()


def test_one_time_password_is_shown_once_and_opens_the_door_to_one_page(
    office: Office, signed_in: SignIn
) -> None:
    client, page = registered(office, signed_in)
    url = re.search(r'action="(/people/sign-ins/[0-9a-f-]+/password/)"', page)
    assert url
    form = {"key": key_in(page[page.index(url[1]) :])}

    shown = client.post(url[1], form).content.decode()
    again = client.post(url[1], form)

    secret = re.search(r'class="short-code">([a-z0-9-]{24})<', shown)
    assert secret
    assert again.status_code == 303
    newcomer = Client()
    login = {"username": "new.one", "password": secret[1]}
    assert newcomer.post("/account/login/", login).status_code == 303
    assert newcomer.get("/money/").headers["Location"] == "/account/password/"
    page = newcomer.get("/account/password/").content.decode()
    change = {"password": secret[1], "new_password": NEW, "again": NEW, "key": key_in(page)}
    assert newcomer.post("/account/password/", change).status_code == 303
    assert newcomer.get("/account/").status_code == 200


def test_one_time_password_is_nowhere_in_the_log(office: Office, signed_in: SignIn) -> None:
    client, page = registered(office, signed_in)
    url = re.search(r'action="(/people/sign-ins/[0-9a-f-]+/password/)"', page)
    assert url
    shown = client.post(url[1], {"key": key_in(page[page.index(url[1]) :])}).content.decode()
    secret = re.search(r'class="short-code">([a-z0-9-]{24})<', shown)
    assert secret

    said = "".join(str(log.entry(seq)) for seq in range(log.head()))

    assert secret[1] not in said
    assert "authority.issue_password" in said


def test_nobody_else_prints_the_password(office: Office, signed_in: SignIn) -> None:
    registered(office, signed_in)
    login = Login.objects.get(username="new.one").id

    answer = signed_in("ua.manager").post(
        f"/people/sign-ins/{login}/password/", {"key": "00000000-0000-4000-8000-000000000009"}
    )

    assert answer.status_code == 404  # a sign-in without a role is known to the operator alone


def test_an_old_one_time_password_opens_nothing(office: Office, signed_in: SignIn) -> None:
    Login.objects.filter(username="ua.payer").update(password_until=clock.now() - timedelta(days=1))

    answer = Client().post("/account/login/", {"username": "ua.payer", "password": password("ua.payer")})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "This is not your password."),
        ({"again": "another one instead"}, "The two new passwords differ"),
        ({"new_password": "short", "again": "short"}, "12 to 200 characters"),
        ({"new_password": "me ua.payer me", "again": "me ua.payer me"}, "differs from the old one"),
    ],
)
def test_a_bad_change_of_password_is_refused(signed_in: SignIn, change: dict[str, str], said: str) -> None:
    client = signed_in("ua.payer")
    page = client.get("/account/password/").content.decode()
    form = {"password": password("ua.payer"), "new_password": NEW, "again": NEW, "key": key_in(page)}

    answer = client.post("/account/password/", form | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_new_password_ends_every_other_session(signed_in: SignIn) -> None:
    here, there = signed_in("ua.payer"), signed_in("ua.payer")
    page = here.get("/account/password/").content.decode()
    form = {"password": password("ua.payer"), "new_password": NEW, "again": NEW, "key": key_in(page)}

    assert here.post("/account/password/", form).status_code == 303

    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert Client().post("/account/login/", {"username": "ua.payer", "password": NEW}).status_code == 303


def test_sessions_are_listed_and_ended_one_by_one_or_all(signed_in: SignIn) -> None:
    here, second, third = (signed_in("ua.payer") for _time in range(3))
    other = signed_in("ua.manager")
    page = here.get("/account/").content.decode()
    marks = re.findall(r'name="mark" value="([0-9a-f]{16})"', page)

    assert len(marks) == 2
    here.post("/account/sessions/", {"mark": marks[0]})
    assert sorted(client.get("/account/").status_code for client in (second, third)) == [200, 302]
    here.post("/account/sessions/", {"mark": "others"})
    assert [client.get("/account/").status_code for client in (second, third)] == [302, 302]
    assert here.get("/account/").status_code == other.get("/account/").status_code == 200


def test_a_session_of_somebody_else_is_not_ended(signed_in: SignIn) -> None:
    mine, others = signed_in("ua.payer"), signed_in("ua.manager")
    second = signed_in("ua.manager")
    mark = re.findall(r'name="mark" value="([0-9a-f]{16})"', others.get("/account/").content.decode())[0]

    mine.post("/account/sessions/", {"mark": mark})

    assert second.get("/account/").status_code == 200


@pytest.fixture
def _stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a quarter of an hour had passed since the password was typed."""
    monkeypatch.setattr(auth, "CONFIRMED_MAX_S", -1)


def grant_form(**more: str) -> dict[str, str]:
    arguments = '{"party":"UA-MOD","person":"' + person("ua.payer") + '","role":"FM"}'
    key = "00000000-0000-4000-8000-000000000002"
    return {"then": "confirm", "arguments": arguments, "key": key, **more}


@pytest.mark.usefixtures("_stale")
def test_power_is_asked_for_with_the_password_typed_again(signed_in: SignIn) -> None:
    client = signed_in("operator")

    without = client.post("/act/authority.grant/", grant_form())
    wrong = client.post("/act/authority.grant/", grant_form(password="wrong"))
    right = client.post("/act/authority.grant/", grant_form(password=password("operator")))

    assert without.status_code == wrong.status_code == 422
    assert "This is not your password." in wrong.content.decode()
    assert 'type="password"' in wrong.content.decode()
    assert right.status_code == 303


@pytest.mark.usefixtures("_stale")
def test_what_gives_no_power_needs_no_password(office: Office, signed_in: SignIn) -> None:
    registered(office, signed_in)

    assert Login.objects.filter(username="new.one").exists()


def test_a_fresh_sign_in_is_not_asked_again(signed_in: SignIn) -> None:
    assert signed_in("operator").post("/act/authority.grant/", grant_form()).status_code == 303


def test_own_account_offers_a_substitute(signed_in: SignIn) -> None:
    page = signed_in("lt.approver").get("/account/").content.decode()

    assert "/act/authority.delegate/?grant=" in page


def test_sheet_says_for_whom_a_substitute_approved(office: Office) -> None:
    office.hire("lt.third", "DO@LT-FIN")
    office.lithuanian_agreement()
    until = (office.now.date() + timedelta(days=5)).isoformat()
    grant = str(RoleGrant.objects.get(person_id=person("lt.approver")).id)
    office.do("lt.approver", "authority.delegate", grant=grant, person=person("lt.third"), to_on=until)
    found = office.propose(
        "lt.officer",
        "tranche.announce",
        ref="LT-UA-2024-T1",
        agreement="LT-UA-2024",
        ordinal=1,
        title="First tranche",
        donor="LT",
        origin="LT:budget",
        amount=eur(1_000),
    )
    assert found.state == "executed"
    evidence = [document("signed_text", "tranche")]
    found = office.propose("lt.officer", "tranche.agree", tranche="LT-UA-2024-T1", evidence=evidence)
    office.approve("lt.third", found.decision_id)
    client = Client()
    client.post("/account/login/", {"username": "auditor", "password": password("auditor")})

    page = client.get(f"/decisions/{found.decision_id}/").content.decode()

    assert "donor approver for LT-MOD, substitute for lt.approver" in page


def test_a_one_time_password_proves_nothing_but_itself(office: Office) -> None:
    login = Login.objects.get(username="ua.payer")
    Login.objects.filter(pk=login.pk).update(password_until=office.now + timedelta(days=1))

    with pytest.raises(WrongPassword):
        attest_password(login.id, password("ua.payer"))
