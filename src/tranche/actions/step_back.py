"""Taking the last step of a record back: state, dates and postings, by the quorum of both steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Model

from tranche.actions import arguments as a
from tranche.actions import inkind, joint, selection
from tranche.actions.chains import contract_situation
from tranche.actions.entry import posted_by, short_of
from tranche.actions.execution import Execution
from tranche.actions.lookup import (
    agreement_situation,
    evidence_facts,
    evidence_kinds,
    find,
    recipient_situation,
    tranche_chain,
)
from tranche.actions.payment import situation_of
from tranche.actions.people import deed_of_proposal
from tranche.actions.procedure import set_dates
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.policy import Situation
from tranche.kernel.procedures import ANY, ready
from tranche.kernel.refusals import BadArgument
from tranche.kernel.step_back import SUFFIX, Step, back_row, standing_steps
from tranche.kernel.transitions import TABLE
from tranche.models import (
    Agreement,
    Claim,
    Contract,
    InKind,
    Joint,
    Lot,
    Milestone,
    Payee,
    Payment,
    Priority,
    Programme,
    Record,
    RecordEvent,
    Selection,
    Tranche,
)
from tranche.models import Step as ProcedureStep

Blank = Mapping[str, Any]

NOTHING: Final[Blank] = {}
BLANKED: Final[Mapping[str, Blank]] = {
    "agreement.bring_into_force": {"in_force_on": None},
    "agreement.end": {"ended_on": None, "end_cause": ""},
    "agreement.withdraw": NOTHING,
    "tranche.authorise": NOTHING,
    "tranche.close": NOTHING,
    "tranche.mark_returned": NOTHING,
    "tranche.report_sent": {"sent_on": None, "sent_reference": ""},
    "tranche.withdraw": NOTHING,
    "step.complete": {"done_on": None},
    "step.skip": {"done_on": None},
    "programme.close": NOTHING,
    "programme.open": NOTHING,
    "contract.cancel": NOTHING,
    "contract.close": NOTHING,
    "contract.sign": {"signed_on": None},
    "contract.terminate": NOTHING,
    "milestone.cancel": NOTHING,
    "milestone.claim": NOTHING,
    "milestone.verify": NOTHING,
    "payment.cancel": NOTHING,
    "payment.fail": NOTHING,
    "payment.release": {"released_on": None},
    "lot.accept": {"accepted_on": None},
    "lot.drop": {"drop_cause": ""},
    "lot.hand_over": {"handed_over_on": None},
    "lot.reject": {"rejected_on": None, "deviation": ""},
    "payee.activate": {"active_on": None},
    "payee.reject": NOTHING,
    "payee.retire": NOTHING,
    "payee.verify": {"verified_on": None},
    "claim.reject": NOTHING,
    "claim.supersede": NOTHING,
    "priority.withdraw": NOTHING,
    "selection.choose": {"written_reason": ""},
    "selection.conclude": {
        "screening_list": "",
        "screening_version": "",
        "screening_sha256": "",
        "screening_result": "",
        "screened_on": None,
    },
    "selection.defer": NOTHING,
    "selection.withdraw": NOTHING,
    "inkind.agree": NOTHING,
    "inkind.hand_over": {"handed_over_on": None},
    "inkind.reject": {"deviation": ""},
    "inkind.withdraw": NOTHING,
    "joint.agree": NOTHING,
    "joint.close": NOTHING,
    "joint.start": NOTHING,
    "joint.wind_up": NOTHING,
    "joint.withdraw": NOTHING,
}
"""The steps that can be taken back, each with the columns that it had filled in.

