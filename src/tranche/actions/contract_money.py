"""Money of a signed contract: released one step back, paid back by the supplier, written off as lost."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.bank_lines import bank_line, line_basis, match_line
from tranche.actions.contract import contract_basis
from tranche.actions.execution import Execution
from tranche.actions.funds import funding, held, short
from tranche.actions.lookup import find
from tranche.actions.pots import account_use
from tranche.actions.prices import at_plan
from tranche.actions.refunds import book_refund, refund
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.kernel.refusals import CurrencyDiffers
from tranche.ledger.flows import Place, lines_for
from tranche.models import Contract


def _release_basis(arguments: Arguments, today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    amount = a.money_of(arguments, "amount")
    if amount.currency not in (contract.fund_currency, contract.currency):
        raise CurrencyDiffers(amount.currency, contract.fund_currency)
    there = held(Kind.CONTRACT, contract.ref, contract.funding_ref, amount.currency)
    return contract_basis(arguments, today).only(short(there, amount)).of_amount(amount)


def _release(execution: Execution) -> None:
    """Back to the programme; money that a state paid first goes back to its advance."""
    contract = find(Contract, execution.arguments["contract"])
    source = funding(contract.funding_ref)
    execution.move()
    target = source.place if source.advance else Place(Kind.PROGRAMME, contract.programme.ref)
    _flow(
        execution, contract, "release", Place(Kind.CONTRACT, contract.ref), target, execution.money("amount")
    )


def _flow(
    execution: Execution, contract: Contract, kind: str, source: Place, target: Place, amount: Money
) -> None:
    rule = funding(contract.funding_ref).restriction
    lines = lines_for(rule, amount.currency, source, target, amount.amount_minor, write=execution.write)
    execution.enter(kind, *lines)


def _refund_basis(arguments: Arguments, today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    use = account_use(funding(contract.funding_ref))
    currencies = (contract.fund_currency, contract.currency)
    line = line_basis(arguments, currencies, contract.programme.holder, credit=True, uses=(use,))
    back = refund(arguments, contract, line.line)
    base = contract_basis(arguments, today).only({**line.failed, **back.failed})
    return base.with_failed({}, {**line.facts, **back.facts}).of_amount(line.amount)


def _book_refund(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    line = bank_line(execution.arguments)
    execution.move()
    match_line(execution, line, "contract", contract.ref)
    book_refund(execution, contract, line)


def _write_off_basis(arguments: Arguments, today: date) -> Basis:
    contract = find(Contract, arguments["contract"])
    amount = a.money_of(arguments, "amount")
    if amount.currency != contract.currency:
        raise CurrencyDiffers(amount.currency, contract.currency)
    there = held(Kind.PREPAID, contract.ref, contract.funding_ref, contract.currency)
    return contract_basis(arguments, today).only(short(there, amount)).of_amount(at_plan(contract, amount))


def _write_off(execution: Execution) -> None:
    contract = find(Contract, execution.arguments["contract"])
    execution.move()
    source, target = Place(Kind.PREPAID, contract.ref), Place(Kind.WRITE_OFF, contract.ref)
    _flow(execution, contract, "write_off", source, target, execution.money("amount"))


register(Action("contract.release", (a.ref("contract"), a.money("amount")), _release_basis, _release))
register(
    Action(
        "contract.book_refund",
        (
            a.ref("contract"),
            a.identifier("line"),
            a.money("instructed", required=False),
            a.text("rule", required=False, most=8),
        ),
        _refund_basis,
        _book_refund,
    )
)
register(
    Action(
        "contract.write_off",
        (a.ref("contract"), a.money("amount"), a.text("borne_by", most=200), a.evidence()),
        _write_off_basis,
        _write_off,
    )
)
