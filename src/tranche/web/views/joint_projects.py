"""Joint projects: the list, and one with its partners, shares, money and output."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tranche.queries import joint_projects as queries
from tranche.queries.known import only_known
from tranche.queries.presenters.actions import next_steps
from tranche.queries.presenters.joint_projects import joint_lines, joint_page
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.page import actor, language
from tranche.web.views.reading import asked, may_begin, show_page


@require_safe
def joint_projects(request: HttpRequest) -> HttpResponse:
    asked(request)
    return show_page(
        request,
        "joint_projects",
        title=_("Joint projects"),
        section="programmes",
        rows=joint_lines(only_known(viewer_of(request), "joint", queries.joint_projects(language()))),
        may_begin=may_begin(request, "joint.draft"),
    )


@require_safe
def joint_project(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    shown = joint_page(queries.joint_project(ref, language(), viewer_of(request)))
    return show_page(
        request,
        "joint_project",
        title=shown.title,
        section="programmes",
        shown=shown,
        steps=next_steps(ref, actor(request), clock.now()),
    )
