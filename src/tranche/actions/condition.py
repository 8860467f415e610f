"""Conditions precedent of a tranche: added, shown by one party, judged by another one, or waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import (
    agreement_parties,
    agreement_situation,
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    tranche_chain,
)
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument
from tranche.models import Condition, Party, Record, RoleGrant, Tranche

BEFORE_AUTHORISED = ("announced", "agreed", "in_procedure")


def _situation(tranche: Tranche, named: frozenset[str], record: Record | None) -> Situation:
    around = agreement_situation(tranche.agreement, tranche_chain(tranche), record)
    return replace(around, named=named)


def _add_basis(arguments: Arguments, today: date) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    filing, judging = find(Party, arguments["filing_party"]), find(Party, arguments["judging_party"])
    allowed = agreement_parties(tranche.agreement)
    for name, party in (("filing_party", filing), ("judging_party", judging)):
        if party.ref not in allowed:
            raise BadArgument(name, "choice", party.ref)
    if filing == judging:
        raise BadArgument("judging_party", "another", judging.ref)
    failed = _unstaffed(filing, Role.FUND_MANAGER, today) or _unstaffed(judging, Role.DONOR_OFFICER, today)
    if tranche.record.state not in BEFORE_AUTHORISED:
        failed["before_authorised"] = f"{tranche.ref} {tranche.record.state}"
    return Basis(
        situation=_situation(tranche, allowed, None),
        ref=free_ref(arguments),
        holder=tranche.donor,
        facts={"donor": tranche.donor.name, "tranche_title": tranche.title},
        failed=failed,
    )


def _unstaffed(party: Party, role: Role, today: date) -> dict[str, str]:
    """The failed guard of a party for which nobody could do its part, so that the condition never ended."""
    holders = RoleGrant.objects.filter(party=party, role=role.value, person__active=True)
    there = holders.filter(from_at__date__lte=today).exists()
    return {} if there else {"owners_have_holders": f"{party.ref} {role.value}"}


def _add(execution: Execution) -> None:
    record = execution.create()
    Condition.objects.create(
        record=record,
        ref=record.ref,
        tranche=find(Tranche, execution.arguments["tranche"]),
        text=execution.text("text"),
        long_stop_on=execution.day("long_stop_on"),
        filing_party=find(Party, execution.arguments["filing_party"]),
        judging_party=find(Party, execution.arguments["judging_party"]),
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, *, files: bool) -> Basis:
    condition = find(Condition, arguments["condition"])
    record = condition.record
    acting = condition.filing_party if files else condition.judging_party
    return Basis(
        situation=_situation(condition.tranche, frozenset({acting.ref}), record),
        ref=condition.ref,
        holder=record.holder_party,
        record=record,
        facts={
            "evidence": evidence_facts(record, ("document",)),
            "long_stop_on": condition.long_stop_on.isoformat(),
            "text": condition.text,
            "tranche_ref": condition.tranche.ref,
        },
        evidence=evidence_kinds(record, arguments),
    )


def _file_basis(arguments: Arguments, _today: date) -> Basis:
    """Filing is the filing party's."""
    return _basis(arguments, files=True)


def _judge_basis(arguments: Arguments, _today: date) -> Basis:
    """Accepting and waiving are the judging party's."""
    return _basis(arguments, files=False)


def _move(execution: Execution) -> None:
    execution.move()


register(
    Action(
        "condition.add",
        (
            a.ref("ref"),
            a.ref("tranche"),
            a.text("text"),
            a.day("long_stop_on"),
            a.ref("filing_party"),
            a.ref("judging_party"),
        ),
        _add_basis,
        _add,
    )
)
register(Action("condition.file", (a.ref("condition"), a.evidence()), _file_basis, _move))
register(Action("condition.accept", (a.ref("condition"),), _judge_basis, _move))
register(Action("condition.waive", (a.ref("condition"), a.evidence()), _judge_basis, _move))
