"""A ministry's own procedure template: a new version is published by two; running procedures keep theirs."""

from __future__ import annotations

import uuid
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import find
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.policy import Situation
from tranche.kernel.procedures import Template, TemplateError, parse_template
from tranche.kernel.refusals import BadArgument, TemplateUnsound
from tranche.models import Party, ProcedureTemplate
from tranche.models.templates import known, shipped_templates


def read_template(name: str, text: str) -> Template:
    """The template of an argument; raises TemplateUnsound with every defect."""
    try:
        return parse_template(text, known())
    except TemplateError as error:
        raise TemplateUnsound(name, error.defects) from error


def _basis(arguments: Arguments, _today: date) -> Basis:
    donor = find(Party, arguments["holder"])
    text = cast(str, arguments["template_text"])
    chosen = read_template("template_text", text)
    last = ProcedureTemplate.objects.filter(key=chosen.key).order_by("-version").first()
    if chosen.key in shipped_templates() or (last is not None and last.donor_id != donor.id):
        raise BadArgument("template_text", "template_key", chosen.key)
    wanted = last.version + 1 if last else 1
    return Basis(
        situation=Situation(
            owner=donor.ref, parties=frozenset({donor.ref}), approving=donor.ref, recipient=""
        ),
        ref=donor.ref,
        holder=donor,
        facts={
            "template": f"{chosen.key} {chosen.version}",
            "text_sha256": chosen.sha256,
            "steps": [step.title["en"] for step in chosen.steps],
        },
        failed={} if chosen.version == wanted else {"next_version": str(wanted)},
    )


def _publish(execution: Execution) -> None:
    text = execution.text("template_text")
    chosen = parse_template(text)
    row = ProcedureTemplate.objects.create(
        id=str(uuid.uuid4()),
        key=chosen.key,
        version=chosen.version,
        donor=find(Party, execution.arguments["holder"]),
        text=text,
        sha256=chosen.sha256,
        published_at=execution.write.now,
        log_seq=execution.write.seq,
    )
    execution.created["id"] = row.id
    execution.wrote("template", row.id)


register(
    Action("procedure.publish_template", (a.ref("holder"), a.long_text("template_text")), _basis, _publish)
)
