"""Every page that a role reaches by links: no link leads nowhere, and no closed field stands on one."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.test import Client
from django.urls import resolve
from tests.databases import close, point_at
from tests.office import password
from tests.story import Told
from tests.web.test_access import EVERY_ROLE

from tranche.kernel.disclosure import Label
from tranche.models import BankLine, Decision, ReadMark
from tranche.queries import decisions
from tranche.queries.viewer import Viewer
from tranche.store import clock
from tranche.web.access import is_known, viewer_of

SignIn = Callable[[str], Client]
LINK = re.compile(r'href="(/[^"#]*)')
ELSEWHERE = ("/static/", "/act/")
WITHOUT_PAGE = ("evidence", "calendar")
"""Addresses that give a file; the papers of the story have none."""
EACH = 2
"""How many pages of one kind are opened; of the others it is asked whether they may be known."""

CLOSED = (Label.AUDITOR, Label.SEALED)
LENGTH_MIN = 8
OWNER: Mapping[str, str] = {
    "Payee": "record__holder_party__ref",
    "PayeeCallback": "payee__record__holder_party__ref",
    "Payment": "record__holder_party__ref",
    "BankAccount": "party__ref",
    "BankStatement": "account__party__ref",
    "BankLine": "account__party__ref",
    "Party": "ref",
    "Person": "pk",
    "Login": "person_id",
    "Credential": "person_id",
    "Identity": "login__person_id",
    "MailSetting": "person_id",
    "CalendarAddress": "person_id",
}
"""Whose the rows of a model with closed fields are: of a party, or of a person."""
OF_PERSONS = frozenset({"Person", "Login", "Credential", "Identity", "MailSetting", "CalendarAddress"})


@dataclass
class Crawled:
    """The pages that somebody reached, each as people read it, and the links that led nowhere."""

    who: Viewer
    pages: dict[str, str] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    drawn: Counter[str] = field(default_factory=Counter)

    def kind(self, address: str) -> str:
        return resolve(address.split("?")[0]).url_name or ""


def close_up(text: str) -> str:
    """Without spaces: an account number is printed in groups."""
    return re.sub("\\s", "", text)


def crawl(client: Client) -> Crawled:
    found, waiting, seen = Crawled(viewer_of(client.get("/help/").wsgi_request)), ["/"], {"/"}
    while waiting:
        here = waiting.pop(0)
        answer = client.get(here)
        page = answer.content.decode()
        found.pages[here] = close_up(html.unescape(page))
        if answer.status_code >= 400:
            found.dead.append(here)
        for target in {link.replace("&amp;", "&") for link in LINK.findall(page)} - seen:
            seen.add(target)
            if target.startswith(ELSEWHERE):
                continue
            kind = found.kind(target)
            if not is_known(resolve(target.split("?")[0]), answer.wsgi_request):
                found.dead.append(f"{here} -> {target}")
            elif kind not in WITHOUT_PAGE and found.drawn[kind] < EACH:
                found.drawn[kind] += 1
                waiting.append(target)
    return found


@pytest.fixture(scope="module", params=[who for who in EVERY_ROLE if who != "dk.expert1"])
def crawled(request: pytest.FixtureRequest, story: Told) -> Iterator[Crawled]:
    client = Client(headers={"accept-language": "en"})
    point_at(story.folder)
    with clock.at(story.after):
        client.post("/account/login/", {"username": request.param, "password": password(request.param)})
        yield crawl(client)
    close()


def test_every_link_that_is_drawn_opens(crawled: Crawled) -> None:
    assert crawled.dead == []
    assert len(crawled.drawn) > 20, crawled.drawn


def test_no_page_shows_a_field_that_is_closed_to_its_reader(crawled: Crawled) -> None:
    leaks = []
    for value, owners in closed_values().items():
        for address, page in crawled.pages.items():
            if value in page and not opens(crawled, address, owners):
                leaks.append((address, *sorted(owners), value))

    assert leaks == []


@pytest.mark.parametrize("username", ["lt.finance", "ua.inspector", "ua.manager"])
def test_no_decision_names_a_bank_line_by_its_number_in_the_machine(story: Told, username: str) -> None:
    """Every decision, not only those that a crawl happens to open."""
    client = Client(headers={"accept-language": "en"})
    point_at(story.folder)
    with clock.at(story.after):
        client.post("/account/login/", {"username": username, "password": password(username)})
        lines = list(BankLine.objects.values_list("id", flat=True))
        pages = {row.action: client.get(f"/decisions/{row.id}/") for row in Decision.objects.all()}
        shown = {
            action: close_up(page.content.decode()).partition("<details")[0] for action, page in pages.items()
        }
    close()

    named = {action for action, page in shown.items() if any(line in page for line in lines)}
    assert {"tranche.confirm_receipt", "payment.settle"} <= shown.keys()
    assert named == set()


@pytest.mark.parametrize("crawled", ["auditor"], indirect=True)
def test_auditor_reads_what_is_closed_to_others(crawled: Crawled) -> None:
    read = {
        model
        for value, owners in closed_values().items()
        for model, _field, _owner in owners
        if any(value in page for page in crawled.pages.values())
    }

    assert read >= {"Payee", "PayeeCallback", "BankAccount"}


def closed_values() -> dict[str, set[tuple[str, str, str]]]:
    """Each stored text under a closed label alone, with the model, the field and the owner."""
    closed: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    said: list[str] = []
    for model in apps.get_app_config("tranche").get_models():
        for name, label in getattr(model, "LABELS", {}).items():
            rows = model._default_manager.using("scratch" if model is ReadMark else "read")
            if label not in CLOSED:
                said += [str(value) for value in rows.values_list(name, flat=True)]
            elif model.__name__ in OWNER:
                for value, owner in rows.values_list(name, OWNER[model.__name__]):
                    if isinstance(value, str) and len(value) >= LENGTH_MIN:
                        closed[close_up(value)].add((model.__name__, name, str(owner)))
    everything = close_up("|".join(said))
    return {value: owners for value, owners in closed.items() if value not in everything}


def opens(crawled: Crawled, address: str, owners: set[tuple[str, str, str]]) -> bool:
    """Whether one of the owners lets this person read it; who decides reads what the decision is over."""
    who, kind = crawled.who, crawled.kind(address)
    if kind in ("decision", "approve", "withdraw", "execute", "revoke"):
        return who.reach.opens(decisions.decision(address.split("/")[2]).parties)
    persons = {owner for model, _field, owner in owners if model in OF_PERSONS}
    if persons and (who.keeps_people or who.person in persons):
        return True
    return who.reach.opens(frozenset(owner for _model, _field, owner in owners))
