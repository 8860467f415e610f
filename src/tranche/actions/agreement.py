"""Agreements: drafted, signed by both sides, brought into force, amended, ended or withdrawn."""

from __future__ import annotations

from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.fund_rules import open_rule
from tranche.actions.funds import left
from tranche.actions.lookup import (
    agreement_situation,
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    unused,
)
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.ledger import Kind
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument
from tranche.ledger.balances import balances
from tranche.models import Agreement, AgreementParty, Party, SpendingRule

KINDS = ("memorandum", "framework", "implementing")
UNSPENT = (Kind.TRANCHE, Kind.POOL, Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT)
PARTY_ROLES = ("donor", "recipient", "intermediary")


def _draft_basis(arguments: Arguments, _today: date) -> Basis:
    approving = find(Party, arguments["approving_party"])
    recipient = find(Party, arguments["recipient"])
    parties = {row["party"] for row in _parties(arguments)} | {approving.ref, recipient.ref}
    if (arguments["spending_rule"] != SpendingRule.EARMARK) != ("pool_ref" in arguments):
        raise BadArgument("pool_ref", "pool")
    if "pool_ref" in arguments and unused(cast(str, arguments["pool_ref"])) == arguments["ref"]:
        raise BadArgument("pool_ref", "taken", str(arguments["ref"]))
    return Basis(
        situation=Situation(
            owner=approving.ref,
            parties=frozenset(parties),
            approving=approving.ref,
            recipient=recipient.ref,
        ),
        ref=free_ref(arguments),
        holder=approving,
        facts={"title": arguments["title"]},
    )


def _parties(arguments: Arguments) -> list[dict[str, str]]:
    rows = cast("list[dict[str, str]]", arguments["parties"])
    for n, row in enumerate(rows):
        if set(row) != {"party", "role"} or row["role"] not in PARTY_ROLES or row in rows[:n]:
            raise BadArgument("parties", "rows", str(row)[:80])
    return rows


def _draft(execution: Execution) -> None:
    record = execution.create()
    agreement = Agreement.objects.create(
        record=record,
        ref=record.ref,
        title=execution.text("title"),
        title_uk=execution.text("title_uk"),
        title_lt=execution.text("title_lt"),
        kind=execution.text("kind"),
        binding=cast("bool | None", execution.arguments.get("binding")),
        earmark=execution.text("earmark"),
        spending_rule=execution.text("spending_rule"),
        pool_ref=execution.text("pool_ref") or None,
        return_rule=execution.text("return_rule"),
        reporting_duty=execution.text("reporting_duty"),
        approving_party=find(Party, execution.arguments["approving_party"]),
        recipient=find(Party, execution.arguments["recipient"]),
    )
    for row in _parties(execution.arguments):
        AgreementParty.objects.create(agreement=agreement, party=find(Party, row["party"]), role=row["role"])
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    agreement = find(Agreement, arguments["agreement"])
    record = agreement.record
    idle = _idle(agreement)
    return Basis(
        situation=agreement_situation(agreement, [record.id], record),
        ref=agreement.ref,
        holder=agreement.approving_party,
        record=record,
        facts={
            "title": agreement.title,
            "kind": agreement.kind,
            "binding": agreement.binding,
            "earmark": agreement.earmark,
            "spending_rule": agreement.spending_rule,
            "return_rule": agreement.return_rule,
            "evidence": evidence_facts(record, ("signed_text", "amendment", "notice")),
        },
        failed={"no_idle_money": idle} if idle else {},
        evidence=evidence_kinds(record, arguments),
    )


def _idle(agreement: Agreement) -> str:
    """Everything under the agreement that is not yet spent, from the tranche to the bank's transit."""
    codes = {*agreement.tranches.values_list("ref", flat=True), agreement.pool_ref}
    codes |= set(agreement.fund_rules.values_list("fund", flat=True))
    rows = balances(kinds=UNSPENT, using="default")
    return left(row for row in rows if row.fund in codes or (row.pool and row.pool in codes))


def _set_date(field: str, argument: str, action: str, *extra: a.Argument) -> None:
    """Register an action that moves the agreement and keeps one date."""

    def apply(execution: Execution) -> None:
        execution.move()
        values = {field: execution.day(argument)}
        if "cause" in execution.arguments:
            values["end_cause"] = execution.text("cause")  # type: ignore[assignment]  # a text beside the date
        Agreement.objects.filter(pk=execution.record.pk).update(**values)

    register(Action(action, (a.ref("agreement"), a.day(argument), a.evidence(), *extra), _basis, apply))


def _sign(execution: Execution) -> None:
    """From here on the money of a pool has its rule."""
    agreement = find(Agreement, execution.arguments["agreement"])
    execution.move()
    Agreement.objects.filter(pk=agreement.pk).update(signed_on=execution.day("signed_on"))
    if agreement.pool_ref:
        open_rule(execution, agreement.pool_ref, agreement.spending_rule, agreement)


def _move(execution: Execution) -> None:
    execution.move()


def _amend(execution: Execution) -> None:
    execution.move()
    changed = {name: execution.text(name) for name in ("earmark", "return_rule", "reporting_duty")}
    Agreement.objects.filter(pk=execution.record.pk).update(**{k: v for k, v in changed.items() if v})


register(
    Action(
        "agreement.draft",
        (
            a.ref("ref"),
            a.title("title"),
            a.title("title_uk", required=False),
            a.title("title_lt", required=False),
            a.choice("kind", KINDS),
            a.flag("binding", required=False),
            a.text("earmark", required=False),
            a.choice("spending_rule", SpendingRule.values),
            a.ref("pool_ref", required=False),
            a.text("return_rule", required=False),
            a.text("reporting_duty", required=False),
            a.ref("approving_party"),
            a.ref("recipient"),
            a.rows("parties"),
        ),
        _draft_basis,
        _draft,
    )
)
register(Action("agreement.sign", (a.ref("agreement"), a.day("signed_on"), a.evidence()), _basis, _sign))
_set_date("in_force_on", "on", "agreement.bring_into_force")
_set_date("ended_on", "on", "agreement.end", a.choice("cause", ("expired", "terminated", "replaced")))
register(
    Action(
        "agreement.amend",
        (
            a.ref("agreement"),
            a.text("earmark", required=False),
            a.text("return_rule", required=False),
            a.text("reporting_duty", required=False),
            a.evidence(),
        ),
        _basis,
        _amend,
    )
)
register(Action("agreement.withdraw", (a.ref("agreement"),), _basis, _move))
