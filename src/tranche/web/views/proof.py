"""Proof: the newest entries of the log, and one entry with everything that it commits to."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import GrantScope
from tranche.log.policies import own_policy
from tranche.queries import proof as queries
from tranche.queries.heads import standing
from tranche.queries.presenters.proof import alarms_shown, log_entry_page, log_page_shown
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor
from tranche.web.views.reading import asked, may_begin, show_page, whole_number

SENDS_NOTHING: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
READ_ALL: Final = frozenset({Role.AUDITOR, Role.FUND_MANAGER, Role.RECIPIENT_APPROVER, Role.PAYER})
"""The auditor, and the recipient's side, whose own acts the entries are; nobody reads what is sealed here."""


@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    shown = log_page_shown(
        queries.log_page(whole_number(request, "before"), _labels(request), viewer_of(request)),
        standing(),
    )
    return show_page(request, "proof", title=_("Proof"), section="proof", shown=shown)


@require_safe
def proof_entry(request: HttpRequest, seq: int) -> HttpResponse:
    asked(request)
    shown = log_entry_page(queries.log_entry(seq, _labels(request), viewer_of(request)))
    title = _("Log entry %(seq)s") % {"seq": seq}
    may_erase = may_begin(request, "log.erasure")
    return show_page(request, "proof_entry", title=title, section="proof", shown=shown, may_erase=may_erase)


@require_safe
def receipt(request: HttpRequest, seq: int) -> HttpResponse:
    """The proof of an entry as a file: its place, the signed head, and what this reader may see of it."""
    asked(request)
    raw = queries.entry_receipt(seq, _labels(request), viewer_of(request))
    headers = {"Content-Disposition": f'attachment; filename="{seq}.tlog-proof"'}
    return HttpResponse(raw, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def pack(request: HttpRequest, seq: int) -> HttpResponse:
    """Everything about what an entry is about, with its proof, as far as this reader may see it."""
    asked(request)
    raw = queries.entry_pack(seq, _labels(request), viewer_of(request))
    headers = {"Content-Disposition": f'attachment; filename="evidence-{seq}.zip"'}
    return HttpResponse(raw, content_type="application/zip", headers=headers)


@require_safe
def witnesses(request: HttpRequest) -> HttpResponse:
    """Who vouches for the log from outside, what is wrong with its proof, and how to become a witness."""
    asked(request)
    log = standing()
    return show_page(
        request, "witnesses", title=_("Witnesses"), section="proof", log=log, alarms=alarms_shown(log)
    )


@require_safe
def log_policy(request: HttpRequest) -> HttpResponse:
    """The policy by which receipts of this log are checked, as its operator sees it."""
    asked(request)
    headers = {"Content-Disposition": 'attachment; filename="log-policy.txt"'}
    return HttpResponse(own_policy(), content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def proof_verify(request: HttpRequest) -> HttpResponse:
    """The page that checks a receipt in the browser, under a policy by which it can send nothing."""
    asked(request)
    response = show_page(request, "proof_verify", title=_("Check a proof"), section="proof")
    response.headers["Content-Security-Policy"] = SENDS_NOTHING
    return response


def _labels(request: HttpRequest) -> frozenset[str]:
    """What this person may read of an entry, by the widest of the roles held now.

    A role for one contract opens nothing that is for auditors, and neither does one for a party that receives
    under some agreements only: account numbers of the others stand in the same log.
    """
    now, who = clock.now(), viewer_of(request)
    held = [grant for grant in actor(request).grants if grant.valid(now)]
    roles = {grant.role for grant in held}
    whole = {grant.role for grant in held if grant.scope is GrantScope.PARTY}
    if who.sees_all and whole & READ_ALL:
        return frozenset({Label.PUBLIC, Label.DONOR, Label.AUDITOR})
    return frozenset({Label.PUBLIC, Label.DONOR} if roles - {Role.OPERATOR} else {Label.PUBLIC})
