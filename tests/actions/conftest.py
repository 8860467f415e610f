"""Tests marked `by_form` also let everybody try the named acts on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.by_form import Watch
from tests.office import Office

from tranche.actions.decision_ends import Outcome
from tranche.kernel.lifecycle import Role
from tranche.kernel.standing import STANDING

EVERYBODYS = {row.action for row in STANDING if row.roles == frozenset(Role)}


@pytest.fixture(autouse=True)
def by_form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everybody posts the form of an act that the mark names, just before the test does it."""
    mark = request.node.get_closest_marker("by_form")
    if mark is None:
        yield
        return
    watch, propose = Watch(), Office.propose

    def watched(office: Office, who: str, action: str, **given: Any) -> Outcome:
        if action in mark.args:
            watch.look(office.now, who, action, given)
        return propose(office, who, action, **given)

    monkeypatch.setattr(Office, "propose", watched)
    yield
    assert watch.wrong == []
    assert {action for action, _who, may in watch.tried if may} == set(mark.args)
    assert {action for action, _who, may in watch.tried if not may} >= set(mark.args) - EVERYBODYS
