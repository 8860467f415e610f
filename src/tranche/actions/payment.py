"""Payments: drafted against a milestone, approved, released by the payer, settled by a bank line."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.bank_lines import line_basis, match_line
from tranche.actions.execution import Execution
from tranche.actions.lookup import (
    contract_live,
    contract_situation,
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    funding,
    held,
    live_payments_minor,
    short,
)
from tranche.actions.lots import fill_accepted
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import EntryDraft, Kind
from tranche.kernel.money import Money
from tranche.kernel.refusals import CurrencyDiffers
from tranche.ledger.flows import Place, lines_for
from tranche.models import BankLine, Milestone, Payee, Payment


def _draft_basis(arguments: Arguments, _today: date) -> Basis:
    milestone = find(Milestone, arguments["milestone"])
    payee = find(Payee, arguments["payee"])
    amount = a.money_of(arguments, "amount")
    if amount.currency != milestone.currency:
        raise CurrencyDiffers(amount.currency, milestone.currency)
    live = live_payments_minor(milestone.payments.select_related("record"))
    failed = _not_ready(milestone, payee, live + amount.amount_minor)
    over = live + amount.amount_minor - milestone.amount_minor
    if over > 0:
        failed["within_milestone"] = f"{over} {amount.currency}"
    return Basis(
        situation=contract_situation(milestone.contract, None),
        ref=free_ref(arguments),
        holder=milestone.record.holder_party,
        facts={"milestone": milestone.title, "payee": payee.account_name, "iban": payee.iban},
        amount=amount,
        failed=failed,
    )


def _not_ready(milestone: Milestone, payee: Payee, paid_minor: int) -> dict[str, str]:
    """What the milestone asks for before so much may go, and whether the account is an active one of ours."""
    failed = contract_live(milestone.contract)
    if milestone.record.state != "verified":
        failed["milestone_ready"] = f"{milestone.ref} {milestone.record.state}"
    elif milestone.pay_after == "accepted":
        lots = list(milestone.lots.select_related("record").exclude(record__state="dropped"))
        waiting = [lot.ref for lot in lots if lot.record.state != "accepted"]
        accepted = sum(lot.value_minor for lot in lots if lot.record.state == "accepted")
        if waiting or accepted < paid_minor:
            failed["milestone_ready"] = ", ".join(waiting) or milestone.ref
    ours = payee.record.holder_party_id == milestone.contract.programme.holder_id
    if payee.record.state != "active" or payee.party_id != milestone.contract.supplier_id or not ours:
        failed["account_active"] = payee.ref
    return failed


def _draft(execution: Execution) -> None:
    amount = execution.money("amount")
    milestone = find(Milestone, execution.arguments["milestone"])
    record = execution.create()
    Payment.objects.create(
        record=record,
        ref=record.ref,
        contract=milestone.contract,
        milestone=milestone,
        payee=find(Payee, execution.arguments["payee"]),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        end_to_end_id=f"TRN-{record.id.replace('-', '')[:26].upper()}",
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    payment = find(Payment, arguments["payment"])
    amount = Money(payment.amount_minor, payment.currency)
    contract = payment.contract
    live = live_payments_minor(payment.milestone.payments.select_related("record"))
    failed = _not_ready(payment.milestone, payment.payee, live)
    if payment.record.state == "drafted":
        failed |= short(held(Kind.CONTRACT, contract.ref, contract.funding_ref, contract.currency), amount)
    return Basis(
        situation=contract_situation(contract, payment.record),
        ref=payment.ref,
        holder=payment.record.holder_party,
        record=payment.record,
        facts=_facts(payment),
        amount=amount,
        failed=failed,
        evidence=evidence_kinds(payment.record, arguments),
    )


def _facts(payment: Payment) -> dict[str, Canonical]:
    payee = payment.payee
    callback = payee.callbacks.order_by("-called_on").first()
    return {
        "amount": {"amount_minor": payment.amount_minor, "currency": payment.currency},
        "bic": payee.bic,
        "callback_on": callback.called_on.isoformat() if callback else "",
        "contract": payment.contract.title,
        "end_to_end_id": payment.end_to_end_id,
        "evidence": evidence_facts(payment.milestone.record, ("invoice", "visit_report")),
        "first_payment": not Payment.objects.filter(payee=payee, record__state="settled").exists(),
        "funding": payment.contract.funding_ref,
        "iban": payee.iban,
        "milestone": payment.milestone.title,
        "payee": payee.account_name,
        "supplier": payment.contract.supplier.name,
    }


def _release(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    execution.move()
    Payment.objects.filter(pk=payment.pk).update(released_on=execution.today)
    _flow(
        execution,
        payment,
        "order",
        Place(Kind.CONTRACT, payment.contract.ref),
        Place(Kind.TRANSIT, payment.ref),
        execution.today,
    )


def _flow(
    execution: Execution, payment: Payment, kind: str, source: Place, target: Place, booked_on: date
) -> None:
    rule = funding(payment.contract.funding_ref).restriction
    lines = lines_for(rule, payment.currency, source, target, payment.amount_minor, write=execution.write)
    execution.post(EntryDraft(kind, lines, booked_on, None, execution.decision.id))


def _settle_basis(arguments: Arguments, today: date) -> Basis:
    payment = find(Payment, arguments["payment"])
    base = _basis(arguments, today)
    line = line_basis(arguments, payment.currency, payment.contract.programme.holder, credit=False)
    failed = dict(line.failed)
    if line.line.counterparty_iban not in ("", payment.payee.iban):
        failed["same_payee"] = line.line.counterparty_iban
    if line.amount.amount_minor != payment.amount_minor:
        failed["same_amount"] = f"{line.amount.amount_minor} {payment.amount_minor}"
    return Basis(
        situation=base.situation,
        ref=base.ref,
        holder=base.holder,
        record=base.record,
        facts={"payee": payment.payee.account_name, "iban": payment.payee.iban, **line.facts},
        amount=line.amount,
        failed=failed,
        evidence=base.evidence,
    )


def _settle(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    line = BankLine.objects.get(pk=execution.text("line"))
    execution.move()
    Payment.objects.filter(pk=payment.pk).update(settled_on=line.booked_on)
    match_line(execution, line, "payment", payment.ref)
    prepaid = Place(Kind.PREPAID, payment.contract.ref)
    _flow(execution, payment, "settle", Place(Kind.TRANSIT, payment.ref), prepaid, line.booked_on)
    fill_accepted(execution, payment.contract, line.booked_on)


def _fail(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    execution.move()
    back = Place(Kind.CONTRACT, payment.contract.ref)
    _flow(execution, payment, "release", Place(Kind.TRANSIT, payment.ref), back, execution.today)


def _move(execution: Execution) -> None:
    execution.move()


register(
    Action(
        "payment.draft",
        (a.ref("ref"), a.ref("milestone"), a.ref("payee"), a.money("amount")),
        _draft_basis,
        _draft,
    )
)
register(Action("payment.release", (a.ref("payment"),), _basis, _release))
register(
    Action(
        "payment.settle",
        (a.ref("payment"), a.identifier("line"), a.text("rule", required=False, most=8)),
        _settle_basis,
        _settle,
    )
)
register(Action("payment.fail", (a.ref("payment"), a.evidence()), _basis, _fail))
register(Action("payment.cancel", (a.ref("payment"),), _basis, _move))
