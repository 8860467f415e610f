"""Payments: drafted for a milestone or to take money back to its donor, released by the payer, cancelled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from tranche.actions import arguments as a
from tranche.actions.chains import contract_live, contract_situation, group_of, live_payments_minor
from tranche.actions.execution import Execution
from tranche.actions.funds import funding, held, short
from tranche.actions.lookup import evidence_kinds, evidence_of_each, find, free_ref
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.returns import donor_situation, own_account, own_fund, returnable, there_minor
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, Kind, Line
from tranche.kernel.money import Money
from tranche.kernel.policy import Situation
from tranche.kernel.rates import part_of_plan
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.ledger.flows import Place, lines_for
from tranche.models import Contract, Milestone, Party, Payee, Payment, Purpose, RecordEvent

FOR_RETURN = ("donor", "clause")


def is_return(arguments: Arguments) -> bool:
    """Whether money is to go back; raises BadArgument for what belongs to another purpose."""
    back = arguments.get("purpose") == Purpose.RETURN
    needed, foreign = (FOR_RETURN, ("milestone",)) if back else (("milestone",), (*FOR_RETURN, "funding"))
    for name in needed:
        if name not in arguments:
            raise BadArgument(name, "missing")
    for name in foreign:
        if name in arguments:
            raise BadArgument(name, "purpose", str(arguments[name]))
    return back


def _draft_basis(arguments: Arguments, today: date) -> Basis:
    base = _return_draft(arguments) if is_return(arguments) else _supply_draft(arguments)
    if "retry_of" not in arguments:
        return base
    before = find(Payment, arguments["retry_of"])
    failed = (
        {} if before.record.state == "failed" else {"retry_failed": f"{before.ref} {before.record.state}"}
    )
    return base.with_failed(failed)


def _supply_draft(arguments: Arguments) -> Basis:
    milestone, payee = find(Milestone, arguments["milestone"]), find(Payee, arguments["payee"])
    amount = a.money_of(arguments, "amount")
    if amount.currency != milestone.currency:
        raise CurrencyDiffers(amount.currency, milestone.currency)
    live = live_payments_minor(milestone.payments.select_related("record"))
    failed = not_ready(milestone, payee, live + amount.amount_minor)
    over = live + amount.amount_minor - milestone.amount_minor
    if over > 0:
        failed["within_milestone"] = f"{over} {amount.currency}"
    ordered = ordered_of(milestone.contract, amount)
    return Basis(
        situation=contract_situation(milestone.contract, None),
        ref=free_ref(arguments),
        holder=milestone.record.holder_party,
        facts={
            "milestone": milestone.title,
            "payee": payee.account_name,
            "iban": payee.iban,
            **_planned(ordered, amount),
        },
        amount=amount,
        failed=failed,
    )


def _return_draft(arguments: Arguments) -> Basis:
    donor, payee = find(Party, arguments["donor"]), find(Payee, arguments["payee"])
    source = returnable(str(arguments.get("funding", "")), donor)
    owner = source.agreement.recipient if source else payee.record.holder_party
    return Basis(
        situation=donor_situation(source, donor, owner, None),
        ref=free_ref(arguments),
        holder=owner,
        facts={"donor_name": donor.name, "payee": payee.account_name, "iban": payee.iban},
        amount=a.money_of(arguments, "amount"),
        failed={**own_fund(source), **_account(payee, donor, owner)},
    )


def ordered_of(contract: Contract, amount: Money) -> Money:
    """What is ordered of the fund for a payment: the payment's part of the plan."""
    if contract.fund_currency == contract.currency:
        return amount
    part = part_of_plan(contract.planned_minor, amount.amount_minor, contract.price_minor)
    return Money(part, contract.fund_currency)


def _planned(ordered: Money, amount: Money) -> dict[str, Canonical]:
    if ordered.currency == amount.currency:
        return {}
    return {"planned": {"amount_minor": ordered.amount_minor, "currency": ordered.currency}}


