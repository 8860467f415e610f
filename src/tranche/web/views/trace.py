"""The trace: what this money bought, or who paid for this lot."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import options
from tranche.queries.lots import origin_titles
from tranche.queries.money import funds_of
from tranche.queries.presenters.trace import Backward, Forward, backward, forward
from tranche.queries.records import names_of
from tranche.queries.trace import UnknownRef, trace_from, trace_to
from tranche.web.page import language
from tranche.web.views.reading import asked, show_page


@require_safe
def trace(request: HttpRequest) -> HttpResponse:
    """Both directions from one form; a reference that holds no money is answered in words."""
    ways = asked(request, "from", "to")
    return show_page(
        request,
        "trace",
        title=_("Trace"),
        section="trace",
        ways=ways,
        froms=(*options.records("tranche"), *options.restrictions()),
        lots=options.records("lot"),
        **_traced(ways),
    )


def _traced(ways: dict[str, str]) -> dict[str, object]:
    try:
        return {
            "forwards": _forwards(ways["from"]) if ways["from"] else (),
            "backward": _backward(ways["to"]) if ways["to"] else None,
        }
    except UnknownRef as error:
        return {"unknown": error.ref}


def _forwards(ref: str) -> tuple[Forward, ...]:
    """One trace, or one for each donor of a pool."""
    return tuple(forward(trace_from(fund)) for fund in funds_of(ref))


def _backward(ref: str) -> Backward:
    found = trace_to(ref)
    return backward(found, names_of([share.donor for share in found.shares], language()), origin_titles())
