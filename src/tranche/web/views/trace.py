"""The trace: what this money bought, who paid for this lot, and what would be without some entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.kernel.refusals import BadArgument
from tranche.queries import options
from tranche.queries.funds import fund_rule
from tranche.queries.known import knows
from tranche.queries.lots import origin_titles
from tranche.queries.presenters.funds import RuleShown, rule_shown
from tranche.queries.presenters.refusals import explain
from tranche.queries.presenters.trace import backward, forward
from tranche.queries.presenters.trace_flow import TraceFlow, backward_flow, flow_columns, forward_flow
from tranche.queries.presenters.whatif import whatif_shown
from tranche.queries.records import names_of
from tranche.queries.starts import MOVEMENT_REF, UnknownRef
from tranche.queries.trace import (
    donors_by_receipt,
    followed,
    forward_document,
    fund_behind,
    trace_to,
)
from tranche.queries.viewer import Viewer
from tranche.queries.ways import by_fund
from tranche.queries.whatif import CannotLeaveOut, Supposed, suppose
from tranche.web.access import viewer_of
from tranche.web.charts import Chart, sankey_chart
from tranche.web.page import language
from tranche.web.views.reading import asked, show_page

SEPARATORS: Final = re.compile(r"[,;\s]+")


@require_safe
def trace(request: HttpRequest) -> HttpResponse:
    """Both directions from one form; what cannot be answered is said in words."""
    ways = asked(request, "from", "to", "without", "stored")
    who = viewer_of(request)
    if ways["stored"] not in ("", "1"):
        raise BadArgument("stored", "choice", ways["stored"])
    return show_page(
        request,
        "trace",
        title=_("Trace"),
        section="trace",
        ways=ways,
        froms=(*options.records("tranche", language(), who=who), *options.restrictions(language(), who)),
        lots=options.records("lot", language(), who=who),
        **_answered(ways, who),
    )


def _answered(ways: Mapping[str, str], who: Viewer) -> dict[str, Any]:
    left_out = [what for what in SEPARATORS.split(ways["without"]) if what]
    others = {name: ways[name] for name in ("from", "to", "stored") if ways[name]}
    try:
        _in_reach(ways, who)
        supposed = suppose(left_out) if left_out else None
        shown = whatif_shown(supposed.answer, reverse("trace"), others) if supposed else None
        return {
            "what_if": shown,
            **(_forward(ways["from"], supposed) if ways["from"] else {}),
            **(_backward(ways["to"], supposed, stored=bool(ways["stored"])) if ways["to"] else {}),
        }
    except UnknownRef as error:
        return {"unknown": error.ref}
    except CannotLeaveOut as error:
        return {"refused": explain(error)}


def _in_reach(ways: Mapping[str, str], who: Viewer) -> None:
    """Raise UnknownRef for money out of reach; leaving money out asks about every donor's at once."""
    kind = "receipt" if MOVEMENT_REF.fullmatch(ways["from"]) else "fund"
    if ways["from"] and not knows(who, kind, ways["from"]):
        raise UnknownRef(ways["from"])
    if ways["to"] and not knows(who, "lot", ways["to"]):
        raise UnknownRef(ways["to"])
    if ways["without"] and not who.is_whole:
        raise UnknownRef(ways["without"])


def _forward(ref: str, supposed: Supposed | None) -> dict[str, object]:
    """One block a currency: the whole, its drawing, and the parts of a pool's donors."""
    found = supposed.followed(ref) if supposed else followed(ref)
    donors = donors_by_receipt(found)
    return {
        "rule": _rule(fund_behind(found[0])),
        "forwards": tuple(
            (
                forward(forward_document((one,))),
                _chart(forward_flow(one, donors), "from", ref),
                tuple(forward(forward_document((part,))) for part in by_fund(one) if part is not one),
            )
            for one in found
        ),
    }


def _rule(fund: str) -> RuleShown | None:
    return rule_shown(fund_rule(fund, language())) if fund else None


def _backward(ref: str, supposed: Supposed | None, *, stored: bool) -> dict[str, object]:
    found = supposed.trace_to(ref) if supposed else trace_to(ref, stored=stored)
    documents = (found, *found.others)
    names = names_of([share.donor for one in documents for share in one.shares], language())
    origins = origin_titles()
    return {
        "backwards": tuple(
            (backward(one, names, origins), _chart(backward_flow(one, names), "to", ref)) for one in documents
        ),
    }


def _chart(flow: TraceFlow, way: str, ref: str) -> Chart | None:
    titles = {"from": _("The way of the money of %(ref)s"), "to": _("The way of the money to %(ref)s")}
    if not flow.links:
        return None
    return sankey_chart(
        flow.nodes,
        flow.links,
        currency=flow.currency,
        columns=flow_columns(),
        title=titles[way] % {"ref": ref},
        key=f"{way}-{flow.currency.lower()}",
        illustrative=settings.TRANCHE_DEMO,
    )
