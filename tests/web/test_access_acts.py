"""Who may do what by form: every act of a story asked by every role, and what nobody may smuggle into one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.by_form import Watch, signed_in
from tests.databases import close, copy_template, point_at
from tests.office import Office, password
from tests.story import Told, tell

from tranche.actions.arguments import parse_arguments
from tranche.actions.decision_ends import Outcome
from tranche.actions.people import actor_of
from tranche.actions.registry import find, names
from tranche.kernel.canonical import encode
from tranche.kernel.refusals import BadArgument
from tranche.models import Login
from tranche.queries.references import NAMED, UNNAMED
from tranche.queries.scope import KEYS, SCOPES, within
from tranche.queries.viewer import Viewer
from tranche.store import clock
from tranche.web.access import viewer_for
from tranche.web.views.act_form import UNOFFERED

SECRETS = re.compile(
    'name="csrfmiddlewaretoken" value="[^"]+"|name="key" value="[^"]+"|As of log entry [0-9]+'
)
"""What differs at every request: either attempt is logged, so the second page is one entry younger."""

ACTS = Path(__file__).parents[1] / "actions"
Swap = tuple[str, str]
FOREIGN: dict[str, Swap] = {
    "fund": ("DK-UA-2024-POOL", "DK-UA-2099-POOL"),
    "record": ("C-DK", "C-XX"),
    "scope": ("C-DK", "C-XX"),
}
"""What has no kind of its own in the table of scopes; the other kinds are looked up there."""


def out_of_reach(who: Viewer) -> dict[str, Swap]:
    """Of each kind an object that this person may not know of, and a name as long that is nobody's."""
    found = dict(FOREIGN)
    for kind in sorted(set(NAMED.values()) & set(SCOPES) - set(FOREIGN)):
        rows, key = SCOPES[kind][0]._default_manager.using("read"), KEYS.get(kind, "ref")
        known = rows.filter(within(who, kind)).values("pk")
        value = rows.exclude(pk__in=known).order_by("pk").values_list(key, flat=True).first()
        if value is not None:
            nobodys = str(uuid.uuid4()) if len(value) == len(str(uuid.uuid4())) else f"{value[:-2]}ZZ"
            found[kind] = (value, nobodys)
    return found


class Watched(Office):
    """An office in which everybody tries each act before the one person who may does it."""

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()

    def propose(self, who: str, action: str, **given: Any) -> Outcome:
        self.watch.look(self.now, who, action, given)
        return super().propose(who, action, **given)


@pytest.fixture(scope="module")
def office(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    copy_template(template_folder, folder)
    point_at(folder, "")
    watched = Watched()
    tell(watched)
    yield watched
    close()


def marked() -> set[str]:
    """The acts whose forms are tried by everybody in other suites, by their marks."""
    text = "".join(path.read_text(encoding="utf-8") for path in ACTS.glob("test_*.py"))
    calls = re.findall(r"@pytest\.mark\.by_form\(([^)]*)\)", text)
    return {action for call in calls for action in re.findall('"([^"]+)"', call)}


def test_form_takes_an_act_from_those_whom_the_policy_allows_and_from_nobody_else(office: Watched) -> None:
    assert office.watch.wrong == []


def test_every_act_is_tried_by_everybody(office: Watched) -> None:
    told = {action for action, _who, may in office.watch.tried if may}

    assert sorted(names() - UNOFFERED - told - marked()) == []
    assert sorted(marked() - names()) == []


@pytest.fixture
def signed(story: Told) -> Iterator[Callable[[str], Client]]:
    point_at(story.folder)
    with clock.at(story.after):
        yield signed_in
    close()


def _confirm(client: Client, action: str, arguments: dict[str, object]) -> tuple[int, str, int]:
    """Status, text without what differs at every request, and how many statements it took."""
    form = {
        "then": "confirm",
        "arguments": encode(arguments).decode(),  # type: ignore[arg-type]  # texts alone
        "key": str(uuid.uuid4()),
        "reason": "Because it is so.",
        "password": password("lt.officer"),
    }
    with CaptureQueriesContext(connections["read"]) as asked:
        answer = client.post(reverse("act", args=[action]), form)
    return answer.status_code, SECRETS.sub("", answer.content.decode()), len(asked)


def written() -> int:
    """Log entries but for those that say that somebody was refused."""
    with connections["read"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM log_entry WHERE kind <> 'decision.refuse'")
        return int(cursor.fetchone()[0])


def test_every_argument_that_names_something_has_a_kind() -> None:
    plain = {argument.name for name in names() for argument in find(name).arguments}
    checked = {argument.parse.__name__ for name in names() for argument in find(name).arguments}
    named = {
        argument.name
        for name in names()
        for argument in find(name).arguments
        if argument.parse.__name__ in ("_ref", "_fund", "_uuid", "_sha256", "_refs")
    }

    assert "_ref" in checked
    assert sorted(named - set(NAMED) - UNNAMED) == []
    assert sorted(set(NAMED) - plain - {"claim", "replaces"}) == []


def test_reference_of_another_donor_is_refused_like_one_that_is_nobodys(
    signed: Callable[[str], Client],
) -> None:
    client, before, tried = signed("lt.officer"), written(), set()
    reach = out_of_reach(viewer_for(actor_of(Login.objects.get(username="lt.officer").id, "ui")))

    for action in sorted(names() - UNOFFERED):
        for argument in find(action).arguments:
            swap = reach.get(NAMED.get(argument.name, ""))
            if swap is None:
                continue
            given = (lambda ref: [ref]) if argument.name == "payments" else (lambda ref: ref)
            other, nobodys = (_confirm(client, action, {argument.name: given(ref)}) for ref in swap)
            same = other[1].replace(swap[0], "") == nobodys[1].replace(swap[1], "")
            assert (other[0], other[2], same) == (nobodys[0], nobodys[2], True), (action, argument.name)
            assert other[0] in (403, 404, 422), (action, argument.name)
            tried.add((action, argument.name, NAMED[argument.name]))
    assert len(tried) > 100
    assert len({kind for _action, _name, kind in tried}) >= 15
    assert ("payment.release_many", "payments", "payment") in tried
    assert written() == before


def test_field_of_a_model_that_no_form_has_changes_nothing(signed: Callable[[str], Client]) -> None:
    columns = {
        field.name for model in apps.get_app_config("tranche").get_models() for field in model._meta.fields
    }
    client, before = signed("lt.officer"), written()

    for action in sorted(names() - UNOFFERED):
        declared = find(action).arguments
        further = sorted(columns - {argument.name for argument in declared})
        for name in further:
            with pytest.raises(BadArgument, match=name):
                parse_arguments(declared, {name: "1"})
        status, text, _statements = _confirm(client, action, {further[0]: "1"})
        assert (status, "This form does not know this field" in text) == (422, True), action
    assert written() == before
