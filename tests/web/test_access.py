"""Who may know of what by address: generated from the addresses, the roles and the kinds of objects.

The answer for an object out of reach is, byte for byte and statement for statement, that for none at all.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from tests.databases import close, point_at
from tests.office import PEOPLE, password
from tests.story import POOLED_LOT, Told

from tranche.actions.registry import names
from tranche.ledger.rows import reading
from tranche.models import Decision, Evidence, Login, Person, RecordEvent
from tranche.store import clock
from tranche.web import views
from tranche.web.access import PAGE, ROWS, WHOLE
from tranche.web.views.act_form import UNOFFERED

TOKEN = re.compile('name="csrfmiddlewaretoken" value="[^"]+"|name="key" value="[^"]+"')
"""The form's secret and key differ at every request, also for one address."""

SignIn = Callable[[str], Client]

SIDES = {
    **dict.fromkeys(("lt.officer", "lt.finance", "lt.approver"), "LT"),
    **dict.fromkeys(("dk.officer", "dk.approver1", "dk.approver2", "dk.expert1", "dk.expert2"), "DK"),
}
"""The people of donors; everybody else but the operator is the recipient's or the auditor."""

DONORS = ("lt.finance", "lt.approver", "dk.officer", "dk.expert1")
"""One of each role of the donors; one of them not for the party that approves."""
EVERY_ROLE = (*DONORS, "ua.manager", "ua.approver1", "ua.payer", "ua.inspector", "auditor", "operator")

OBJECTS = {
    "agreement": {"LT": "LT-UA-2024", "DK": "DK-UA-2024"},
    "tranche": {"LT": "LT-UA-2024-T1", "DK": "DK-UA-2024-T3"},
    "contract": {"LT": "C-1", "DK": "C-DK"},
    "lot": {"LT": "LOT-1", "DK": POOLED_LOT},
    "fund": {"LT": "LT-UA-2024-T1", "DK": "DK-UA-2024-POOL"},
    "account": {"LT": "tranche:LT-UA-2024-T1:EUR", "DK": "contract:C-DK:DK-UA-2024-POOL/DK:EUR"},
}
"""An object of each donor, of each kind that an address names by a reference."""

FOREIGN = {
    "LT": re.compile("DK-UA-2024|C-DK|PAY-DK|LOT-DK|Contract of the pool"),
    "DK": re.compile("LT-UA-2024|(?<![A-Z0-9-])(?:C-1|PAY-1|LOT-[12])\\b"),
}
"""What people of each donor never read: references and titles of the other's objects."""


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


def objects(kind: str) -> dict[str, str]:
    """An object of each side of this kind; those without a reference are looked up."""
    if kind in OBJECTS:
        return OBJECTS[kind]
    found = {side: FOUND[kind](side) for side in ("LT", "DK")} if kind in FOUND else {}
    return {side: key for side, key in found.items() if key}


def _decision(side: str) -> str:
    action = "programme.allocate" if side == "LT" else "contract.sign"
    rows = Decision.objects.using("read").filter(action=action).order_by("-log_seq")
    rows = rows.filter(state="open") if side == "LT" else rows.filter(events__record__ref="C-DK")
    return rows.values_list("pk", flat=True)[0]


def _evidence(side: str) -> str:
    rows = Evidence.objects.using("read").filter(record__ref=OBJECTS["contract"][side])
    return rows.order_by("id").values_list("sha256", flat=True)[0]


def _entry(side: str) -> str:
    rows = reading("read")(
        "SELECT m.entry_id FROM movement m JOIN account a ON a.id = m.dst WHERE a.holder = %s",
        [OBJECTS["lot"][side]],
    )
    return str(rows[0][0])


def _person(side: str) -> str:
    grants = {"LT": "LT-MOD", "DK": "DK-MOD"}
    return Person.objects.using("read").filter(grants__party__ref=grants[side]).order_by("name")[0].pk


def _login(side: str) -> str:
    return Login.objects.using("read").get(person_id=_person(side)).pk


