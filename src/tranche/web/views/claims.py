"""Claims: the sources and what they say, and one source's text beside the claims read from it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import claims as queries
from tranche.queries.presenters.claims import claims_shown, document_lines, document_page
from tranche.web.access import viewer_of
from tranche.web.views.reading import asked, show_page


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    asked(request)
    return show_page(
        request,
        "claims",
        title=_("Claims"),
        section="claims",
        documents=document_lines(queries.documents()),
        claims=claims_shown(queries.claims()),
    )


@require_safe
def claim_document(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = document_page(queries.document(ref, viewer_of(request)))
    return show_page(
        request, "claim_document", title=shown.line.title.text, section="claims", ref=ref, shown=shown
    )
