"""Upload links: issued and taken over by people of the office, used by suppliers without a sign-in."""

from __future__ import annotations

import secrets
import time
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tranche.actions import upload as actions
from tranche.actions.decision import propose
from tranche.actions.evidence import SUPPLIER_KINDS
from tranche.kernel.lifecycle import Role
from tranche.kernel.refusals import BadArgument
from tranche.queries import uploads as queries
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.queries.presenters.uploads import links_shown, public_title, uploads_shown
from tranche.queries.presenters.words import EVIDENCE, word
from tranche.queries.references import check_references
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.web.access import viewer_of
from tranche.web.fields import FieldRefused, Option, Problem, file_bytes, plain
from tranche.web.limits import upload_looks, upload_tries
from tranche.web.page import actor, go_to, key_of, new_key, show
from tranche.web.views.reading import asked, show_page

TOKEN_BYTES: Final = 32
DAYS_OFFERED: Final = 14
UPLOAD_FIELDS: Final = frozenset({"csrfmiddlewaretoken", "key", "kind"})
ISSUE_FIELDS: Final = frozenset({"csrfmiddlewaretoken", "key", "record", "evidence_kinds", "expires_on"})


@require_safe
def uploads(request: HttpRequest) -> HttpResponse:
    """Links and what came through them, for the parties that the viewer acts for."""
    asked(request)
    holders = _holders(request)
    return show_page(
        request,
        "uploads",
        title=_("Upload links"),
        section="payees",
        links=links_shown(queries.links(clock.today(), holders)),
        rows=tuple((row, new_key()) for row in uploads_shown(queries.uploads(holders))),
        may_take=_manages(request),
    )


def _holders(request: HttpRequest) -> frozenset[str] | None:
    now = clock.now()
    held = [grant for grant in actor(request).grants if grant.valid(now)]
    if any(grant.role is Role.AUDITOR for grant in held):
        return None
    return frozenset(grant.party for grant in held if grant.role is not Role.OPERATOR)


def _manages(request: HttpRequest) -> bool:
    now = clock.now()
    return any(grant.role is Role.FUND_MANAGER and grant.valid(now) for grant in actor(request).grants)


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, ref: str) -> HttpResponse:
    """The form; on POST the link is made and shown once, because only its hash is kept."""
    if request.method != "POST":
        asked(request)
        return _issue_form(request, ref)
    _refuse_unknown(request, ISSUE_FIELDS)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    arguments: dict[str, object] = {
        "record": request.POST.get("record", ""),
        "evidence_kinds": request.POST.getlist("evidence_kinds"),
        "expires_on": request.POST.get("expires_on", ""),
        "token_sha256": actions.token_sha256(token),
    }
    try:
        check_references(viewer_of(request), arguments)
        propose(action="evidence.issue_link", arguments=arguments, key=key_of(request), by=actor(request))
    except CommitUncertain:
        raise
    except DOMAIN_ERRORS as error:
        return _issue_form(request, ref, explain(error))
    return show_page(
        request,
        "link_issued",
        title=_("The link for the supplier"),
        section="payees",
        ref=str(arguments["record"]),
        address=request.build_absolute_uri(reverse("upload", args=[token])),
        expires_on=date.fromisoformat(str(arguments["expires_on"])),
    )


def _issue_form(request: HttpRequest, ref: str, said: Explanation | None = None) -> HttpResponse:
    chosen = request.POST.getlist("evidence_kinds")
    offered = (clock.today() + timedelta(days=DAYS_OFFERED)).isoformat()
    return show_page(
        request,
        "issue_link",
        title=_("Issue an upload link"),
        section="payees",
        ref=ref,
        status=status_of(said) if said else 200,
        error=said is not None,
        said=said,
        problems=(Problem(said.field, said.what),) if said else (),
        records=queries.records_for(ref),
        record=request.POST.get("record", ref),
        kinds=tuple((kind, word(EVIDENCE, kind), kind in chosen) for kind in SUPPLIER_KINDS),
        expires_on=request.POST.get("expires_on", offered),
        key=request.POST.get("key", "") or new_key(),
    )


@require_POST
def take_over(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The file becomes evidence of its record, filed by the person who takes it over."""
    arguments = queries.arguments_of(str(upload_id))
    propose(action="evidence.take_over", arguments=arguments, key=key_of(request), by=actor(request))
    return go_to(reverse("uploads"))


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """The one page of a link: what is wanted, and a form to send it; everything else is not found."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    tries = upload_tries if request.method == "POST" else upload_looks
    if not tries.take(address, time.monotonic()):
        return _upload_page(
            request, token, _("Too many attempts. Wait a minute, then try again."), status=429
        )
    if request.method != "POST":
        asked(request)
        return _upload_page(request, token)
    actions.open_link(token)
    _refuse_unknown(request, UPLOAD_FIELDS)
    try:
        name, data = _file(request)
        actions.receive(
            token=token, kind=request.POST.get("kind", ""), name=name, data=data, key=key_of(request)
        )
    except CommitUncertain:
        raise
    except FieldRefused as refused:
        return _upload_page(request, token, str(refused), status=422)
    except DOMAIN_ERRORS as error:
        said = explain(error)
        return _upload_page(request, token, said.what, said, status_of(said))
    return _upload_page(request, token, done=name)


def _refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    """A field that the form does not have is refused, not ignored."""
    for name in request.POST:
        if name not in known:
            raise BadArgument(name[:40], "unknown")
    for name in request.FILES:
        if name != "file" or len(request.FILES.getlist(name)) > 1:
            raise BadArgument(name[:40], "unknown")


def _file(request: HttpRequest) -> tuple[str, bytes]:
    file = request.FILES.get("file")
    if file is None:
        raise FieldRefused(_("Choose a file first."))
    return plain(file.name or "")[:200] or "document", file_bytes(file)


def _upload_page(
    request: HttpRequest,
    token: str,
    error: str = "",
    said: Explanation | None = None,
    status: int = 200,
    done: str = "",
) -> HttpResponse:
    link = actions.open_link(token)
    return show(
        request,
        "pages/upload.html",
        title=_("Send documents"),
        status=status,
        error=bool(error),
        said=said,
        problems=(Problem(said.field if said else "file", error),) if error else (),
        record=public_title(link.record_kind, link.record_ref),
        kinds=tuple(Option(kind, word(EVIDENCE, kind)) for kind in link.evidence_kinds),
        kind=request.POST.get("kind", "") if error else "",
        token=token,
        done=done,
        key=new_key() if done or not request.POST.get("key") else request.POST["key"],
        log_seq=None,
    )