FOUND: dict[str, Callable[[str], str]] = {
    "decision": _decision,
    "evidence": _evidence,
    "entry": _entry,
    "person": _person,
    "login": _login,
    "record": lambda side: OBJECTS["contract"][side],
}


def unknown(key: str) -> str:
    """A name as long, of an object that is not there."""
    if re.fullmatch("[0-9a-f]{8}-.*", key):
        return "00000000" + key[8:]
    if re.fullmatch("[0-9a-f]{64}", key):
        return "0" * 8 + key[8:]
    if key.isdigit():
        return "9" * 12
    return key.replace("2024", "2099").replace("C-", "Z-").replace("LOT-", "NOT-")


def addresses(side: str) -> list[tuple[str, str, str]]:
    """Name, address, and the same address of an object that is not there, where one of a side's is named."""
    found = []
    for name, row in sorted(ROWS.items()):
        key = objects(row.kind).get(side) if row not in (PAGE, WHOLE) else None
        if key is not None:
            here = reverse(name, kwargs={row.key: _typed(row.kind, key)})
            found.append((name, here, reverse(name, kwargs={row.key: _typed(row.kind, unknown(key))})))
    return found


def _typed(kind: str, key: str) -> object:
    return int(key) if kind == "entry" else key


def pages() -> list[str]:
    """Every address without an object that a signed-in person may open by GET."""
    skipped = {"login", "login_options", "login_by_key", "logout", "oidc_begin", "oidc_end", "preferences"}
    skipped |= {"end_sessions", "key_options", "key_offer"}
    found = []
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name not in skipped and not pattern.pattern.converters:
            found.append(reverse(str(pattern.name)))
    return sorted(found)


def answered(client: Client, address: str, method: str) -> tuple[int, str, int]:
    """Status, text without the address itself, and how many statements it took."""
    with CaptureQueriesContext(connections["read"]) as asked:
        answer = client.get(address) if method == "get" else client.post(address, {})
    text = TOKEN.sub("", answer.content.decode().replace(address, ""))
    return answer.status_code, text, len(asked)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = {getattr(pattern, "name", None) for pattern in get_resolver().url_patterns}

    assert names == set(ROWS)


def test_objects_of_every_kind_are_tried(signed: SignIn) -> None:
    untried = {"selection", "inkind", "joint", "payee", "template", "statement", "credential", "upload"}
    untried |= {"programme", "staff"}

    assert {row.kind for row in ROWS.values() if row not in (PAGE, WHOLE)} == {*OBJECTS, *FOUND, *untried}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("username", DONORS)
def test_other_donors_objects_are_as_if_unknown(signed: SignIn, username: str, method: str) -> None:
    client = signed(username)
    other = "DK" if SIDES[username] == "LT" else "LT"

    for name, address, missing in addresses(other):
        found = answered(client, address, method)
        assert found[0] == 404, name
        assert found == answered(client, missing, method), name


@pytest.mark.parametrize("username", EVERY_ROLE)
def test_people_read_the_objects_of_their_own_arrangements(signed: SignIn, username: str) -> None:
    client = signed(username)
    sides = [SIDES[username]] if username in SIDES else ["LT", "DK"]
    posted = {"issue_password", "statement"}

    for side in sides:
        for name, address, _missing in addresses(side):
            if name in posted:
                continue
            expected = 404 if username == "operator" and name != "person" else 200
            assert client.get(address).status_code == expected, (name, address)


@pytest.mark.parametrize("username", sorted(PEOPLE))
def test_books_of_all_donors_are_for_those_who_know_all(signed: SignIn, username: str) -> None:
    client = signed(username)
    expected = 404 if username in SIDES or username == "operator" else 200

    for name in sorted(name for name, row in ROWS.items() if row == WHOLE and name != "period"):
        assert client.get(reverse(name)).status_code == expected, name


