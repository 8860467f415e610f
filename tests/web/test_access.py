"""Who may know of what by address: every address has a row, and what is out of reach is as if unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from tests.databases import close, point_at
from tests.office import PEOPLE, password
from tests.story import POOLED_LOT, Told, told

from tranche.models import Decision
from tranche.store import clock
from tranche.web.access import ROWS

TOKEN = re.compile('name="csrfmiddlewaretoken" value="[^"]+"')
"""The form's secret differs at every request, also for one address."""

SignIn = Callable[[str], Client]

LITHUANIAN = (
    "/agreements/LT-UA-2024/",
    "/tranches/LT-UA-2024-T1/",
    "/contracts/C-1/",
    "/lots/LOT-1/",
    "/funds/LT-UA-2024-T1/",
    "/money/accounts/tranche:LT-UA-2024-T1:EUR/",
)
DANISH = (
    "/agreements/DK-UA-2024/",
    "/tranches/DK-UA-2024-T3/",
    "/contracts/C-DK/",
    f"/lots/{POOLED_LOT}/",
    "/funds/DK-UA-2024-POOL/",
    "/funds/DK-UA-2024-POOL/SE/",
)
WHOLE = ("/money/", "/money/idle/", "/money/balance/", "/money/periods/", "/money/entries/1/")
LISTS = ("/agreements/", "/tranches/", "/contracts/", "/funds/", "/decisions/?view=all", "/trace/")
DONORS = {"lt.officer": "LT", "lt.finance": "LT", "lt.approver": "LT"} | {
    "dk.officer": "DK",
    "dk.approver1": "DK",
    "dk.approver2": "DK",
}
NOT_THERE = {"LT-UA-2024": "LT-UA-2099", "LT-UA-2024-T1": "LT-UA-2099-T1", "C-1": "C-9", "LOT-1": "LOT-9"}
NOT_THERE |= {"DK-UA-2024": "DK-UA-2099", "DK-UA-2024-T3": "DK-UA-2099-T3", "C-DK": "C-XX"}
NOT_THERE |= {POOLED_LOT: "LOT-XX-1", "DK-UA-2024-POOL": "DK-UA-2099-POOL", "SE": "SE"}
NOT_THERE |= {"tranche:LT-UA-2024-T1:EUR": "tranche:LT-UA-2099-T1:EUR"}


@pytest.fixture(scope="module")
def story(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("access"), template_folder)


@pytest.fixture
def signed(story: Told) -> Iterator[SignIn]:
    point_at(story.folder)

    def sign_in(username: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        answer = client.post("/account/login/", {"username": username, "password": password(username)})
        assert answer.status_code == 303
        return client

    with clock.at(story.after):
        yield sign_in
    close()


def unknown(address: str) -> str:
    """The same kind of address, as long, of an object that is not there."""
    first, kind, *refs = address.strip("/").split("/")
    if first == "money":
        return f"/{first}/{kind}/{NOT_THERE[refs[0]]}/"
    return "/" + "/".join((first, *(NOT_THERE[ref] for ref in (kind, *refs)))) + "/"


def answered(client: Client, address: str, method: str) -> tuple[int, str, int]:
    """Status, text without the address itself, and how many statements it took."""
    with CaptureQueriesContext(connections["read"]) as asked:
        answer = client.get(address) if method == "get" else client.post(address, {})
    text = TOKEN.sub("", answer.content.decode().replace(address, ""))
    return answer.status_code, text, len(asked)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = {getattr(pattern, "name", None) for pattern in get_resolver().url_patterns}

    assert names == set(ROWS)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("username", sorted(DONORS))
def test_other_donors_objects_are_as_if_unknown(signed: SignIn, username: str, method: str) -> None:
    client = signed(username)
    others = DANISH if DONORS[username] == "LT" else LITHUANIAN

    for address in others:
        assert answered(client, address, method) == answered(client, unknown(address), method), address
        assert answered(client, address, method)[0] == 404, address


@pytest.mark.parametrize("username", sorted(PEOPLE))
def test_people_read_the_objects_of_their_own_arrangements(signed: SignIn, username: str) -> None:
    client = signed(username)
    side = DONORS.get(username, "")
    own = LITHUANIAN if side == "LT" else DANISH if side == "DK" else (*LITHUANIAN, *DANISH)
    expected = 404 if username == "operator" else 200

    for address in own:
        assert client.get(address).status_code == expected, address


@pytest.mark.parametrize("username", sorted(PEOPLE))
def test_books_of_all_donors_are_for_those_who_know_all(signed: SignIn, username: str) -> None:
    client = signed(username)
    expected = 404 if username in DONORS or username == "operator" else 200

    for address in WHOLE:
        assert client.get(address).status_code == expected, address


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("username", sorted(DONORS))
def test_lists_name_nothing_of_another_donor(signed: SignIn, username: str, address: str) -> None:
    page = signed(username).get(address)
    other = "DK-UA-2024" if DONORS[username] == "LT" else "LT-UA-2024"

    assert page.status_code == 200
    assert other not in page.content.decode()


def test_programme_names_no_fund_or_contract_of_another_donor(signed: SignIn) -> None:
    page = signed("lt.officer").get("/programmes/P-DK/").content.decode()

    assert "C-DK" not in page
    assert "DK-UA-2024" not in page


@pytest.mark.parametrize("way", ["from=LT-UA-2024-T1", "from=1:1", "to=LOT-1", "without=LT"])
def test_trace_of_another_donors_money_is_unknown(signed: SignIn, way: str) -> None:
    page = signed("dk.officer").get(f"/trace/?{way}").content.decode()

    assert "<table" not in page


def test_decision_about_another_donor_is_as_if_unknown(signed: SignIn) -> None:
    client = signed("dk.approver1")
    found = Decision.objects.using("read").get(state="open", action="programme.allocate")
    missing = "0" * 8 + found.id[8:]

    for page in ("", "approve/", "execute/", "withdraw/"):
        here, there = (f"/decisions/{key}/{page}" for key in (found.id, missing))
        assert client.get(here).status_code == client.get(there).status_code == 404
        assert answered(client, here, "post")[:2] == answered(client, there, "post")[:2]
