"""Procedures: the chart over all tranches, the task list of one, what holds things up, and templates."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tranche.actions.procedure_template import read_template
from tranche.kernel.procedures import Template
from tranche.kernel.refusals import TemplateUnsound, UnknownReference
from tranche.models.templates import held, shipped_templates, template_keys
from tranche.queries import options, waiting
from tranche.queries import procedures as queries
from tranche.queries.known import knows
from tranche.queries.presenters.holding import age_words, by_party
from tranche.queries.presenters.links import Link
from tranche.queries.presenters.procedures import groups, procedure_lines, procedure_page
from tranche.queries.presenters.template_words import defect_sentences
from tranche.queries.presenters.templates import TemplateShown, template_shown
from tranche.queries.records import names_of
from tranche.store import clock
from tranche.web.access import viewer_of
from tranche.web.charts import Chart
from tranche.web.page import actor, language, new_key
from tranche.web.procedure_charts import gantt_chart, graph_chart
from tranche.web.views.reading import asked, may_begin, show_page

TEXT_LENGTH_MAX = 100_000  # half of what a decision holds


@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    asked(request)
    today = clock.today()
    rows = queries.procedures(today, language(), viewer_of(request))
    drawn = groups(rows)
    chart = gantt_chart(drawn, today=today, illustrative=settings.TRANCHE_DEMO) if drawn else None
    return show_page(
        request,
        "procedures",
        title=_("Procedures"),
        section="tranches",
        crumbs=(Link(_("Tranches"), reverse("tranches")),),
        rows=procedure_lines(rows),
        chart=chart,
        not_drawn=len(rows) - len(drawn),
    )


@require_safe
def tranche_procedure(request: HttpRequest, ref: str) -> HttpResponse:
    asked(request)
    today = clock.today()
    row = queries.procedure(ref, today, language())
    is_shipped = row.template in shipped_templates()
    shown = procedure_page(row, actor(request), clock.now(), shipped=is_shipped)
    chart = gantt_chart(
        groups((row,)), today=today, illustrative=settings.TRANCHE_DEMO, title=_("Planned and actual")
    )
    return show_page(
        request,
        "procedure",
        subject=ref,
        title=_("Procedure of %(tranche)s") % {"tranche": row.title},
        section="tranches",
        crumbs=(Link(_("Procedures"), reverse("procedures")), shown.tranche),
        shown=shown,
        chart=chart,
        marked=settings.TRANCHE_DEMO or is_shipped,
    )


@require_safe
def holding(request: HttpRequest) -> HttpResponse:
    asked(request)
    today = clock.today()
    rows = waiting.waiting(today, language(), viewer_of(request))
    refs = {ref for row in rows for turn in row.turns for ref in turn.parties}
    return show_page(
        request,
        "holding",
        title=_("What holds it up"),
        section="overview",
        crumbs=(Link(_("Overview"), reverse("overview")),),
        parties=by_party(rows, dict(names_of(refs, language())), today),
        ages=age_words(),
        is_cut=len(rows) == waiting.ROWS_MAX,
    )


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    asked(request)
    found = [held(key, using="read") for key in template_keys(using="read")]
    found = [one for one in found if knows(viewer_of(request), "template", one.template.key)]
    return show_page(
        request,
        "templates",
        title=_("Templates of procedures"),
        section="tranches",
        crumbs=(Link(_("Procedures"), reverse("procedures")),),
        rows=[(one, one.template.title.get(language(), one.template.title["en"])) for one in found],
        may_publish=may_begin(request, "procedure.publish_template"),
    )


@require_safe
def template(request: HttpRequest, key: str) -> HttpResponse:
    asked(request)
    one = held(key, using="read")
    shown = template_shown(one.template, clock.today(), language())
    return show_page(
        request,
        "template",
        title=shown.title,
        section="tranches",
        crumbs=_template_crumbs(),
        marked=settings.TRANCHE_DEMO or one.is_shipped,
        one=one,
        shown=shown,
        graph=_graph(shown, illustrative=one.is_shipped),
        may_publish=may_begin(request, "procedure.publish_template"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def template_editor(request: HttpRequest) -> HttpResponse:
    """GET shows the text of a template; POST checks what was typed and draws it. Neither writes anything."""
    begun = asked(request, "begin")["begin"] if request.method != "POST" else ""
    if begun and not knows(viewer_of(request), "template", begun):
        raise UnknownReference("procedure template", begun)
    text = request.POST.get("template_text", "") or (held(begun, using="read").text if begun else "")
    text = text.replace("\r\n", "\n")[:TEXT_LENGTH_MAX]
    found, defects = _checked(text) if request.method == "POST" else (None, ())
    shown = template_shown(found, clock.today(), language()) if found else None
    return show_page(
        request,
        "template_editor",
        title=_("Write a template"),
        section="tranches",
        crumbs=_template_crumbs(),
        status=422 if defects else 200,
        text=text,
        defects=defects,
        shown=shown,
        graph=_graph(shown, illustrative=False) if shown else None,
        key=new_key(),
        holders=options.parties(language(), ("ministry", "state", "union")),
        may_publish=may_begin(request, "procedure.publish_template"),
    )


def _checked(text: str) -> tuple[Template | None, tuple[str, ...]]:
    try:
        return read_template("template_text", text), ()
    except TemplateUnsound as error:
        return None, defect_sentences(error.defects)


def _template_crumbs() -> tuple[Link, ...]:
    return (
        Link(_("Procedures"), reverse("procedures")),
        Link(_("Templates of procedures"), reverse("templates")),
    )


def _graph(shown: TemplateShown, *, illustrative: bool) -> Chart:
    return graph_chart(shown, illustrative=illustrative or settings.TRANCHE_DEMO)