@pytest.mark.parametrize("username", DONORS)
def test_no_page_names_anything_of_another_donor(signed: SignIn, username: str) -> None:
    client = signed(username)
    foreign = FOREIGN[SIDES[username]]
    own = [address for _name, address, _missing in addresses(SIDES[username])]
    known = [reverse("programme", args=[ref]) for ref in ("P-1", "P-DK")]
    asked = ["/decisions/?view=all", "/claims/documents/DOC-1/", "/proof/?before=60", "/proof/?before=30"]
    opened = 0

    for address in [*pages(), *own, *known, *asked]:
        answer = client.get(address)
        opened += answer.status_code == 200
        leaked = foreign.search(answer.content.decode())
        assert leaked is None, (address, leaked)
    assert opened > 30


@pytest.mark.parametrize("username", ["lt.finance", "dk.officer", "operator"])
def test_no_form_offers_anything_of_another_donor(signed: SignIn, username: str) -> None:
    client = signed(username)
    foreign = FOREIGN.get(SIDES.get(username, ""), re.compile("no form names this"))

    for action in sorted(names() - UNOFFERED):
        answer = client.get(reverse("act", args=[action]))
        assert answer.status_code == 200, action
        leaked = foreign.search(answer.content.decode())
        assert leaked is None, (action, leaked)


@pytest.mark.parametrize("way", ["from=LT-UA-2024-T1", "from=1:1", "to=LOT-1", "without=LT"])
def test_trace_of_another_donors_money_is_unknown(signed: SignIn, way: str) -> None:
    page = signed("dk.officer").get(f"/trace/?{way}").content.decode()

    assert "<table" not in page


def test_log_entry_is_opened_as_far_as_the_agreement_goes(signed: SignIn) -> None:
    event = RecordEvent.objects.using("read").filter(record__ref="C-DK").order_by("version")[0]
    address = reverse("proof_entry", args=[event.log_seq])

    own, other = (signed(name).get(address).content.decode() for name in ("dk.officer", "lt.officer"))

    assert "C-DK" in own
    assert "C-DK" not in other


def test_every_view_hands_the_viewer_to_every_query_that_takes_one() -> None:
    forgotten = []
    for path in sorted(Path(views.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = importlib.import_module(f"tranche.web.views.{path.stem}")
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        for call in calls:
            found = _called(module, call.func)
            if found is None or "who" not in inspect.signature(found).parameters:
                continue
            place = list(inspect.signature(found).parameters).index("who")
            named = any(keyword.arg == "who" for keyword in call.keywords)
            starred = any(isinstance(argument, ast.Starred) for argument in call.args)
            if not (named or starred or len(call.args) > place):
                forgotten.append((path.name, call.lineno, found.__name__))
    assert forgotten == []


def _called(module: ModuleType, func: ast.expr) -> Callable[..., object] | None:
    """The function of the queries that an expression calls, by the names of its module."""
    found: object = None
    if isinstance(func, ast.Name):
        found = getattr(module, func.id, None)
    elif isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        found = getattr(getattr(module, func.value.id, None), func.attr, None)
    is_query = inspect.isfunction(found) and found.__module__.startswith("tranche.queries")
    return found if is_query and inspect.isfunction(found) else None


def test_allocation_of_own_money_is_known_to_every_party_of_the_agreement(signed: SignIn) -> None:
    small = Decision.objects.using("read").filter(action="programme.allocate").order_by("log_seq")[0]

    seen = {
        who: signed(who).get(reverse("decision", args=[small.pk])).status_code
        for who in ("lt.officer", "lt.finance", "dk.officer")
    }

    assert seen == {"lt.officer": 200, "lt.finance": 200, "dk.officer": 404}


def test_who_sees_no_agreement_is_not_told_that_there_is_none(signed: SignIn) -> None:
    page = signed("operator").get("/").content.decode()

    assert "Your roles lead to no agreement" in page
    assert "Nothing has been agreed yet" not in page
    assert "Nothing waits for anybody" not in page
    assert page.count('href="/system/"') == 1
