"""Decisions: the inbox, one decision, and the pages on which it is approved, released or withdrawn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tranche.actions import decision as actions
from tranche.actions import decision_ends as ends
from tranche.actions.attestation import Attestation, attest_code, attest_key, attest_password
from tranche.actions.policy import in_force
from tranche.actions.site import keys_work
from tranche.formats.security_key import DEMO_MODEL, from_base64url, to_base64url
from tranche.kernel.approval import statement_hash
from tranche.kernel.methods import Method
from tranche.kernel.refusals import BadArgument, NotAllowed
from tranche.queries import decisions as queries
from tranche.queries.keys import in_use
from tranche.queries.presenters.alerts import alerts
from tranche.queries.presenters.decisions import Sheet, rows_shown, sheet
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.web import ceremony
from tranche.web.access import viewer_of
from tranche.web.confirming import check_confirmed, confirmation
from tranche.web.fields import Problem
from tranche.web.limits import password_tries
from tranche.web.page import actor, go_to, key_of, language, new_key, show
from tranche.web.refused import note
from tranche.web.standing import Standing, standing

SEQ = re.compile("[1-9][0-9]{0,14}")
VERDICTS = frozenset({"approve", "reject"})
VIEWS = ("waiting", "proposed", "all")


@dataclass(frozen=True, slots=True)
class Case:
    """A decision as stored, in words, how it stands for the person who looks, and whether it opens whole."""

    detail: queries.DecisionDetail
    sheet: Sheet
    standing: Standing
    opens: bool


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what I proposed, then everything."""
    view, before, after = _view(request)
    me, now = actor(request), clock.now()
    for_me = queries.for_person(me, now, after=after)
    mine = {row.id for row in for_me}
    chosen = queries.rows(
        proposer=me.person if view == "proposed" else None,
        before=before,
        only_open=view == "waiting",
        who=viewer_of(request),
    )
    return show(
        request,
        "decisions/inbox.html",
        title=_("Decisions"),
        section="decisions",
        view=view,
        for_me=rows_shown(for_me),
        rows=rows_shown([row for row in chosen if row.id not in mine or view != "waiting"]),
        more=f"?{urlencode({'mine': str(for_me[-1].log_seq)})}" if len(for_me) == queries.PAGE_ROWS else "",
        older=_older(view, chosen),
    )


def _view(request: HttpRequest) -> tuple[str, int | None, int]:
    """Which list, below which log entry, and mine after which; anything else in the address is refused."""
    view = request.GET.get("view", "waiting")
    if view not in VIEWS or set(request.GET) - {"view", "before", "mine"}:
        raise BadArgument("view", "choice", view)
    before, after = (_seq(request, name) for name in ("before", "mine"))
    return view, before, after or 0


