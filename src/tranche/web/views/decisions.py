"""Decisions: the inbox, one decision, and the pages on which it is approved, released or withdrawn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tranche.actions import decision as actions
from tranche.actions.attestation import attest_password
from tranche.kernel.refusals import BadArgument
from tranche.queries import decisions as queries
from tranche.queries.known import known_decisions
from tranche.queries.presenters.decisions import Sheet, rows_shown, sheet
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.web.access import viewer_for
from tranche.web.fields import Problem
from tranche.web.limits import Window
from tranche.web.page import actor, go_to, key_of, language, new_key, show
from tranche.web.standing import Standing, standing

SEQ = re.compile("[1-9][0-9]{0,14}")
VERDICTS = frozenset({"approve", "reject"})
VIEWS = ("waiting", "proposed", "all")
password_tries = Window(5, 60)


@dataclass(frozen=True, slots=True)
class Case:
    """A decision as stored, in words, and how it stands for the person who looks."""

    detail: queries.DecisionDetail
    sheet: Sheet
    standing: Standing


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what I proposed, then everything."""
    view, before = _view(request)
    me, now = actor(request), clock.now()
    candidates = queries.open_rows()
    for_me = [
        row for row in candidates if queries.may_want(row, me, now) and standing(row.id, me, now).waits_for_me
    ]
    chosen: Sequence[queries.DecisionRow] = [row for row in candidates if row not in for_me]
    if view != "waiting":
        chosen = queries.rows(proposer=me.person if view == "proposed" else None, before=before)
    return show(
        request,
        "decisions/inbox.html",
        title=_("Decisions"),
        section="decisions",
        view=view,
        for_me=rows_shown(for_me),
        rows=rows_shown(known_decisions(viewer_for(me), chosen)),
        waiting=len(for_me),
        older=_older(view, chosen),
    )


def _view(request: HttpRequest) -> tuple[str, int | None]:
    """Which list, and below which log entry; anything else in the address is refused."""
    view, before = request.GET.get("view", "waiting"), request.GET.get("before", "")
    if view not in VIEWS or set(request.GET) - {"view", "before"}:
        raise BadArgument("view", "choice", view)
    if before and not SEQ.fullmatch(before):
        raise BadArgument("before", "whole", before)
    return view, int(before) if before else None


def _older(view: str, chosen: Sequence[queries.DecisionRow]) -> str:
    """Where the list goes on; empty at its end."""
    full = view != "waiting" and len(chosen) == queries.PAGE_ROWS
    return f"?{urlencode({'view': view, 'before': str(chosen[-1].log_seq)})}" if full else ""


@require_safe
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    case = _case(request, decision_id)
    title = case.sheet.title
    return show(
        request, "decisions/decision.html", title=title, section="decisions", attested=True, **_names(case)
    )


def _case(request: HttpRequest, decision_id: UUID) -> Case:
    detail = queries.decision(str(decision_id))
    stands = standing(detail.row.id, actor(request), clock.now())
    return Case(detail, sheet(detail, language()), stands)


def _names(case: Case) -> dict[str, Any]:
    return {"decision": case.detail, "sheet": case.sheet, "standing": case.standing}


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Approve or reject over the hash that the page showed, with the password entered again."""

    def act() -> actions.Outcome:
        verdict = request.POST.get("verdict", "")
        if verdict not in VERDICTS:
            raise BadArgument("verdict", "choice", verdict)
        return actions.approve(
            decision_id=str(decision_id),
            shown_hash=request.POST.get("shown_hash", ""),
            verdict=verdict,
            reason=request.POST.get("reason", "").strip() or None,
            attestation=_attest(request),
            key=key_of(request),
            by=actor(request),
        )

    return _answer(request, decision_id, "decisions/approve.html", _("Approve or reject"), act)


def _attest(request: HttpRequest) -> Any:
    login = actor(request).login
    if not password_tries.take(login, time.monotonic()):
        raise BadArgument("password", "too_often")
    attested = attest_password(login, request.POST.get("password", ""))
    password_tries.forget(login)
    return attested


@require_http_methods(["GET", "HEAD", "POST"])
def execute(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """The payer's page: what was approved is released."""

    def act() -> actions.Outcome:
        return actions.execute(decision_id=str(decision_id), key=key_of(request), by=actor(request))

    return _answer(request, decision_id, "decisions/execute.html", _("Release the order"), act)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    def act() -> actions.Outcome:
        return actions.withdraw(
            decision_id=str(decision_id),
            reason=request.POST.get("reason", "").strip(),
            key=key_of(request),
            by=actor(request),
        )

    return _answer(request, decision_id, "decisions/withdraw.html", _("Withdraw the proposal"), act)


def _answer(
    request: HttpRequest, decision_id: UUID, template: str, title: str, act: Callable[[], actions.Outcome]
) -> HttpResponse:
    """Show the page; on POST act, and go to the decision, or show the page again with why not."""
    said: Explanation | None = None
    if request.method == "POST":
        try:
            act()
        except CommitUncertain:
            raise
        except DOMAIN_ERRORS as error:
            said = explain(error)
        else:
            return go_to(reverse("decision", args=[decision_id]))
    case = _case(request, decision_id)
    return show(
        request,
        template,
        title=title,
        section="decisions",
        status=status_of(said) if said else 200,
        error=said is not None,
        problems=(Problem(said.field, said.what),) if said else (),
        said=said,
        attested=True,
        key=request.POST.get("key", "") or new_key(),
        reason=request.POST.get("reason", ""),
        **_names(case),
    )