The others made something beside the record, such as the steps of a procedure, the rule of a fund, a match of
the bank, an assessor's card or the lot of a contribution: what undoes them is an action of its own.
"""

MODELS: Final[Mapping[str, type[Model]]] = {
    "agreement": Agreement,
    "tranche": Tranche,
    "step": ProcedureStep,
    "programme": Programme,
    "contract": Contract,
    "milestone": Milestone,
    "payment": Payment,
    "lot": Lot,
    "payee": Payee,
    "claim": Claim,
    "priority": Priority,
    "selection": Selection,
    "inkind": InKind,
    "joint": Joint,
}


def _agreement(row: Any) -> Situation:
    return agreement_situation(row, [row.record_id], row.record)


def _tranche(row: Any) -> Situation:
    return agreement_situation(row.agreement, tranche_chain(row), row.record)


def _step(row: Any) -> Situation:
    base = _tranche(row.procedure.tranche)
    owner = row.owner_party.ref
    return Situation(
        owner=owner,
        parties=base.parties,
        named=frozenset({owner}),
        approving=base.approving,
        recipient=base.recipient,
        chain_deeds=base.chain_deeds,
    )


def _below_contract(row: Any) -> Situation:
    return contract_situation(row.contract, row.record)


def _own(row: Any) -> Situation:
    return recipient_situation(row.record.holder_party, None, [row.record_id], row.record)


SITUATIONS: Final[Mapping[str, Callable[[Any], Situation]]] = {
    "agreement": _agreement,
    "tranche": _tranche,
    "step": _step,
    "contract": lambda row: contract_situation(row, row.record),
    "milestone": _below_contract,
    "lot": _below_contract,
    "payment": situation_of,
    "selection": lambda row: selection.situation_of(row.programme, row.agreement, row.record),
    "inkind": lambda row: inkind.situation_of(row.agreement, row.record),
    "joint": joint.situation_of,
}


def steps_of(record: Record, using: str = "default") -> tuple[Step, ...]:
    """The steps of a record that stand, oldest first."""
    rows = RecordEvent.objects.using(using).filter(record=record).order_by("version")
    return standing_steps(Step(row.id, row.action, row.from_state, row.to_state, row.undoes) for row in rows)


def _basis(arguments: Arguments, _today: date, kind: str) -> Basis:
    found: Any = find(MODELS[kind], arguments[kind])
    record: Record = found.record
    steps = steps_of(record)
    last = steps[-1]
    situation = SITUATIONS.get(kind, _own)(found)
    base = Basis(
        situation=situation,
        ref=found.ref,
        holder=record.holder_party,
        record=record,
        evidence=evidence_kinds(record, arguments),
    )
    if len(steps) == 1 or last.source == last.target:
        raise BadArgument(kind, "first_step" if len(steps) == 1 else "way_back", last.action)
    undone = posted_by(_decision(last))
    return base.stepping_back(
        row=back_row(TABLE, kind, last.action, last.source, last.target, steps[-2].action),
        deed=deed_of_proposal(last.action),
        facts={
            "undone": last.action,
            "won_by": steps[-2].action,
            "back_to": last.source,
            "undone_event": last.id,
            "entries": [[each.id, each.kind] for each in undone],
            "evidence": evidence_facts(record, ("bank_refusal",)),
            **_signers(situation),
        },
        failed={**_failed(found, kind, last), **short_of(undone)},
    )


def _signers(situation: Situation) -> dict[str, Canonical]:
    """The partners of a joint project, each of whom signs for a step back as well."""
    return {"signers": list[Canonical](sorted(situation.partners))} if situation.partners else {}


def _decision(step: Step) -> str:
    return RecordEvent.objects.get(pk=step.id).decision_id


def _failed(found: Any, kind: str, last: Step) -> dict[str, str]:
    failed: dict[str, str] = {}
    if last.action not in BLANKED or _is_one_of_many(last):
        failed["way_back"] = last.action
    if kind == "step":
        if found.removed_on is not None:
            failed["way_back"] = last.action
        if done := _done_by(found):
            failed["followers_open"] = ", ".join(done)
    if last.action == "payee.activate" and found.predecessor_id:
        failed["no_successor"] = found.predecessor.ref
    if resting := _resting(found, last):
        failed["rests_on_it"] = ", ".join(resting)
    return failed


def _done_by(step: ProcedureStep) -> list[str]:
    """The steps of the plan that are done and could not have been without this one."""
    steps = list(step.procedure.steps.select_related("record").filter(removed_on__isnull=True))
    others = frozenset(row.key for row in steps if row.record.state != "todo" and row.pk != step.pk)
    found = []
    for row in steps:
        without = ready({row.key: tuple(row.after)}, others - {row.key}, [row.key] if row.join == ANY else [])
        if row.key in others and step.key in row.after and not without:
            found.append(row.title)
    return found


def _is_one_of_many(last: Step) -> bool:
    """Whether its decision took the same step with other records: their entries would be undone as well."""
    return RecordEvent.objects.filter(decision_id=_decision(last), action=last.action).count() > 1


def _resting(found: Any, last: Step) -> list[str]:
    """What was built on a choice, or on a project that runs or had made room for another one."""
    if last.action == "selection.choose":
        contracts = Contract.objects.filter(selection=found).exclude(record__state="cancelled")
        return sorted(contracts.values_list("ref", flat=True))
    if last.action == "joint.start":
        return sorted(set(found.outputs.values_list("lot__ref", flat=True)))
    if last.action in ("joint.close", "joint.withdraw"):
        others = found.programme.joint_projects.filter(record__state__in=joint.LIVE).exclude(pk=found.pk)
        return sorted(others.values_list("ref", flat=True))
    return []


def _back(execution: Execution) -> None:
    kind = execution.row.kind
    undone = int(str(execution.basis.facts["undone_event"]))
    event = RecordEvent.objects.get(pk=undone)
    for entry in posted_by(event.decision_id):
        execution.undo(entry.id, execution.today)
    execution.event(execution.record, execution.row.action, execution.row.target, undoes=undone)
    execution.file_evidence(execution.record)
    blank = BLANKED[event.action]
    if blank:
        MODELS[kind]._default_manager.filter(pk=execution.record.pk).update(**blank)
    if kind == "step":
        step = ProcedureStep.objects.get(pk=execution.record.pk)
        set_dates(step.procedure)  # what it alone had opened waits again


def _register(kind: str) -> None:
    def basis(arguments: Arguments, today: date) -> Basis:
        return _basis(arguments, today, kind)

    register(Action(kind + SUFFIX, (a.ref(kind), a.evidence()), basis, _back))


for _kind in MODELS:
    _register(_kind)
