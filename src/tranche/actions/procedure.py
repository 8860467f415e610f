"""Procedures: started from a template, step by step completed with evidence, or skipped by two."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import agreement_situation, evidence_facts, evidence_kinds, find, tranche_chain
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.formats.calendars import calendar_sha256
from tranche.kernel.calendar import local_day
from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Situation
from tranche.kernel.procedures import Template, TemplateStep
from tranche.kernel.refusals import BadArgument
from tranche.models import Login, Party, Procedure, RoleGrant, Step, Tranche
from tranche.models.step_dates import dates_of
from tranche.models.templates import template


def _start_basis(arguments: Arguments, today: date) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    chosen = template(cast(str, arguments["template"]))
    owners = owners_of(arguments, chosen.owners)
    return Basis(
        situation=agreement_situation(tranche.agreement, tranche_chain(tranche), tranche.record),
        ref=tranche.ref,
        holder=tranche.donor,
        record=tranche.record,
        facts={"template": chosen.sha256},
        failed=unstaffed(chosen, owners, today),
        evidence=evidence_kinds(tranche.record, arguments),
    )


def owners_of(arguments: Arguments, wanted: Collection[str]) -> dict[str, Party]:
    """The party behind each owner; raises BadArgument unless exactly the wanted ones are named."""
    given = cast("dict[str, str]", arguments.get("owners", {}))
    if set(given) != set(wanted):
        raise BadArgument("owners", "keys", ", ".join(wanted))
    return {key: find(Party, ref) for key, ref in given.items()}


def unstaffed(chosen: Template, owners: Mapping[str, Party], today: date) -> dict[str, str]:
    """The guard that fails where nobody holds the role of an owner."""
    missing = [
        f"{owners[step.owner].ref} {step.role}"
        for step in chosen.steps
        if not _holders(owners[step.owner], step.role, today)
    ]
    return {"owners_have_holders": ", ".join(dict.fromkeys(missing))} if missing else {}


def _holders(party: Party, role: str, today: date) -> bool:
    held = RoleGrant.objects.filter(party=party, role=role, person__active=True, from_at__date__lte=today)
    return (held.filter(to_at__isnull=True) | held.filter(to_at__date__gt=today)).exists()


def _start(execution: Execution) -> None:
    execution.move()
    tranche = find(Tranche, execution.arguments["tranche"])
    chosen = template(execution.text("template"))
    owners = owners_of(execution.arguments, chosen.owners)
    procedure = Procedure.objects.create(
        tranche=tranche,
        template=chosen.key,
        version=chosen.version,
        template_sha256=chosen.sha256,
        calendar_sha256=calendar_sha256(),
        started_on=execution.today,
    )
    for position, step in enumerate(chosen.steps, start=1):
        plan_step(execution, procedure, step, position, owners[step.owner])
    set_dates(procedure)
    execution.wrote("procedure", tranche.record_id)


def plan_step(
    execution: Execution, procedure: Procedure, step: TemplateStep, position: int, owner: Party
) -> None:
    """Make the record of a step; its reference counts on from all steps that the procedure ever had."""
    ref = f"{procedure.tranche.ref}-S{procedure.steps.count() + 1}"
    Step.objects.create(
        record=execution.new_record("step", ref, owner, "step.plan", "todo"),
        ref=ref,
        procedure=procedure,
        key=step.key,
        owner_party=owner,
        waits_since=execution.write.now,
        **definition(step, position),
    )


def definition(step: TemplateStep, position: int) -> dict[str, object]:
    """What a template says of a step, as its row holds it."""
    return {
        "position": position,
        "title": step.title["en"],
        "title_uk": step.title["uk"],
        "title_lt": step.title["lt"],
        "owner": step.owner,
        "owner_role": step.role,
        "after": list(step.after),
        "join": step.join,
        "due_working_days": step.due_working_days,
        "calendar": step.calendar,
        "evidence_kinds": list(step.evidence),
        "remind_before": list(step.remind_before),
        "escalate_after": list(step.escalate_after),
        "sealed": step.sealed,
    }


def set_dates(procedure: Procedure) -> None:
    """Give every step to do whose join holds its opening day and its due date, and no other one."""
    for ref, dates in dates_of(procedure).items():
        Step.objects.filter(ref=ref, record__state="todo").update(
            opened_on=dates.opened_on, due_on=dates.due_on
        )


def _own_basis(arguments: Arguments, _today: date) -> Basis:
    """Of a step for the role that owns it."""
    step = find(Step, arguments["step"])
    kinds = evidence_kinds(step.record, arguments)
    failed = {} if step.opened_on else {"predecessors_done": ", ".join(_titles_before(step))}
    if missing := sorted(set(step.evidence_kinds) - kinds):
        failed["step_evidence"] = ", ".join(missing)
    facts = {"step": step.title, "evidence": evidence_facts(step.record, step.evidence_kinds)}
    return Basis(
        situation=_situation(step, Role(step.owner_role)),
        ref=step.ref,
        holder=step.owner_party,
        record=step.record,
        facts=facts,
        failed=failed,
        evidence=kinds,
    )


def _titles_before(step: Step) -> list[str]:
    before = step.procedure.steps.filter(key__in=step.after, removed_on__isnull=True, record__state="todo")
    return list(before.order_by("position").values_list("title", flat=True))


def _situation(step: Step, role: Role | None) -> Situation:
    tranche = step.procedure.tranche
    base = agreement_situation(tranche.agreement, tranche_chain(tranche), step.record)
    return Situation(
        owner=step.owner_party.ref,
        parties=base.parties,
        named=frozenset({step.owner_party.ref}),
        named_role=role,
        approving=base.approving,
        recipient=base.recipient,
        chain_deeds=base.chain_deeds,
        record_deeds=base.record_deeds,
    )


def _finish(execution: Execution) -> None:
    step = find(Step, execution.arguments["step"])
    execution.move(Label.SEALED if step.sealed else Label.DONOR)
    done_on = local_day(execution.write.now, step.owner_party.country)
    Step.objects.filter(pk=step.pk).update(done_on=done_on)
    set_dates(step.procedure)


def _assign_basis(arguments: Arguments, today: date) -> Basis:
    """Of a step for anybody who acts for its owner; the person named must hold the role of the step."""
    step = find(Step, arguments["step"])
    login = _login(arguments)
    held = RoleGrant.objects.filter(
        person=login.person,
        party=step.owner_party,
        role=step.owner_role,
        person__active=True,
        from_at__date__lte=today,
    )
    there = (held.filter(to_at__isnull=True) | held.filter(to_at__date__gt=today)).exists()
    return Basis(
        situation=_situation(step, None),
        ref=step.ref,
        holder=step.owner_party,
        record=step.record,
        facts={"step": step.title, "name": login.person.name},
        failed={} if there else {"assignee_holds_role": login.person.name},
        evidence=evidence_kinds(step.record, arguments),
    )


def _login(arguments: Arguments) -> Login:
    found = Login.objects.select_related("person").filter(username=arguments["assignee"]).first()
    if found is None:
        raise BadArgument("assignee", "choice", str(arguments["assignee"]))
    return found


def _assign(execution: Execution) -> None:
    execution.move()
    person = _login(execution.arguments).person
    Step.objects.filter(record=execution.record).update(assigned_to=person)


register(
    Action(
        "tranche.start_procedure",
        (a.ref("tranche"), a.text("template", most=40), a.refs("owners")),
        _start_basis,
        _start,
    )
)
register(Action("step.complete", (a.ref("step"), a.evidence()), _own_basis, _finish))
register(Action("step.skip", (a.ref("step"),), _own_basis, _finish))
register(Action("step.assign", (a.ref("step"), a.text("assignee", most=150)), _assign_basis, _assign))
