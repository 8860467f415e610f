"""Nobody is led to a page that says there is nothing: every link that a page draws opens for who sees it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import resolve
from tests.databases import close, point_at
from tests.office import Office, document, eur, password
from tests.story import Told
from tests.web.test_access import EVERY_ROLE

from tranche.models import Record
from tranche.store import clock
from tranche.web.access import is_known

SignIn = Callable[[str], Client]
LINK = re.compile(r'href="(/[^"#]*)')
ELSEWHERE = ("/static/", "/act/")
WITHOUT_PAGE = ("evidence", "calendar")
"""Addresses that give a file; the papers of the story have none."""
EACH = 2
"""How many pages of one kind are opened; of the others it is asked whether they may be known."""


@pytest.fixture
def opened(story: Told) -> Iterator[SignIn]:
    def sign_in(username: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.post("/account/login/", {"username": username, "password": password(username)})
        return client

    point_at(story.folder)
    with clock.at(story.after):
        yield sign_in
    close()


@pytest.mark.parametrize("username", EVERY_ROLE)
def test_every_link_that_is_drawn_opens(opened: SignIn, username: str) -> None:
    client, waiting, seen, drawn = opened(username), ["/"], {"/"}, Counter[str]()
    dead: list[str] = []

    while waiting:
        here = waiting.pop(0)
        answer = client.get(here)
        if answer.status_code >= 400:
            dead.append(here)
        for target in {found.replace("&amp;", "&") for found in LINK.findall(answer.content.decode())} - seen:
            seen.add(target)
            if target.startswith(ELSEWHERE):
                continue
            match = resolve(target.split("?")[0])
            if not is_known(match, answer.wsgi_request):
                dead.append(f"{here} -> {target}")
            elif match.url_name not in WITHOUT_PAGE and drawn[match.url_name or ""] < EACH:
                drawn[match.url_name or ""] += 1
                waiting.append(target)

    assert dead == []
    assert len(drawn) > 20, drawn


def test_owner_of_a_step_who_is_no_party_of_the_agreement_completes_it(
    office: Office, signed_in: SignIn
) -> None:
    """A ministry of finance acts in the procedure of an agreement that another ministry signed."""
    parties = [{"party": "LT", "role": "donor"}, {"party": "UA-MOD", "role": "recipient"}]
    office.do(
        "lt.officer",
        "agreement.draft",
        ref="LT-UA-2024",
        title="Memorandum of understanding",
        kind="memorandum",
        spending_rule="earmark",
        approving_party="LT-MOD",
        recipient="UA-MOD",
        parties=parties,
    )
    signing = {"agreement": "LT-UA-2024", "signed_on": "2024-09-02"}
    papers = [document("signed_text")]
    office.do("lt.officer", "agreement.sign", "lt.approver", "ua.approver1", **signing, evidence=papers)
    office.do(
        "lt.officer",
        "tranche.announce",
        ref="LT-UA-2024-T1",
        agreement="LT-UA-2024",
        ordinal=1,
        title="First tranche",
        donor="LT",
        origin="LT:budget",
        amount=eur(1_000_000_000),
    )
    papers = [document("signed_text", "tranche")]
    office.do(
        "lt.officer", "tranche.agree", "lt.approver", "ua.approver1", tranche="LT-UA-2024-T1", evidence=papers
    )
    office.procedure()
    client = signed_in("lt.finance")

    form = client.get("/act/step.complete/?step=LT-UA-2024-T1-S2").content.decode()

    assert '<option value="LT-UA-2024-T1-S2" selected>' in form
    assert client.get("/tranches/LT-UA-2024-T1/procedure/").status_code == 200
    assert Record.objects.get(ref="LT-UA-2024-T1-S2").state == "todo"
