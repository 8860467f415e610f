"""Milestones: parts of a contract, planned, claimed by the supplier, verified, cancelled."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.chains import contract_live, contract_situation, live_payments_minor
from tranche.actions.execution import Execution
from tranche.actions.lookup import evidence_facts, evidence_kinds, find, free_ref
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.refusals import CurrencyDiffers
from tranche.models import Contract, Milestone

PAY_AFTER = ("verified", "accepted")


def _plan_basis(arguments: Arguments, _today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    amount = a.money_of(arguments, "amount")
    if amount.currency != contract.currency:
        raise CurrencyDiffers(amount.currency, contract.currency)
    planned = sum(
        row.amount_minor
        for row in contract.milestones.select_related("record")
        if row.record.state != "cancelled"
    )
    over = planned + amount.amount_minor - contract.price_minor
    return Basis(
        situation=contract_situation(contract, None),
        ref=free_ref(arguments),
        holder=contract.programme.holder,
        facts={"contract": contract.title},
        amount=amount,
        failed=({"within_price": f"{over} {contract.currency}"} if over > 0 else {})
        | contract_live(contract),
    )


def _plan(execution: Execution) -> None:
    amount = execution.money("amount")
    record = execution.create()
    Milestone.objects.create(
        record=record,
        ref=record.ref,
        contract=find(Contract, execution.arguments["contract"]),
        title=execution.text("title"),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        due_on=execution.day("due_on"),
        pay_after=execution.text("pay_after"),
    )
    execution.created["id"] = record.id


def _milestone_basis(arguments: Arguments, _today: date) -> Basis:
    milestone = find(Milestone, arguments["milestone"])
    record = milestone.record
    paid = live_payments_minor(milestone.payments.select_related("record"))
    return Basis(
        situation=contract_situation(milestone.contract, record),
        ref=milestone.ref,
        holder=record.holder_party,
        record=record,
        facts={
            "contract": milestone.contract.title,
            "title": milestone.title,
            "evidence": evidence_facts(record, ("invoice", "visit_report")),
        },
        failed=({"no_payment": str(paid)} if paid else {}) | contract_live(milestone.contract),
        evidence=evidence_kinds(record, arguments),
    )


def _move(execution: Execution) -> None:
    execution.move()


register(
    Action(
        "milestone.plan",
        (
            a.ref("ref"),
            a.ref("contract"),
            a.title("title"),
            a.money("amount"),
            a.day("due_on"),
            a.choice("pay_after", PAY_AFTER),
        ),
        _plan_basis,
        _plan,
    )
)
for _name in ("claim", "verify", "cancel"):
    register(Action(f"milestone.{_name}", (a.ref("milestone"), a.evidence()), _milestone_basis, _move))
