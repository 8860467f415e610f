"""Lots: recorded, handed over, accepted or rejected by an inspector, dropped; acceptance moves paid money."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.chains import contract_live, contract_situation
from tranche.actions.execution import Execution
from tranche.actions.funds import funding, held
from tranche.actions.lookup import (
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    recipient_situation,
)
from tranche.actions.outputs import share_out
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.ledger import Kind
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.ledger.flows import Place, lines_for
from tranche.models import BankLine, Category, Contract, Lot, Milestone

DEVIATIONS = ("quantity", "documents", "damaged", "late", "other")
DROP_CAUSES = ("replaced", "refunded", "lost")
QUANTITY_MAX = 2**31 - 1
LIVE = ("made", "handed_over", "accepted", "rejected")


def _record_basis(arguments: Arguments, _today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    value = a.money_of(arguments, "value")
    if value.currency != contract.currency:
        raise CurrencyDiffers(value.currency, contract.currency)
    if "milestone" in arguments:
        milestone = find(Milestone, arguments["milestone"])
        if milestone.contract_id != contract.pk:
            raise BadArgument("milestone", "choice", milestone.ref)
    values = contract.lots.filter(record__state__in=LIVE).values_list("value_minor", flat=True)
    known = sum(minor or 0 for minor in values)
    over = known + value.amount_minor - contract.price_minor
    return Basis(
        situation=contract_situation(contract, None),
        ref=free_ref(arguments),
        holder=contract.programme.holder,
        facts={"contract": contract.title},
        amount=value,
        failed=({"within_contract": f"{over} {contract.currency}"} if over > 0 else {})
        | contract_live(contract),
    )


def _record(execution: Execution) -> None:
    value = execution.money("value")
    record = execution.create()
    Lot.objects.create(
        record=record,
        ref=record.ref,
        contract=find(Contract, execution.arguments["contract"]),
        milestone=find(Milestone, execution.arguments["milestone"])
        if "milestone" in execution.arguments
        else None,
        category=execution.text("category"),
        quantity=execution.whole("quantity"),
        unit=execution.text("unit"),
        country=execution.text("country"),
        value_minor=value.amount_minor,
        currency=value.currency,
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    lot = find(Lot, arguments["lot"])
    if lot.contract is None:
        return _in_kind(lot)
    return Basis(
        situation=contract_situation(lot.contract, lot.record),
        ref=lot.ref,
        holder=lot.record.holder_party,
        record=lot.record,
        facts={
            "contract": lot.contract.title,
            "category": lot.category,
            "quantity": lot.quantity,
            "unit": lot.unit,
            "value": {"amount_minor": lot.value_minor, "currency": lot.currency},
            "evidence": evidence_facts(lot.record, ("delivery_note", "acceptance_act")),
        },
        amount=lot.value,
        evidence=evidence_kinds(lot.record, arguments),
    )


def _in_kind(lot: Lot) -> Basis:
    """A lot in kind came in by its act of acceptance: the table has no step for it."""
    holder = lot.record.holder_party
    situation = recipient_situation(holder, None, [lot.record_id], lot.record)
    return Basis(situation=situation, ref=lot.ref, holder=holder, record=lot.record)


def _hand_over(execution: Execution) -> None:
    execution.move()
    Lot.objects.filter(pk=execution.record.pk).update(handed_over_on=execution.today)


def _accept(execution: Execution) -> None:
    execution.move()
    Lot.objects.filter(pk=execution.record.pk).update(accepted_on=execution.today)
    lot = find(Lot, execution.arguments["lot"])
    share_out(execution, lot)
    fill_accepted(execution, lot.ordered)


def fill_accepted(execution: Execution, contract: Contract, line: BankLine | None = None) -> None:
    """Move paid money into accepted lots in order of acceptance, as far as it reaches.

    Both are in the contract's currency; a bank line says on which day the money was there.
    """
    rule = funding(contract.funding_ref).restriction
    prepaid = Place(Kind.PREPAID, contract.ref)
    lots = contract.lots.filter(record__state="accepted").order_by("accepted_on", "ref")
    for lot in lots:
        there = held(Kind.PREPAID, contract.ref, contract.funding_ref, contract.currency)
        open_minor = (lot.value_minor or 0) - held(Kind.LOT, lot.ref, contract.funding_ref, contract.currency)
        amount = min(there, open_minor)
        if amount <= 0:
            continue
        lines = lines_for(
            rule, contract.currency, prepaid, Place(Kind.LOT, lot.ref), amount, write=execution.write
        )
        execution.enter("accept", *lines, line=line)


def _reject(execution: Execution) -> None:
    execution.move()
    Lot.objects.filter(pk=execution.record.pk).update(
        rejected_on=execution.today, deviation=execution.text("deviation")
    )


def _drop(execution: Execution) -> None:
    execution.move()
    Lot.objects.filter(pk=execution.record.pk).update(drop_cause=execution.text("cause"))


register(
    Action(
        "lot.record",
        (
            a.ref("ref"),
            a.ref("contract"),
            a.ref("milestone", required=False),
            a.choice("category", Category.values),
            a.whole("quantity", least=1, most=QUANTITY_MAX),
            a.text("unit", most=40),
            a.country("country"),
            a.money("value"),
        ),
        _record_basis,
        _record,
    )
)
_ON_LOT = (a.ref("lot"), a.evidence())
register(Action("lot.hand_over", _ON_LOT, _basis, _hand_over))
register(Action("lot.accept", _ON_LOT, _basis, _accept))
register(Action("lot.reject", (*_ON_LOT, a.choice("deviation", DEVIATIONS)), _basis, _reject))
register(Action("lot.drop", (*_ON_LOT, a.choice("cause", DROP_CAUSES)), _basis, _drop))
