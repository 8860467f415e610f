"""A supplier pays back: what of the prepaid money it is, and the entry at the bank's new numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tranche.actions.bank_lines import as_canonical, exchanged, instructed_of
from tranche.actions.execution import Execution
from tranche.actions.funds import funding, held, short
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.ledger.flows import Place, conversion_for, lines_for
from tranche.models import BankLine, Contract


@dataclass(frozen=True, slots=True)
class Refund:
    """What comes off the prepaid money, in the contract's currency; the bank credited another amount."""

    amount: Money
    facts: Mapping[str, Canonical]
    failed: Mapping[str, str]


def refund(arguments: Arguments, contract: Contract, line: BankLine) -> Refund:
    """The refund that a bank line is; in another currency the bank says, or its advice, how much it was."""
    came = Money(abs(line.amount_minor), line.currency)
    if line.currency == contract.currency:
        return Refund(came, {}, _short(contract, came))
    instructed = instructed_of(arguments, line)
    if instructed is None or instructed.currency != contract.currency:
        return Refund(came, {}, {"instructed_given": contract.currency})
    facts: dict[str, Canonical] = {
        "exchange": exchanged(instructed, came, line),
        "instructed": as_canonical(instructed),
    }
    failed = _short(contract, instructed)
    if line.currency != contract.fund_currency:
        failed["same_currency"] = f"{line.currency} {contract.fund_currency}"
    return Refund(instructed, facts, failed)


def _short(contract: Contract, amount: Money) -> dict[str, str]:
    return short(held(Kind.PREPAID, contract.ref, contract.funding_ref, contract.currency), amount)


def book_refund(execution: Execution, contract: Contract, line: BankLine) -> None:
    """Prepaid money goes back to the contract; across currencies it is a new pair, never a reversal."""
    back = refund(execution.arguments, contract, line)
    rule = funding(contract.funding_ref).restriction
    source, target = Place(Kind.PREPAID, contract.ref), Place(Kind.CONTRACT, contract.ref)
    came = Money(line.amount_minor, line.currency)
    if back.amount.currency == came.currency:
        amount, currency = back.amount.amount_minor, back.amount.currency
        lines = lines_for(rule, currency, source, target, amount, write=execution.write)
        execution.enter("refund", *lines, line=line)
        return
    split = conversion_for(rule, source, target, back.amount, came, write=execution.write)
    execution.enter("refund", *split.lines, line=line, fx=split.fx)
