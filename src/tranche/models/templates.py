"""Procedure templates by key: the shipped examples from their files, a ministry's own from the register."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

from tranche.formats.calendars import calendar_terms
from tranche.kernel.procedures import Known, Template, parse_template
from tranche.kernel.refusals import UnknownReference
from tranche.models.procedure import ProcedureTemplate

STEP_DOCUMENTS = (
    *("account_confirmation", "amendment", "assessment", "bank_letter", "budget_reference", "choice_note"),
    *("document", "finance_note", "legal_opinion", "letter", "project_list", "report", "resolution"),
    *("signed_text", "treasury_order", "visit_report"),
)
"""The kinds of documents that a step may ask for; each has a word in every language."""


class Held(NamedTuple):
    """A template with its text and whose it is; shipped examples belong to nobody and are illustrative."""

    template: Template
    text: str
    donor: str

    @property
    def is_shipped(self) -> bool:
        return not self.donor


def known() -> Known:
    """What a template may name."""
    return Known(calendar_terms(), STEP_DOCUMENTS)


def template(key: str, *, using: str = "default") -> Template:
    """The last version of a template; raises UnknownReference."""
    return held(key, using=using).template


def held(key: str, *, using: str = "default") -> Held:
    """The last version with its text; raises UnknownReference."""
    shipped = shipped_templates().get(key)
    if shipped is not None:
        return shipped
    rows = ProcedureTemplate.objects.using(using).select_related("donor").filter(key=key)
    row = rows.order_by("-version").first()
    if row is None:
        raise UnknownReference("procedure template", key)
    return Held(parse_template(row.text), row.text, row.donor.ref)


def template_keys(*, using: str = "default") -> tuple[str, ...]:
    """Every key, the shipped examples first."""
    stored = ProcedureTemplate.objects.using(using).order_by("key").values_list("key", flat=True).distinct()
    return (*shipped_templates(), *stored)


@cache
def shipped_templates() -> dict[str, Held]:
    folder = resources.files("tranche").joinpath("conf", "procedures")
    texts = (path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml"))
    found = (Held(parse_template(text, known()), text, "") for text in texts)
    return {one.template.key: one for one in sorted(found, key=lambda one: one.template.key)}


def template_donors(*, using: str = "default") -> dict[str, str]:
    """Whose each template is; shipped examples belong to nobody and are left out."""
    rows = ProcedureTemplate.objects.using(using).values_list("key", "donor__ref")
    return dict(rows.order_by("version"))
