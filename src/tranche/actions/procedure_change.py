"""Amending a running procedure: another template, a text of its own, or further closed days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import agreement_situation, evidence_kinds, find, tranche_chain
from tranche.actions.procedure import definition, owners_of, plan_step, set_dates, unstaffed
from tranche.actions.procedure_template import read_template
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.formats.calendars import calendar_sha256, closed_days
from tranche.kernel.calendar import due_day
from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import NoSuchTransition
from tranche.kernel.procedures import Template, TemplateStep
from tranche.kernel.refusals import BadArgument
from tranche.models import Evidence, Party, Procedure, Step, Tranche
from tranche.models.step_dates import closures_of, finished_at, opening, procedure_steps
from tranche.models.templates import template

CLOSURE = re.compile(r"([A-Z]{2})\s+([0-9]{4}-[0-9]{2}-[0-9]{2})")
CLOSURES_MAX = 60  # a quarter of a working year


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment does: steps that stay (with what they become), that go, and that are new."""

    procedure: Procedure
    chosen: Template | None
    kept: Mapping[str, Step]
    gone: tuple[Step, ...]
    added: tuple[TemplateStep, ...]
    owners: Mapping[str, Party]
    closures: tuple[tuple[str, date], ...]

    def said_of(self, step: Step) -> TemplateStep | None:
        """What the new version says of a step that stays."""
        rows = self.chosen.steps if self.chosen else ()
        return next((row for row in rows if row.key == step.key), None)


def _basis(arguments: Arguments, today: date) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    change = _change(tranche, arguments)
    failed = unstaffed(change.chosen, change.owners, today) if change.chosen else {}
    if not _differs(change):
        failed["changes"] = tranche.ref
    return Basis(
        situation=agreement_situation(tranche.agreement, tranche_chain(tranche), tranche.record),
        ref=tranche.ref,
        holder=tranche.donor,
        record=tranche.record,
        facts=_facts(change),
        failed=failed,
        evidence=evidence_kinds(tranche.record, arguments),
    )


def _change(tranche: Tranche, arguments: Arguments) -> Change:
    procedure = Procedure.objects.filter(tranche=tranche).first()
    if procedure is None:
        raise NoSuchTransition("tranche", tranche.record.state, "tranche.amend_procedure")
    steps = procedure_steps(procedure)
    closures = (*closures_of(procedure), *_closures(cast(str, arguments.get("closures", ""))))
    closures = tuple(sorted(set(closures)))
    if len(closures) > CLOSURES_MAX:
        raise BadArgument("closures", "long", str(len(closures)))
    chosen = _chosen(arguments)
    if chosen is None:
        return Change(procedure, None, {step.key: step for step in steps}, (), (), {}, closures)
    owners = {step.owner: step.owner_party for step in steps}
    missing = [key for key in chosen.owners if key not in owners]
    owners |= owners_of(arguments, missing)
    said = {row.key: row for row in chosen.steps}
    kept = {
        step.key: step
        for step in steps
        if step.key in said and _carries_over(step, said[step.key], owners[said[step.key].owner])
    }
    return Change(
        procedure=procedure,
        chosen=chosen,
        kept=kept,
        gone=tuple(step for step in steps if step.key not in kept),
        added=tuple(row for row in chosen.steps if row.key not in kept),
        owners=owners,
        closures=closures,
    )


def _chosen(arguments: Arguments) -> Template | None:
    if "template" in arguments and "template_text" in arguments:
        raise BadArgument("template_text", "template_or_text")
    if "template_text" in arguments:
        return read_template("template_text", cast(str, arguments["template_text"]))
    return template(cast(str, arguments["template"])) if "template" in arguments else None


def _carries_over(step: Step, said: TemplateStep, owner: Party) -> bool:
    """The same owner and role; and where it is done, every document that is wanted now is on file."""
    if step.owner_party_id != owner.id or step.owner_role != said.role:
        return False
    if step.record.state != "done":
        return True
    filed = Evidence.objects.filter(record_id=step.record_id, superseded_by__isnull=True)
    return set(said.evidence) <= set(filed.values_list("kind", flat=True))


