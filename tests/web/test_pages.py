"""The reading pages: each answers, adds up, stays small, and asks no more of the database as it grows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.databases import close, point_at
from tests.office import password
from tests.story import POOLED_LOT, Told

from tranche.kernel.money import NBSP
from tranche.models import RecordEvent
from tranche.store import clock

PAGE_BYTES_MAX = 100_000
STATEMENTS_MAX = 80  # a tranche page traces, waits and judges; every page stays below
ROOTS = (
    "/",
    "/agreements/",
    "/agreements/LT-UA-2024/",
    "/agreements/DK-UA-2024/",
    "/tranches/",
    "/tranches/LT-UA-2024-T1/",
    "/tranches/DK-UA-2024-T3/",
    "/programmes/",
    "/programmes/P-DK/",
    "/contracts/",
    "/contracts/C-DK/",
    f"/lots/{POOLED_LOT}/",
    "/lots/LOT-2/",
    "/priorities/",
    "/claims/",
    "/claims/documents/DOC-1/",
    "/trace/",
    "/trace/?from=LT-UA-2024-T1",
    "/trace/?from=DK-UA-2024-POOL/IS",
    "/trace/?from=1:1",
    f"/trace/?to={POOLED_LOT}",
    "/trace/?to=LOT-1&without=1",
    "/trace/?from=DK-UA-2024-POOL&without=SE",
    "/trace/?without=1",
    "/funds/",
    "/funds/LT-UA-2024-T1/",
    "/funds/DK-UA-2024-POOL/",
    "/funds/DK-UA-2024-POOL/SE/",
    "/funds/DK-UA-2024-T1/",
    "/money/",
    "/money/idle/",
    "/money/balance/",
    "/money/balance/?by=donor&on=2024-12-31",
    "/money/periods/",
    "/money/accounts/tranche:LT-UA-2024-T1:EUR/",
    "/money/accounts/tranche:LT-UA-2024-T1:EUR/?order=valued&value_on=2024-12-31",
    "/money/accounts/under_contract/?currency=EUR",
    "/money/accounts/received/?currency=EUR",
    "/money/entries/1/",
    "/proof/",
    "/proof/entries/0/",
    "/help/",
    "/inbox/",
    "/policy/",
)
AMOUNT = re.compile(r'<a class="figure[^"]*" href="([^"]+)"><data class="money" value="(-?[0-9]+)">')
TOTAL = re.compile(r'<tfoot>.*?<data class="money" value="(-?[0-9]+)">', re.DOTALL)
HEADLINE = re.compile(r'<dd class="amount"><data class="money" value="(-?[0-9]+)">')

SignIn = Callable[..., Client]


@pytest.fixture
def signed(story: Told) -> Iterator[SignIn]:
    """A client signed in as somebody, on the day after the story ends."""
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


@pytest.mark.parametrize("address", ROOTS)
def test_page_is_small_and_needs_no_script(signed: SignIn, address: str) -> None:
    page = read(signed("auditor"), address)

    assert len(page.encode()) <= PAGE_BYTES_MAX
    assert "<script" not in page
    assert "style=" not in page.replace('rel="stylesheet"', "")
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("address", ROOTS)
def test_page_asks_the_database_little(signed: SignIn, address: str) -> None:
    client = signed("auditor")

    with CaptureQueriesContext(connections["read"]) as asked:
        read(client, address)

    assert len(asked) <= STATEMENTS_MAX


@pytest.mark.parametrize("language", ["uk", "lt"])
@pytest.mark.parametrize("address", ROOTS)
def test_page_answers_in_every_language(signed: SignIn, address: str, language: str) -> None:
    page = read(signed("auditor", language), address)

    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/agreements/LT-UA-2024/",
        "/agreements/DK-UA-2024/",
        "/tranches/",
        "/programmes/",
        "/programmes/P-DK/",
        "/programmes/P-1/",
        "/contracts/",
        "/contracts/C-DK/",
        "/contracts/C-1/",
        "/money/",
        "/money/idle/",
        "/money/balance/",
        "/funds/LT-UA-2024-T1/",
        "/funds/DK-UA-2024-POOL/",
    ],
)
def test_number_is_what_the_page_behind_it_adds_up_to(signed: SignIn, address: str) -> None:
    client = signed("auditor")
    shown = AMOUNT.findall(read(client, address))

    assert shown
    for href, amount in dict.fromkeys((unescape(href), int(amount)) for href, amount in shown):
        if href.startswith(("/money/accounts/", "/trace/")):
            assert behind(client, href) in (amount, -amount), f"{address}: {href}"


def behind(client: Client, href: str) -> int:
    """The sum of a figure's accounts, the whole of a trace, or an account's balance."""
    page = read(client, href)
    if "?" in href:
        found = TOTAL.search(page)
        return int(found[1]) if found else 0
    _came_in, _went_out, balance = map(int, HEADLINE.findall(page)[:3])
    return balance


def test_every_link_of_every_page_leads_somewhere(signed: SignIn) -> None:
    client = signed("auditor")
    waiting, seen = list(ROOTS), set[str]()

    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        hrefs = {unescape(href) for href in re.findall(r'href="(/[^"#]*)', read(client, address))}
        ours = ("/static/", "/act/", "/decisions/", "/evidence/", "/bank/", "/claims/upload/", "/account/")
        waiting += sorted(href for href in hrefs - seen if not href.startswith(ours))

    assert len(seen) > 100


def test_overview_prints_the_identity_and_what_waits_for_whom(signed: SignIn) -> None:
    page = read(signed("auditor"), "/")

    identity = re.search(r"data-identity>(.*?)</div>", page, re.DOTALL)
    assert identity is not None
    whole, *parts = (int(value) for value in re.findall(r'value="([0-9]+)"', identity[1]))
    assert whole == sum(parts) == 54_770_000_000
    assert "Allocate money to the programme" in page
    assert "approver for UA-MOD" in page


def test_money_of_the_demonstration_is_marked_and_claims_are_not(signed: SignIn) -> None:
    client = signed("auditor")

    for address in ("/", "/tranches/LT-UA-2024-T1/", "/contracts/C-DK/", "/priorities/"):
        assert 'class="tag illustrative"' in read(client, address)
    assert 'class="figure illustrative"' in read(client, "/")
    source = read(client, "/claims/documents/DOC-1/")
    assert 'class="tag illustrative"' not in source.split('class="source"')[1]


def test_text_of_a_source_is_shown_and_never_run(signed: SignIn) -> None:
    page = read(signed("auditor"), "/claims/documents/DOC-1/")

    assert "First tranche &lt;agreed&gt;" in page
    assert "<agreed>" not in page
    assert "10 million euros</mark>" in page


def test_claims_stand_beside_the_register_and_the_bank(signed: SignIn) -> None:
    page = read(signed("auditor"), "/tranches/LT-UA-2024-T1/")

    claims = page.split('id="claims"')[1].split("</section>")[0]
    assert "Example press office" in claims
    assert "Our register" in claims
    assert '<a href="/money/entries/1/">entry 1</a>' in claims


def test_trace_of_a_tranche_adds_up_on_its_page(signed: SignIn) -> None:
    page = read(signed("auditor"), "/tranches/DK-UA-2024-T3/")

    trace = page.split('id="trace"')[1].split("</section>")[0]
    body, foot = trace.split("<tfoot>")
    amounts = [int(value) for value in re.findall(r'<data class="money" value="([0-9]+)"', body)]
    total = re.search(r'value="([0-9]+)"', foot)
    assert total is not None
    assert sum(amounts) == int(total[1]) == 270_000_000


def test_lot_names_its_four_donors_with_exact_amounts(signed: SignIn) -> None:
    page = read(signed("auditor"), f"/lots/{POOLED_LOT}/")

    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert [f"Party {donor}" in rows for donor in ("DK", "SE", "IS", "EU")] == [True] * 4
    assert sum(map(int, re.findall(r'<data class="money" value="([0-9]+)"', rows))) == 1_000_000_003
    assert f"10{NBSP}000{NBSP}000.03{NBSP}EUR" in page


def test_buttons_are_those_that_the_viewer_may_use(signed: SignIn) -> None:
    manager, auditor = (read(signed(who), "/programmes/P-1/") for who in ("ua.manager", "auditor"))

    button = '<a class="button quiet" href="/act/programme.allocate/?programme=P-1">'
    assert button in manager
    assert button not in auditor
    assert "This is done by: fund manager." in auditor


def test_who_may_not_begin_a_programme_is_not_offered_it(signed: SignIn) -> None:
    assert "/act/programme.draft/" in read(signed("ua.manager"), "/programmes/")
    assert "/act/programme.draft/" not in read(signed("auditor"), "/programmes/")


@pytest.mark.parametrize(
    "address",
    [
        "/agreements/NOWHERE-1/",
        "/tranches/NOWHERE-1/",
        "/programmes/NOWHERE-1/",
        "/contracts/NOWHERE-1/",
        "/lots/NOWHERE-1/",
        "/claims/documents/NOWHERE-1/",
        "/money/entries/999999/",
        "/money/accounts/tranche:NOWHERE-1:EUR/",
        "/money/accounts/everything/?currency=EUR",
        "/money/accounts/everything/",
        "/proof/entries/999999/",
        "/funds/NOWHERE-1/",
        "/money/periods/2024-12-31/",
        "/money/periods/2024-13-31/",
        "/money/entries/999999999999999/",
        "/money/entries/99999999999999999999/",
        "/proof/entries/99999999999999999999/",
    ],
)
def test_what_is_not_there_is_said_so(signed: SignIn, address: str) -> None:
    answer = signed("auditor").get(address)

    assert answer.status_code == 404
    assert b"There is no such page" in answer.content


@pytest.mark.parametrize(
    "address",
    [
        "/?colour=blue",
        "/tranches/?sort=amount",
        "/trace/?from=LT-UA-2024-T1&from=DK-UA-2024-T1",
        "/proof/?before=minus",
        "/proof/?before=9999999999999999",
        "/money/accounts/tranche:LT-UA-2024-T1:EUR/?first=-1",
        "/money/accounts/idle/",
        "/money/accounts/idle/?currency=EURO",
        "/money/?at=1",
        "/money/idle/?first=x",
        "/money/idle/?currency=EURO",
        "/money/balance/?by=colour",
        "/money/balance/?at=9999999",
        "/money/balance/?at=-1",
        "/money/balance/?on=2024-02-30",
        "/money/balance/?on=20241231",
        "/money/balance/?on=2024-12-31&value_on=2024-12-31",
        "/money/periods/?upto=1",
        "/money/accounts/tranche:LT-UA-2024-T1:EUR/?order=size",
        "/funds/?sort=ref",
        "/trace/?to=LOT-1&stored=yes",
    ],
)
def test_parameter_that_is_not_known_is_refused(signed: SignIn, address: str) -> None:
    assert signed("auditor").get(address).status_code == 422


def test_trace_of_an_unknown_reference_is_answered_in_words(signed: SignIn) -> None:
    page = read(signed("auditor"), "/trace/?from=NOWHERE-1")

    assert "Nothing that holds or uses money is called NOWHERE-1." in page


def test_log_entry_is_opened_as_far_as_the_role_reads(signed: SignIn) -> None:
    event = RecordEvent.objects.using("read").filter(action="tranche.confirm_receipt").earliest("id")
    address = f"/proof/entries/{event.log_seq}/"

    auditor, officer, operator = (read(signed(who), address) for who in ("auditor", "lt.officer", "operator"))

    assert "Content that was signed off" in auditor
    assert "withheld from you" not in auditor
    assert "bank_booked_on" in auditor
    assert "bank_booked_on" not in officer
    assert "withheld from you" in officer
    assert "LT-UA-2024-T1" in officer
    assert "LT-UA-2024-T1" not in operator


def test_regions_of_a_pool_have_a_name_for_every_donor(signed: SignIn) -> None:
    page = read(signed("auditor"), "/trace/?from=DK-UA-2024-POOL")

    labels = re.findall(r'role="region"[^>]*aria-label="([^"]*)"', page)
    assert len(labels) == len(set(labels))
    assert len([label for label in labels if label.startswith("Where the money of")]) == 4


def test_page_of_an_account_is_titled_by_its_code(signed: SignIn) -> None:
    page = read(signed("auditor"), "/money/accounts/tranche:LT-UA-2024-T1:EUR/")

    assert "<title>Account tranche:LT-UA-2024-T1:EUR · " in page
