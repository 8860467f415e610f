"""Who may do an act by form: everybody posts its form, just before the one who does it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from django.test import Client
from django.urls import reverse

from tests.desk import password
from tranche.actions.arguments import parse_arguments
from tranche.actions.people import actor_of, deed_of_proposal
from tranche.actions.registry import find
from tranche.kernel.policy import Allow, decide
from tranche.kernel.reasons import REASONED
from tranche.kernel.refusals import UnknownReference
from tranche.log.read import head
from tranche.models import Login
from tranche.queries.references import check_references
from tranche.store import clock
from tranche.web import refused
from tranche.web.access import viewer_for
from tranche.web.brought import BROUGHT
from tranche.web.fields import retyped
from tranche.web.views.act_form import UNOFFERED

ASKING = (
    *("lt.officer", "lt.approver", "dk.officer", "dk.approver1", "ua.manager", "ua.approver1"),
    *("ua.payer", "ua.inspector", "dk.expert1", "auditor", "operator"),
)
"""One person of each role and side."""
STOPPED = (409, 422)
NOT_TYPED = frozenset({"reason", "replaces", "key"})
CHECKED = "Check your answers"


@dataclass
class Watch:
    """What was tried of which act by whom and may be done, and where the form said otherwise."""

    tried: set[tuple[str, str, bool]] = field(default_factory=set)
    wrong: list[tuple[str, str, bool, int]] = field(default_factory=list)

    def look(self, now: datetime, proposer: str, action: str, given: Mapping[str, Any]) -> None:
        """Let everybody try what the proposer is about to do, once for each act and proposer."""
        if action in UNOFFERED or (action, proposer) in {(done, by) for done, by, _may in self.tried}:
            return
        arguments = {name: value for name, value in given.items() if name not in NOT_TYPED}
        with clock.at(now), patch.object(refused, "note_refusal"):  # the test beside it counts what it writes
            before = head()
            for who in {*ASKING, proposer}:
                self._try(who, action, given.get("reason"), arguments)
            assert head() == before, "looking at a proposal writes nothing"

    def _try(self, who: str, action: str, reason: str | None, arguments: dict[str, Any]) -> None:
        client, may = signed_in(who), allowed(who, action, arguments)
        bring(client, arguments.get("evidence", ()))
        answer = client.post(reverse("act", args=[action]), _form(action, arguments, reason))
        passed = answer.status_code == 200 and CHECKED in answer.content.decode()
        if may and answer.status_code in STOPPED:
            return  # by the state of things, whoever asks: the test means it so
        self.tried.add((action, who, may))
        if may != passed:
            self.wrong.append((action, who, may, answer.status_code))


def allowed(who: str, action: str, arguments: dict[str, Any]) -> bool:
    """Whether the policy lets this person propose it, of what they may know of."""
    by, known, now = actor_of(Login.objects.get(username=who).id, "ui"), find(action), clock.now()
    parsed = parse_arguments(known.arguments, arguments)
    basis = known.basis(parsed, now.date())
    deed = basis.deed or deed_of_proposal(action)
    try:
        check_references(viewer_for(by), parsed)
    except UnknownReference:
        return False
    return isinstance(decide(by, action, known.row(basis).roles, basis.situation, deed, now), Allow)


def signed_in(username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/account/login/", {"username": username, "password": password(username)})
    assert answer.status_code == 303
    return client


def bring(client: Client, documents: Iterable[Mapping[str, Any]]) -> None:
    """As if the person had uploaded them on a form before."""
    session = client.session
    session[BROUGHT] = [[row["sha256"], row["size_bytes"], row["media_type"]] for row in documents]
    session.save()


def _form(action: str, arguments: dict[str, Any], reason: str | None) -> dict[str, str]:
    """What somebody would have typed and added to get these arguments."""
    parsed = parse_arguments(find(action).arguments, arguments)
    typed = retyped(parsed, "en") | {"then": "check", "key": str(uuid.uuid4())}
    if "evidence" in parsed:
        typed["kept"] = json.dumps(parsed["evidence"])
    if reason or action in REASONED:
        typed["reason"] = reason or "Because it is so."
    return typed