def _closures(text: str) -> tuple[tuple[str, date], ...]:
    """Pairs as they were typed, "LT 2025-03-03", one a line or with commas between."""
    found = []
    for part in re.split(r"[,;\n]", text):
        if not part.strip():
            continue
        pair = CLOSURE.fullmatch(part.strip())
        try:
            found.append((pair[1] if pair else "", date.fromisoformat(pair[2] if pair else "")))
        except ValueError as error:
            raise BadArgument("closures", "closures", part.strip()[:80]) from error
    return tuple(found)


def _differs(change: Change) -> bool:
    new_text = change.chosen is not None and change.chosen.sha256 != change.procedure.template_sha256
    return new_text or change.closures != closures_of(change.procedure)


def _facts(change: Change) -> dict[str, Canonical]:
    done = [step.title for step in change.kept.values() if step.record.state == "done"]
    chosen = change.chosen
    return {
        "template": f"{chosen.key} {chosen.version}" if chosen else "",
        "text_sha256": chosen.sha256 if chosen else "",
        "steps_added": [step.title["en"] for step in change.added],
        "steps_removed": [step.title for step in change.gone],
        "steps_kept": list(done),
        "due_dates": [list(row) for row in _moved(change)],
    }


def _moved(change: Change) -> list[tuple[str, str, str]]:
    """Each open step whose due date moves, with the old and the new one."""
    found = []
    for step in change.kept.values():
        if step.record.state != "todo" or step.opened_on is None or step.due_on is None:
            continue
        said = change.said_of(step)
        calendar = said.calendar if said else step.calendar
        days = said.due_working_days if said else step.due_working_days
        due = due_day(step.opened_on, days, closed_days(calendar, change.closures))
        if due != step.due_on:
            found.append((step.title, step.due_on.isoformat(), due.isoformat()))
    return found


def _amend(execution: Execution) -> None:
    execution.move()
    tranche = find(Tranche, execution.arguments["tranche"])
    change = _change(tranche, execution.arguments)
    procedure = change.procedure
    if change.chosen:
        _redefine(execution, change, change.chosen)
        procedure.template, procedure.version = change.chosen.key, change.chosen.version
        procedure.template_sha256 = change.chosen.sha256
    procedure.closures = [[country, day.isoformat()] for country, day in change.closures]
    procedure.calendar_sha256 = calendar_sha256()
    procedure.save()
    set_dates(procedure)
    execution.wrote("procedure", tranche.record_id)


def _redefine(execution: Execution, change: Change, chosen: Template) -> None:
    finished = finished_at(change.procedure)
    for step in change.gone:
        if step.record.state == "todo":
            execution.event(step.record, "step.skip", "skipped")
        Step.objects.filter(pk=step.pk).update(removed_on=execution.today)
    for position, said in enumerate(chosen.steps, start=1):
        kept = change.kept.get(said.key)
        if kept is None:
            plan_step(execution, change.procedure, said, position, change.owners[said.owner])
        elif kept.record.state == "todo":
            _become(kept, said, position, opening(kept, finished) or execution.write.now)
        else:
            Step.objects.filter(pk=kept.pk).update(position=position)


def _become(step: Step, said: TemplateStep, position: int, since: datetime) -> None:
    """A step that is not done takes the new definition; where its join is another, it counts from `since`."""
    same_join = (tuple(step.after), step.join) == (said.after, said.join)
    Step.objects.filter(pk=step.pk).update(
        waits_since=step.waits_since if same_join else since, **definition(said, position)
    )


register(
    Action(
        "tranche.amend_procedure",
        (
            a.ref("tranche"),
            a.text("template", required=False, most=40),
            replace(a.long_text("template_text"), required=False),
            replace(a.refs("owners"), required=False),
            a.text("closures", required=False),
        ),
        _basis,
        _amend,
    )
)
