"""Contracts and milestones: drafted, signed with their money reserved, refunded, released, closed."""

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
    recipient_situation,
    short,
    spendable,
)
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import EntryDraft, Kind
from tranche.kernel.money import Money
from tranche.kernel.refusals import CurrencyDiffers
from tranche.ledger.balances import balances
from tranche.ledger.flows import Place, lines_for
from tranche.models import BankLine, Contract, Milestone, Party, Programme

PAY_AFTER = ("verified", "accepted")


def _draft_basis(arguments: Arguments, _today: date) -> Basis:
    programme = find(Programme, arguments["programme"])
    source = funding(arguments["funding"])
    price = a.money_of(arguments, "price")
    if price.currency != source.currency:
        raise CurrencyDiffers(price.currency, source.currency)
    supplier = find(Party, arguments["supplier"])
    return Basis(
        situation=recipient_situation(programme.holder, source.agreement, [], None),
        ref=free_ref(arguments),
        holder=programme.holder,
        facts={"programme": programme.title, "supplier": supplier.name},
        amount=price,
        failed=spendable(source, programme.holder),
    )


def _draft(execution: Execution) -> None:
    price = execution.money("price")
    record = execution.create()
    Contract.objects.create(
        record=record,
        ref=record.ref,
        programme=find(Programme, execution.arguments["programme"]),
        supplier=find(Party, execution.arguments["supplier"]),
        title=execution.text("title"),
        funding_ref=execution.text("funding"),
        price_minor=price.amount_minor,
        currency=price.currency,
        tender_reference=execution.text("tender_reference"),
        price_reason=execution.text("price_reason"),
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    price = Money(contract.price_minor, contract.currency)
    there = held(Kind.PROGRAMME, contract.programme.ref, contract.funding_ref, contract.currency)
    failed = {} if contract.record.state != "draft" else short(there, price)
    failed |= spendable(funding(contract.funding_ref), contract.programme.holder)
    open_lots = contract.lots.filter(record__state__in=("made", "handed_over", "rejected"))
    if open_lots:
        failed["no_open_lot"] = ", ".join(open_lots.values_list("ref", flat=True))
    live = contract.payments.filter(record__state__in=("drafted", "released")).values_list("ref", flat=True)
    if live:
        failed["no_live_payment"] = ", ".join(live)
    kinds = (Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID)
    left = sum(row.balance for row in balances(kinds=kinds, holders=(contract.ref,), using="default"))
    if left:
        failed["balance_zero"] = str(left)
    return Basis(
        situation=contract_situation(contract, contract.record),
        ref=contract.ref,
        holder=contract.programme.holder,
        record=contract.record,
        facts=_facts(contract),
        amount=price,
        failed=failed,
        evidence=evidence_kinds(contract.record, arguments),
    )


def _facts(contract: Contract) -> dict[str, Canonical]:
    return {
        "title": contract.title,
        "programme": contract.programme.title,
        "supplier": contract.supplier.name,
        "price": {"amount_minor": contract.price_minor, "currency": contract.currency},
        "funding": contract.funding_ref,
        "tender_reference": contract.tender_reference,
        "price_reason": contract.price_reason,
        "evidence": evidence_facts(contract.record, ("contract_text", "notice")),
    }


def _sign(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    execution.move()
    Contract.objects.filter(pk=contract.pk).update(signed_on=execution.today)
    _flow(
        execution,
        contract,
        "reserve",
        Place(Kind.PROGRAMME, contract.programme.ref),
        Place(Kind.CONTRACT, contract.ref),
        contract.price_minor,
    )


def _flow(
    execution: Execution, contract: Contract, kind: str, source: Place, target: Place, amount_minor: int
) -> None:
    rule = funding(contract.funding_ref).restriction
    lines = lines_for(rule, contract.currency, source, target, amount_minor, write=execution.write)
    execution.post(EntryDraft(kind, lines, execution.today, None, execution.decision.id))


def _release_basis(arguments: Arguments, today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    amount = a.money_of(arguments, "amount")
    if amount.currency != contract.currency:
        raise CurrencyDiffers(amount.currency, contract.currency)
    base = _basis(arguments, today)
    there = held(Kind.CONTRACT, contract.ref, contract.funding_ref, contract.currency)
    return _with(base, amount, short(there, amount))


def _with(
    base: Basis, amount: Money, failed: dict[str, str], facts: dict[str, Canonical] | None = None
) -> Basis:
    return Basis(
        situation=base.situation,
        ref=base.ref,
        holder=base.holder,
        record=base.record,
        facts={**base.facts, **(facts or {})},
        amount=amount,
        failed=failed,
        evidence=base.evidence,
    )


def _release(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    execution.move()
    _flow(
        execution,
        contract,
        "release",
        Place(Kind.CONTRACT, contract.ref),
        Place(Kind.PROGRAMME, contract.programme.ref),
        execution.money("amount").amount_minor,
    )


def _refund_basis(arguments: Arguments, today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    line = line_basis(arguments, contract.currency, contract.programme.holder, credit=True)
    there = held(Kind.PREPAID, contract.ref, contract.funding_ref, contract.currency)
    failed = {**line.failed, **short(there, line.amount)}
    return _with(_basis(arguments, today), line.amount, failed, dict(line.facts))


def _book_refund(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    line = BankLine.objects.get(pk=execution.text("line"))
    execution.move()
    match_line(execution, line, "contract", contract.ref)
    rule = funding(contract.funding_ref).restriction
    source, target = Place(Kind.PREPAID, contract.ref), Place(Kind.CONTRACT, contract.ref)
    lines = lines_for(rule, contract.currency, source, target, line.amount_minor, write=execution.write)
    execution.post(EntryDraft("refund", lines, line.booked_on, line.value_on, execution.decision.id))


def _move(execution: Execution) -> None:
    execution.move()


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


_ON_CONTRACT = (a.ref("contract"), a.evidence())
_ON_MILESTONE = (a.ref("milestone"), a.evidence())

register(
    Action(
        "contract.draft",
        (
            a.ref("ref"),
            a.ref("programme"),
            a.ref("supplier"),
            a.title("title"),
            a.ref("funding"),
            a.money("price"),
            a.text("tender_reference", most=80),
            a.text("price_reason"),
        ),
        _draft_basis,
        _draft,
    )
)
register(Action("contract.sign", _ON_CONTRACT, _basis, _sign))
register(Action("contract.release", (a.ref("contract"), a.money("amount")), _release_basis, _release))
register(
    Action(
        "contract.book_refund",
        (a.ref("contract"), a.identifier("line"), a.text("rule", required=False, most=8)),
        _refund_basis,
        _book_refund,
    )
)
for _name in ("terminate", "close", "cancel"):
    register(Action(f"contract.{_name}", _ON_CONTRACT, _basis, _move))
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
    register(Action(f"milestone.{_name}", _ON_MILESTONE, _milestone_basis, _move))
