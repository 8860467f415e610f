"""Procedures: started from a template, step by step completed with evidence, or skipped by two."""

from __future__ import annotations

from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.calendars import calendar_sha256, closed_days, template
from tranche.actions.execution import Execution
from tranche.actions.lookup import agreement_situation, evidence_facts, evidence_kinds, find, tranche_chain
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.calendar import add_working_days
from tranche.kernel.policy import Situation
from tranche.kernel.procedures import Template, ready
from tranche.kernel.refusals import BadArgument
from tranche.models import Party, Procedure, RoleGrant, Step, Tranche


def _start_basis(arguments: Arguments, today: date) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    chosen = template(cast(str, arguments["template"]))
    owners = _owners(arguments, chosen)
    return Basis(
        situation=agreement_situation(tranche.agreement, tranche_chain(tranche), tranche.record),
        ref=tranche.ref,
        holder=tranche.donor,
        record=tranche.record,
        facts={"template": chosen.sha256},
        failed=_unstaffed(chosen, owners, today),
        evidence=evidence_kinds(tranche.record, arguments),
    )


def _owners(arguments: Arguments, chosen: Template) -> dict[str, Party]:
    given = cast("dict[str, str]", arguments["owners"])
    if set(given) != set(chosen.owners):
        raise BadArgument("owners", "keys", ", ".join(chosen.owners))
    return {key: find(Party, ref) for key, ref in given.items()}


def _unstaffed(chosen: Template, owners: dict[str, Party], today: date) -> dict[str, str]:
    missing = [
        f"{owners[step.owner].ref} {step.role}"
        for step in chosen.steps
        if not RoleGrant.objects.filter(
            party=owners[step.owner], role=step.role, person__active=True, from_at__date__lte=today
        ).exists()
    ]
    return {"owners_have_holders": ", ".join(missing)} if missing else {}


def _start(execution: Execution) -> None:
    execution.move()
    tranche = find(Tranche, execution.arguments["tranche"])
    chosen = template(execution.text("template"))
    owners = _owners(execution.arguments, chosen)
    procedure = Procedure.objects.create(
        tranche=tranche,
        template=chosen.key,
        version=chosen.version,
        template_sha256=chosen.sha256,
        calendar_sha256=calendar_sha256(),
        started_on=execution.today,
    )
    for position, step in enumerate(chosen.steps, start=1):
        ref = f"{tranche.ref}-S{position}"
        owner = owners[step.owner]
        record = execution.new_record("step", ref, owner, "step.plan", "todo")
        Step.objects.create(
            record=record,
            ref=ref,
            procedure=procedure,
            key=step.key,
            position=position,
            title=step.title["en"],
            title_uk=step.title["uk"],
            title_lt=step.title["lt"],
            owner_party=owner,
            owner_role=step.role,
            after=list(step.after),
            due_working_days=step.due_working_days,
            calendar=step.calendar,
            evidence_kinds=list(step.evidence),
        )
    _open_ready(procedure, execution.today)


def _open_ready(procedure: Procedure, today: date) -> None:
    """Give every step whose predecessors are finished its opening day and its due date."""
    steps = list(procedure.steps.select_related("record"))
    finished = frozenset(step.key for step in steps if step.record.state in ("done", "skipped"))
    waiting = ready({step.key: tuple(step.after) for step in steps}, finished)
    for step in steps:
        if step.key in waiting and step.opened_on is None:
            due = add_working_days(today, step.due_working_days, closed_days(step.calendar))
            Step.objects.filter(pk=step.pk).update(opened_on=today, due_on=due)


def _step_basis(arguments: Arguments, _today: date) -> Basis:
    step = find(Step, arguments["step"])
    tranche = step.procedure.tranche
    record = step.record
    base = agreement_situation(tranche.agreement, tranche_chain(tranche), record)
    kinds = evidence_kinds(record, arguments)
    failed = {} if step.opened_on else {"predecessors_done": ", ".join(step.after)}
    if missing := sorted(set(step.evidence_kinds) - kinds):
        failed["step_evidence"] = ", ".join(missing)
    return Basis(
        situation=Situation(
            owner=step.owner_party.ref,
            parties=base.parties,
            named=frozenset({step.owner_party.ref}),
            approving=base.approving,
            recipient=base.recipient,
            chain_deeds=base.chain_deeds,
            record_deeds=base.record_deeds,
        ),
        ref=step.ref,
        holder=step.owner_party,
        record=record,
        facts={"step": step.title, "evidence": evidence_facts(record, step.evidence_kinds)},
        failed=failed,
        evidence=kinds,
    )


def _finish(execution: Execution) -> None:
    execution.move()
    step = find(Step, execution.arguments["step"])
    Step.objects.filter(pk=step.pk).update(done_on=execution.today)
    _open_ready(step.procedure, execution.today)


register(
    Action(
        "tranche.start_procedure",
        (a.ref("tranche"), a.text("template"), a.refs("owners")),
        _start_basis,
        _start,
    )
)
register(Action("step.complete", (a.ref("step"), a.evidence()), _step_basis, _finish))
register(Action("step.skip", (a.ref("step"),), _step_basis, _finish))