def _seq(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    if given and not SEQ.fullmatch(given):
        raise BadArgument(name, "whole", given)
    return int(given) if given else None


def _older(view: str, chosen: Sequence[queries.DecisionRow]) -> str:
    """Where the list goes on; empty at its end."""
    full = len(chosen) == queries.PAGE_ROWS
    return f"?{urlencode({'view': view, 'before': str(chosen[-1].log_seq)})}" if full else ""


@require_safe
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    case = _case(request, decision_id)
    title = case.sheet.title
    return show(
        request,
        "decisions/decision.html",
        title=title,
        section="decisions",
        attested=_is_attested(),
        **_names(request, case),
    )


def _is_attested() -> bool:
    """Whether the policy in force lets a password stand for a signature; every page of a decision says so."""
    return Method.PASSWORD in in_force().methods


def _case(request: HttpRequest, decision_id: UUID) -> Case:
    detail = queries.decision(str(decision_id))
    stands = standing(detail.row.id, actor(request), clock.now())
    if stands.missing:  # judged now; the lists show what was asked when that last changed
        detail = replace(detail, row=replace(detail.row, missing=stands.missing))
    opens = viewer_of(request).reach.opens(detail.parties)
    return Case(detail, sheet(detail, language(), whole=opens), stands, opens)


def _names(request: HttpRequest, case: Case) -> dict[str, Any]:
    names = {"decision": case.detail, "sheet": case.sheet, "standing": case.standing, "opens": case.opens}
    return names | {"alerts": alerts(case.detail, clock.today(), language(), viewer_of(request))}


def _proofs(request: HttpRequest, stands: Standing) -> dict[str, bool]:
    """The ways of proof that this person has, of those that would count for this decision."""
    person, open_to = actor(request).person, stands.methods
    keys = in_use(person, Method.KEY.value) if keys_work() else ()
    by_code = bool(in_use(person, Method.CODE.value))
    return {
        "by_key": any(key.aaguid != DEMO_MODEL for key in keys),
        "by_demo_key": any(key.aaguid == DEMO_MODEL for key in keys),
        "by_code": by_code and Method.CODE in open_to,
        "by_password": Method.PASSWORD in open_to,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Approve or reject over the hash that the page showed, with the password entered again."""

    def act() -> ends.Outcome:
        verdict = request.POST.get("verdict", "")
        if verdict not in VERDICTS:
            raise BadArgument("verdict", "verdict", verdict)
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


@require_POST
def statement(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """What a key has to sign for the verdict that was chosen, with whom the browser may ask."""

    def make() -> dict[str, Any]:
        by = actor(request)
        try:
            said = actions.statement_to_sign(
                decision_id=str(decision_id),
                verdict=request.POST.get("verdict", ""),
                reason=request.POST.get("reason", "").strip() or None,
                by=by,
                now=clock.now(),
            )
        except NotAllowed as error:
            note(request, "approve", error, str(decision_id))
            raise
        handles = [row.handle for row in in_use(by.person, Method.KEY.value)]
        return ceremony.to_get(statement_hash(said), handles) | {"statement": to_base64url(said)}

    return ceremony.options_or_why(make)


def _attest(request: HttpRequest) -> Attestation:
    """By the key's answer where the form brought one, by a code where one was typed, else by the password."""
    login, form = actor(request).login, request.POST
    if form.get("signature"):
        stated = from_base64url(form.get("statement", ""))
        return attest_key(login, stated, ceremony.answered(form.dict()))
    refuse_hurry(login)
    code, password = form.get("code", "").strip(), form.get("password", "")
    attested = attest_code(login, password, code) if code else attest_password(login, password)
    password_tries.forget(login)
    return attested


def refuse_hurry(login: str) -> None:
    """A few tries of password or code a minute; raises BadArgument."""
    if not password_tries.take(login, time.monotonic()):
        raise BadArgument("password", "too_often")


@require_http_methods(["GET", "HEAD", "POST"])
def execute(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """The payer's page: what was approved is released."""

    def act() -> ends.Outcome:
        check_confirmed(request)
        return actions.execute(decision_id=str(decision_id), key=key_of(request), by=actor(request))

    return _answer(request, decision_id, "decisions/execute.html", _("Release the order"), act)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    def act() -> ends.Outcome:
        return ends.withdraw(
            decision_id=str(decision_id),
            reason=request.POST.get("reason", "").strip(),
            key=key_of(request),
            by=actor(request),
        )

    return _answer(request, decision_id, "decisions/withdraw.html", _("Withdraw the proposal"), act)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Take one's own approval back while the decision waits."""

    def act() -> ends.Outcome:
        return ends.revoke(decision_id=str(decision_id), key=key_of(request), by=actor(request))

    return _answer(request, decision_id, "decisions/revoke.html", _("Take my approval back"), act)


def _answer(
    request: HttpRequest, decision_id: UUID, template: str, title: str, act: Callable[[], ends.Outcome]
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
            note(request, template.partition("/")[2].removesuffix(".html"), error, str(decision_id))
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
        attested=_is_attested(),
        key=request.POST.get("key", "") or new_key(),
        reason=request.POST.get("reason", ""),
        **confirmation(request),
        **_proofs(request, case.standing),
        **_names(request, case),
    )