def not_ready(milestone: Milestone, payee: Payee, paid_minor: int) -> dict[str, str]:
    """What the milestone asks for before so much may go, and whether the account is an active one of ours."""
    failed = contract_live(milestone.contract)
    if milestone.record.state != "verified":
        failed["milestone_ready"] = f"{milestone.ref} {milestone.record.state}"
    elif milestone.pay_after == "accepted":
        lots = [lot for lot in milestone.lots.all() if lot.record.state != "dropped"]
        waiting = [lot.ref for lot in lots if lot.record.state != "accepted"]
        accepted = sum(lot.value_minor or 0 for lot in lots if lot.record.state == "accepted")
        if waiting or accepted < paid_minor:
            failed["milestone_ready"] = ", ".join(waiting) or milestone.ref
    contract = milestone.contract
    return failed | _account(payee, contract.supplier, contract.programme.holder)


def _account(payee: Payee, party: Party, owner: Party) -> dict[str, str]:
    """The failed guard of paying to what is not an active account of this party, kept by this owner."""
    ours = payee.record.holder_party_id == owner.id
    good = payee.record.state == "active" and payee.party_id == party.id and ours
    return {} if good else {"account_active": payee.ref}


def _draft(execution: Execution) -> None:
    amount = execution.money("amount")
    back = is_return(execution.arguments)
    milestone = None if back else find(Milestone, execution.arguments["milestone"])
    ordered = amount if milestone is None else ordered_of(milestone.contract, amount)
    record = execution.create()
    Payment.objects.create(
        record=record,
        ref=record.ref,
        purpose=Purpose.RETURN if back else Purpose.SUPPLY,
        contract=milestone.contract if milestone else None,
        milestone=milestone,
        donor=find(Party, execution.arguments["donor"]) if back else None,
        clause=execution.text("clause"),
        payee=find(Payee, execution.arguments["payee"]),
        funding_ref=execution.text("funding") if milestone is None else milestone.contract.funding_ref,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        planned_minor=ordered.amount_minor,
        fund_currency=ordered.currency,
        retry_of=find(Payment, execution.arguments["retry_of"])
        if "retry_of" in execution.arguments
        else None,
        end_to_end_id=f"TRN-{record.id.replace('-', '')[:26].upper()}",
    )
    execution.created["id"] = record.id


def payment_basis(arguments: Arguments, _today: date) -> Basis:
    """What every later act on a payment rests on."""
    payment = find(Payment, arguments["payment"])
    ordered = Money(payment.planned_minor, payment.fund_currency)
    failed = _failed(payment, ordered)
    return Basis(
        situation=situation_of(payment),
        ref=payment.ref,
        holder=payment.record.holder_party,
        record=payment.record,
        facts=payment_facts(payment, behind([payment])),
        amount=ordered,
        failed=failed,
        evidence=evidence_kinds(payment.record, arguments),
        subjects=subjects_of(payment),
    )


def subjects_of(payment: Payment) -> frozenset[str]:
    """What payments add up under, so that none is split to stay below a limit: whom, what, where to."""
    found = {f"party:{payment.payee.party.ref}", f"account:{payment.payee.iban}"}
    return frozenset(found | ({f"contract:{payment.contract.ref}"} if payment.contract else set()))


def situation_of(payment: Payment) -> Situation:
    """The payment chain, or for money that goes back the payment alone."""
    if payment.contract is not None:
        return contract_situation(payment.contract, payment.record)
    assert payment.donor is not None, "a payment without a contract takes money back to a donor"
    source = returnable(payment.funding_ref, payment.donor)
    return donor_situation(source, payment.donor, payment.record.holder_party, payment.record)


def _failed(payment: Payment, ordered: Money) -> dict[str, str]:
    drafted = payment.record.state == "drafted"
    if payment.milestone is not None and payment.contract is not None:
        live = live_payments_minor(payment.milestone.payments.select_related("record"))
        failed = not_ready(payment.milestone, payment.payee, live)
        contract = payment.contract
        there = held(Kind.CONTRACT, contract.ref, contract.funding_ref, contract.fund_currency)
    else:
        assert payment.donor is not None, "a payment without a contract takes money back to a donor"
        failed = _account(payment.payee, payment.donor, payment.record.holder_party)
        failed |= own_fund(returnable(payment.funding_ref, payment.donor))
        there = there_minor(source_account(payment))
    return failed | short(there, ordered) if drafted else failed


def source_account(payment: Payment) -> AccountSpec:
    """The one account that a return goes out of."""
    assert payment.donor is not None, "a payment without a contract takes money back to a donor"
    return own_account(returnable(payment.funding_ref, payment.donor), payment.donor, payment.fund_currency)


