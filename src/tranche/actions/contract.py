"""Contracts: drafted with a price and a plan, signed with their money reserved, amended, ended."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.chains import about_suppliers, contract_situation, group_of
from tranche.actions.execution import Execution
from tranche.actions.funds import Funding, funding, held, left, short, spendable
from tranche.actions.lookup import evidence_facts, evidence_kinds, find, free_ref, recipient_situation
from tranche.actions.prices import RATE_ARGUMENTS, Plan, amended, plan, plan_of
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.selection import chosen, misfit
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.ledger.balances import balances
from tranche.ledger.flows import Place, lines_for
from tranche.models import Contract, Party, Programme

HELD = (Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID)
LIVE_LOTS = ("made", "handed_over", "accepted", "rejected")


def _draft_basis(arguments: Arguments, _today: date) -> Basis:
    programme = find(Programme, arguments["programme"])
    source = funding(arguments["funding"])
    planned = plan(arguments, source)
    supplier = find(Party, arguments["supplier"])
    return Basis(
        situation=about_suppliers(
            recipient_situation(programme.holder, source.agreement, [], None, programme=programme.ref),
            supplier,
        ),
        ref=free_ref(arguments),
        holder=programme.holder,
        facts={"programme": programme.title, "supplier": supplier.name, **planned.facts},
        amount=planned.reserved,
        failed=spendable(source, programme.holder) | misfit(chosen(arguments), programme, supplier),
    )


def _draft(execution: Execution) -> None:
    source = funding(execution.arguments["funding"])
    record = execution.create()
    Contract.objects.create(
        record=record,
        ref=record.ref,
        programme=find(Programme, execution.arguments["programme"]),
        supplier=find(Party, execution.arguments["supplier"]),
        title=execution.text("title"),
        funding_ref=source.ref,
        tender_reference=execution.text("tender_reference"),
        price_reason=execution.text("price_reason"),
        selection=chosen(execution.arguments),
        **plan(execution.arguments, source).columns,
    )
    execution.created["id"] = record.id


def contract_basis(arguments: Arguments, _today: date) -> Basis:
    """What every later act on a contract rests on."""
    contract = find(Contract, arguments["contract"])
    source = funding(contract.funding_ref)
    reserved = Money(contract.planned_minor, contract.fund_currency)
    failed = spendable(source, contract.programme.holder)
    if contract.record.state == "draft" and not source.advance:
        failed |= short(_in_programme(contract), reserved)
    open_lots = contract.lots.filter(record__state__in=("made", "handed_over", "rejected"))
    if open_lots:
        failed["no_open_lot"] = ", ".join(open_lots.values_list("ref", flat=True))
    live = contract.payments.filter(record__state__in=("drafted", "released")).values_list("ref", flat=True)
    if live:
        failed["no_live_payment"] = ", ".join(live)
    there = left(balances(kinds=HELD, holders=(contract.ref,), using="default"))
    if there:
        failed["balance_zero"] = there
    return Basis(
        situation=contract_situation(contract, contract.record),
        ref=contract.ref,
        holder=contract.programme.holder,
        record=contract.record,
        facts=_facts(contract),
        amount=reserved,
        failed=failed,
        evidence=evidence_kinds(contract.record, arguments),
        subjects=frozenset({f"party:{contract.supplier.ref}", f"contract:{contract.ref}"}),
    )


def _in_programme(contract: Contract) -> int:
    return held(Kind.PROGRAMME, contract.programme.ref, contract.funding_ref, contract.fund_currency)


def _facts(contract: Contract) -> dict[str, Canonical]:
    return {
        "title": contract.title,
        "programme": contract.programme.title,
        "supplier": contract.supplier.name,
        **group_of(contract.supplier),
        "price": {"amount_minor": contract.price_minor, "currency": contract.currency},
        "funding": contract.funding_ref,
        "tender_reference": contract.tender_reference,
        "price_reason": contract.price_reason,
        "evidence": evidence_facts(contract.record, ("contract_text", "amendment", "notice", "report")),
        **plan_of(contract).facts,
    }


def _sign(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    execution.move()
    Contract.objects.filter(pk=contract.pk).update(signed_on=execution.today)
    source = funding(contract.funding_ref)
    if not source.advance:
        _reserve(execution, contract, source, contract.planned_minor)


def _reserve(execution: Execution, contract: Contract, source: Funding, amount_minor: int) -> None:
    """From the programme to the contract; a negative amount is released back."""
    above, own = Place(Kind.PROGRAMME, contract.programme.ref), Place(Kind.CONTRACT, contract.ref)
    kind, here, there = ("reserve", above, own) if amount_minor > 0 else ("release", own, above)
    lines = lines_for(
        source.restriction, contract.fund_currency, here, there, abs(amount_minor), write=execution.write
    )
    execution.enter(kind, *lines)


def _amend_basis(arguments: Arguments, today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    new = amended(arguments, contract)
    base = contract_basis(arguments, today)
    more = new.reserved.amount_minor - contract.planned_minor
    failed = _covers(contract, new)
    if more and not funding(contract.funding_ref).advance:
        there = held(Kind.CONTRACT, contract.ref, contract.funding_ref, contract.fund_currency)
        wanted = Money(abs(more), contract.fund_currency)
        failed |= short(_in_programme(contract) if more > 0 else there, wanted)
    facts = {"price_before": base.facts["price"], **new.facts}
    return base.with_failed(failed, {**facts, "price": _money(new.price)}).of_amount(new.reserved)


def _money(money: Money) -> Canonical:
    return {"amount_minor": money.amount_minor, "currency": money.currency}


def _covers(contract: Contract, new: Plan) -> dict[str, str]:
    """The failed guard of a price below what is already planned or delivered under the contract."""
    milestones = contract.milestones.exclude(record__state="cancelled").values_list("amount_minor", flat=True)
    lots = contract.lots.filter(record__state__in=LIVE_LOTS).values_list("value_minor", flat=True)
    least = max(sum(milestones), sum(minor or 0 for minor in lots))
    below = least - new.price.amount_minor
    return {"price_covers": f"{below} {contract.currency}"} if below > 0 else {}


def _amend(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    new = amended(execution.arguments, contract)
    execution.move()
    Contract.objects.filter(pk=contract.pk).update(**new.columns)
    source, more = funding(contract.funding_ref), new.reserved.amount_minor - contract.planned_minor
    if more and not source.advance:
        _reserve(execution, contract, source, more)


def _move(execution: Execution) -> None:
    execution.move()


ON_CONTRACT = (a.ref("contract"), a.evidence())

register(
    Action(
        "contract.draft",
        (
            a.ref("ref"),
            a.ref("programme"),
            a.ref("supplier"),
            a.title("title"),
            a.fund("funding"),
            a.money("price"),
            *RATE_ARGUMENTS,
            a.text("tender_reference", most=80),
            a.text("price_reason"),
            a.ref("selection", required=False),
        ),
        _draft_basis,
        _draft,
    )
)
register(Action("contract.sign", ON_CONTRACT, contract_basis, _sign))
register(
    Action(
        "contract.amend",
        (a.ref("contract"), a.money("price"), *RATE_ARGUMENTS, a.evidence()),
        _amend_basis,
        _amend,
    )
)
for _name in ("terminate", "close", "cancel"):
    register(Action(f"contract.{_name}", ON_CONTRACT, contract_basis, _move))
