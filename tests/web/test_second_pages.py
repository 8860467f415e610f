"""Pages of selections, contributions in kind and joint projects: they answer, and seal what is sealed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.databases import close, point_at
from tests.office import Office, document, eur, password
from tests.second import (
    accepted_lot,
    agreed,
    assessed,
    chosen,
    concluded,
    handed_over,
    listed,
    running,
    taken_in,
    valued,
)
from tests.story import Told, told

from tranche.store import clock

STATEMENTS_MAX = 60
LISTS = ("/selections/", "/in-kind/", "/joint-projects/", "/priorities/", "/programmes/", "/contracts/")
OBJECTS = ("/selections/S-1/", "/selections/S-2/", "/in-kind/IK-1/", "/joint-projects/J-1/", "/lots/IK-1-L1/")
MORE = ("/lots/L-1/", "/programmes/P-1/")

SignIn = Callable[..., Client]


def tell(office: Office) -> None:
    office.contracted()
    office.hire("lt.inspector", "IN@LT-MOD")
    assessed(office, price=501)
    concluded(office)
    chosen(office, why="Delivers half a year earlier.")
    listed(office, "S-2")
    agreed(office)
    valued(office)
    handed_over(office)
    taken_in(office)
    running(office)
    accepted_lot(office, "L-1", 7)
    office.do(
        "ua.manager",
        "priority.set",
        "ua.approver1",
        ref="N-1",
        holder="UA-MOD",
        year=2024,
        category="training_and_equipping",
        title="Training",
        amount=eur(100),
        evidence=[document("document", "n")],
    )


@pytest.fixture(scope="module")
def story(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("second"), template_folder, story=tell)


@pytest.fixture
def signed(story: Told) -> Iterator[SignIn]:
    point_at(story.folder)

    def sign_in(username: str, language: str = "en") -> Client:
        client = Client()
        answer = client.post("/account/login/", {"username": username, "password": password(username)})
        assert answer.status_code == 303, answer.content.decode()
        client.post("/preferences/", {"language": language, "next": "/"})
        return client

    with clock.at(story.after):
        yield sign_in
    close()


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer.content.decode()


@pytest.mark.parametrize("address", [*LISTS, *OBJECTS, *MORE])
@pytest.mark.parametrize("language", ["en", "uk", "lt"])
def test_page_answers_within_its_statements(signed: SignIn, address: str, language: str) -> None:
    client = signed("auditor", language)

    with CaptureQueriesContext(connections["read"]) as asked:
        page = read(client, address)

    assert len(asked) <= STATEMENTS_MAX
    assert page.count("<h1>") == 1
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("address", ["/selections/NO-1/", "/in-kind/NO-1/", "/joint-projects/NO-1/"])
def test_what_is_not_there_is_not_found(signed: SignIn, address: str) -> None:
    assert signed("auditor").get(address).status_code == 404


@pytest.mark.parametrize("address", LISTS[:3])
def test_parameter_that_is_not_known_is_refused(signed: SignIn, address: str) -> None:
    assert signed("auditor").get(address, {"colour": "red"}).status_code == 422


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("auditor", True),
        ("lt.inspector", True),
        ("lt.approver", True),
        ("ua.approver2", True),
        ("ua.manager", False),
        ("lt.officer", False),
    ],
)
def test_cards_are_sealed_for_all_but_those_who_assess_decide_or_audit(
    signed: SignIn, who: str, sees: bool
) -> None:
    page = read(signed(who), "/selections/S-1/")

    assert ("none declared" in page) is sees
    assert ("What the cards say is sealed" in page) is not sees


@pytest.mark.parametrize("who", ["dk.approver1", "operator"])
def test_selection_of_another_agreement_is_unknown(signed: SignIn, who: str) -> None:
    assert signed(who).get("/selections/S-1/").status_code == 404


def test_decision_of_a_card_does_not_show_what_is_sealed(signed: SignIn) -> None:
    client = signed("ua.manager")
    addresses = re.findall(r'href="(/decisions/[0-9a-f-]{36}/)"', read(client, "/selections/S-1/"))

    cards = [page for page in (read(client, each) for each in addresses) if "<h1>File an assessor" in page]

    assert len(cards) == 2
    assert not any("Recommend" in page or "Capacity" in page or "has_interest" in page for page in cards)


def test_value_in_kind_is_on_its_page_and_in_no_total_of_money(signed: SignIn) -> None:
    client = signed("auditor")

    assert 'value="30000000"' in read(client, "/in-kind/IK-1/")
    for address in ("/money/", "/money/balance/", "/", "/tranches/LT-UA-2024-T1/", "/lots/IK-1-L1/"):
        assert 'value="30000000"' not in read(client, address)


def test_joint_project_shows_money_from_the_ledger_and_whole_units(signed: SignIn) -> None:
    page = read(signed("auditor"), "/joint-projects/J-1/")

    assert 'value="900000000"' in page
    assert "2.80" in page
    assert "4.20" in page


def test_what_came_in_kind_stands_beside_its_priority(signed: SignIn) -> None:
    page = read(signed("auditor"), "/priorities/")

    assert '<a href="/in-kind/IK-1/">120 places</a>' in page


def test_programme_names_its_joint_project(signed: SignIn) -> None:
    assert '<a href="/joint-projects/J-1/">J-1</a>' in read(signed("auditor"), "/programmes/P-1/")


def test_partners_are_typed_a_line_each_and_checked(signed: SignIn) -> None:
    client = signed("ua.manager")
    form = {
        "then": "check",
        "key": "0c8a8a52-7d0a-4c1f-8f0e-6b6f0c4b7a11",
        "joint": "J-1",
        "share_cause": "shares",
        "partners": "LT-MOD; 1; 5 000,00 EUR\nUA-MOD; 2",
        "valid_from": "2024-12-01",
    }
    wrong = client.post("/act/joint.amend/", form | {"partners": "LT-MOD, 1"})
    assert wrong.status_code == 422
    assert "parted by semicolons" in wrong.content.decode()

    right = client.post("/act/joint.amend/", form)

    assert right.status_code == 422, "the amendment itself is still missing"
    assert "parted by semicolons" not in right.content.decode()