class Behind(NamedTuple):
    """What lies behind payments, read at once: documents by record, and which go first to their account."""

    evidence: Mapping[str, list[Canonical]]
    first: frozenset[str]


def behind(payments: Sequence[Payment]) -> Behind:
    """The documents of the milestones, and the payments before which nothing had reached the account.

    The last is judged by the log's order at their drafting, so that another payment settled meanwhile changes
    nothing for approvers. What the bank sent back has not reached it.
    """
    milestones = {row.milestone.record_id for row in payments if row.milestone is not None}
    drafts = RecordEvent.objects.filter(record__in=[row.record_id for row in payments], version=1)
    drafted = dict(drafts.values_list("record_id", "log_seq"))
    settled = Payment.objects.filter(payee=OuterRef("pk"), record__state="settled").order_by("settled_seq")
    payees = Payee.objects.filter(pk__in={row.payee_id for row in payments})
    paid = dict(payees.values_list("pk", Subquery(settled.values("settled_seq")[:1])))
    return Behind(
        evidence_of_each(milestones, ("invoice", "visit_report")) if milestones else {},
        frozenset(
            row.record_id for row in payments if (paid[row.payee_id] or math.inf) >= drafted[row.record_id]
        ),
    )


def payment_facts(payment: Payment, known: Behind) -> dict[str, Canonical]:
    """What the approvers of a release rely on."""
    payee = payment.payee
    callback = max((call.called_on for call in payee.callbacks.all()), default=None)
    amount = Money(payment.amount_minor, payment.currency)
    common: dict[str, Canonical] = {
        "amount": {"amount_minor": amount.amount_minor, "currency": amount.currency},
        "bic": payee.bic,
        "callback_on": callback.isoformat() if callback else "",
        "end_to_end_id": payment.end_to_end_id,
        "first_payment": payment.record_id in known.first,
        "funding": payment.funding_ref,
        "iban": payee.iban,
        "name_warning": payee.name_warning,
        "payee": payee.account_name,
        "replaced_iban": payee.predecessor.iban if payee.predecessor else "",
        **_planned(Money(payment.planned_minor, payment.fund_currency), amount),
    }
    if payment.contract is None or payment.milestone is None:
        donor = payment.donor.name if payment.donor else ""
        return {**common, "clause": payment.clause, "donor_name": donor}
    return {
        **common,
        "contract": payment.contract.title,
        "evidence": known.evidence[payment.milestone.record_id],
        "milestone": payment.milestone.title,
        "supplier": payment.contract.supplier.name,
        **group_of(payment.contract.supplier),
    }


def _release(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    execution.move()
    Payment.objects.filter(pk=payment.pk).update(released_on=execution.today)
    if payment.contract is not None:
        source = Place(Kind.CONTRACT, payment.contract.ref)
        lines = ordered_lines(execution, payment, source, Place(Kind.TRANSIT, payment.ref))
    else:
        lines = (Line(source_account(payment), transit_account(payment), payment.planned_minor),)
    execution.enter("order", *lines)


def transit_account(payment: Payment) -> AccountSpec:
    """Where a return waits for the bank."""
    fund = source_account(payment).fund
    return AccountSpec(Kind.TRANSIT, payment.ref, fund, payment.fund_currency)


def ordered_lines(
    execution: Execution, payment: Payment, source: Place, target: Place, amount_minor: int | None = None
) -> tuple[Line, ...]:
    """The lines of a payment's planned amount, or of another, in the fund's currency."""
    rule = funding(payment.funding_ref).restriction
    amount = payment.planned_minor if amount_minor is None else amount_minor
    return lines_for(rule, payment.fund_currency, source, target, amount, write=execution.write)


def _move(execution: Execution) -> None:
    execution.move()


register(
    Action(
        "payment.draft",
        (
            a.ref("ref"),
            a.choice("purpose", Purpose.values, required=False),
            a.ref("milestone", required=False),
            a.ref("donor", required=False),
            a.fund("funding", required=False),
            a.text("clause", required=False),
            a.ref("payee"),
            a.money("amount"),
            a.ref("retry_of", required=False),
        ),
        _draft_basis,
        _draft,
    )
)
register(Action("payment.release", (a.ref("payment"),), payment_basis, _release))
register(Action("payment.cancel", (a.ref("payment"),), payment_basis, _move))
