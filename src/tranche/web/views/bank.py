"""Bank statements: the list, one statement with what its lines may be, and the upload."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tranche.actions.decision import propose
from tranche.kernel.refusals import AlreadyThere
from tranche.ledger.close import closes
from tranche.queries import bank as queries
from tranche.queries.presenters.bank import statement_shown, statements_shown
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.store import evidence as store
from tranche.store.errors import CommitUncertain
from tranche.web.fields import FieldRefused, Problem, file_bytes, plain
from tranche.web.page import actor, go_to, key_of, new_key, show
from tranche.web.views.errors import unknown
from tranche.web.views.evidence import own_parties

STORED = re.compile("[0-9a-f]{64}")


@require_safe
def bank(request: HttpRequest) -> HttpResponse:
    rows = queries.statements(own_parties(request))
    shown = statements_shown(rows)
    return show(
        request,
        "bank/bank.html",
        title=_("Bank statements"),
        section="bank",
        statements=shown,
        closed=tuple(reversed(closes())),
    )


@require_safe
def bank_statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Opening, entries and closing; every line that is not booked stands beside what it may be."""
    found = queries.statement(str(statement_id), own_parties(request))
    shown = statement_shown(found)
    title = _("Statement %(number)s") % {"number": shown.stmt_id}
    return show(request, "bank/statement.html", title=title, section="bank", statement=shown)


@require_http_methods(["GET", "HEAD", "POST"])
def bank_upload(request: HttpRequest) -> HttpResponse:
    """The file is hashed and kept first, then staged whole or refused whole."""
    if request.method != "POST":
        return _page(request)
    try:
        staged = _staged(request)
    except FieldRefused as refused:
        return _page(request, error=str(refused))
    try:
        propose(action="import.stage", arguments=staged, key=key_of(request), by=actor(request))
    except CommitUncertain as error:
        return unknown(request, error, {name: str(value) for name, value in staged.items()})
    except DOMAIN_ERRORS as error:
        return _page(request, explain(error), there=_there(error, str(staged["sha256"])))
    found = queries.statement_of_file(str(staged["sha256"]))
    return go_to(reverse("bank_statement", args=[found]) if found else reverse("bank"))


def _staged(request: HttpRequest) -> dict[str, object]:
    """The arguments of import.stage: from the upload, or from one kept when the outcome was unknown."""
    kept = request.POST.get("sha256", "")
    if STORED.fullmatch(kept) and store.exists(kept):
        size = len(store.get(kept))
        return {"sha256": kept, "name": plain(request.POST.get("name", "")) or kept[:12], "size_bytes": size}
    file = request.FILES.get("file")
    if file is None:
        raise FieldRefused(_("Choose a file first."))
    data = file_bytes(file)
    return {
        "sha256": store.put(data),
        "name": plain(file.name or "")[:200] or "statement",
        "size_bytes": len(data),
    }


def _there(error: Exception, sha256: str) -> str:
    """The page of the statement that is there already."""
    if not isinstance(error, AlreadyThere):
        return ""
    found = queries.statement_of_file(sha256) or queries.statement_by_number(error.ref)
    return reverse("bank_statement", args=[found]) if found else ""


def _page(
    request: HttpRequest, said: Explanation | None = None, error: str = "", there: str = ""
) -> HttpResponse:
    return show(
        request,
        "bank/upload.html",
        title=_("Upload a bank statement"),
        section="bank",
        status=status_of(said) if said else 422 if error else 200,
        error=bool(said or error),
        problems=(Problem("file", said.what if said else error),) if said or error else (),
        said=said,
        there=there,
        key=request.POST.get("key", "") or new_key(),
    )
