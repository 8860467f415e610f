"""What the bank says of a released payment: carried out, refused, or carried out and sent back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.bank_lines import LineBasis, bank_line, exchanged, line_basis, match_line
from tranche.actions.execution import Execution
from tranche.actions.funds import funding, held, short
from tranche.actions.lookup import find
from tranche.actions.lots import fill_accepted
from tranche.actions.payment import (
    ordered_lines,
    payment_basis,
    source_account,
    transit_account,
)
from tranche.actions.pots import account_use
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.returns import is_closed
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, Kind, Line
from tranche.kernel.money import Money
from tranche.ledger.flows import Place, conversion_for
from tranche.ledger.journal import entries
from tranche.models import BankLine, Contract, Payment, RecordEvent


def _line(arguments: Arguments, payment: Payment, *, credit: bool) -> LineBasis:
    use = account_use(funding(payment.funding_ref) if payment.funding_ref else None)
    holder = payment.record.holder_party
    return line_basis(arguments, (payment.fund_currency,), holder, credit=credit, uses=(use,))


def _settle_basis(arguments: Arguments, today: date) -> Basis:
    payment = find(Payment, arguments["payment"])
    line = _line(arguments, payment, credit=False)
    failed = dict(line.failed)
    if line.line.counterparty_iban not in ("", payment.payee.iban):
        failed["same_payee"] = line.line.counterparty_iban
    failed |= _amounts(payment, line)
    facts: dict[str, Canonical] = {
        "payee": payment.payee.account_name,
        "iban": payment.payee.iban,
        **line.facts,
    }
    if payment.currency != payment.fund_currency and line.instructed:
        facts["exchange"] = exchanged(line.amount, line.instructed, line.line)
    return replace(payment_basis(arguments, today), facts=facts, amount=line.amount, failed=failed)


def _amounts(payment: Payment, line: LineBasis) -> dict[str, str]:
    """The payee got exactly what was ordered; what it cost in the fund's currency is the bank's to say."""
    got = line.amount if payment.currency == payment.fund_currency else line.instructed
    if got is None:
        return {"instructed_given": payment.currency}
    if (got.amount_minor, got.currency) != (payment.amount_minor, payment.currency):
        return {"same_amount": f"{got.amount_minor} {payment.amount_minor}"}
    over = line.amount.amount_minor - payment.planned_minor
    if over <= 0 or payment.contract is None:
        return {}
    there = held(Kind.CONTRACT, payment.contract.ref, payment.funding_ref, payment.fund_currency)
    return short(there, Money(over, payment.fund_currency))


def _settle(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    line = bank_line(execution.arguments)
    execution.move()
    took = -line.amount_minor
    Payment.objects.filter(pk=payment.pk).update(
        settled_on=line.booked_on, bank_minor=took, settled_seq=execution.write.seq
    )
    match_line(execution, line, "payment", payment.ref)
    if payment.contract is None:
        transit = transit_account(payment)
        donor = payment.donor.ref if payment.donor else ""
        returned = AccountSpec(Kind.RETURNED, donor, transit.fund, transit.currency)
        execution.enter("settle", Line(transit, returned, took), line=line)
        return
    if payment.currency == payment.fund_currency:
        prepaid = Place(Kind.PREPAID, payment.contract.ref)
        lines = ordered_lines(execution, payment, Place(Kind.TRANSIT, payment.ref), prepaid)
        execution.enter("settle", *lines, line=line)
    else:
        _settle_across(execution, payment, payment.contract, line)
    fill_accepted(execution, payment.contract, line)


def _settle_across(execution: Execution, payment: Payment, contract: Contract, line: BankLine) -> None:
    """The shortfall is ordered first, the bank's two numbers make the pair, the rest is released."""
    took = Money(-line.amount_minor, line.currency)
    transit, own = Place(Kind.TRANSIT, payment.ref), Place(Kind.CONTRACT, contract.ref)
    more = took.amount_minor - payment.planned_minor
    if more > 0:
        execution.enter("order", *ordered_lines(execution, payment, own, transit, more), line=line)
    split = conversion_for(
        funding(payment.funding_ref).restriction,
        transit,
        Place(Kind.PREPAID, contract.ref),
        took,
        Money(payment.amount_minor, payment.currency),
        write=execution.write,
    )
    execution.enter("settle", *split.lines, line=line, fx=split.fx)
    if more < 0:
        execution.enter("release", *ordered_lines(execution, payment, transit, own, -more), line=line)


def _fail(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    execution.move()
    execution.enter("release", *_back(execution, payment, payment.planned_minor))


def _back(execution: Execution, payment: Payment, amount_minor: int) -> tuple[Line, ...]:
    """From the bank's transit to where the payment was ordered."""
    if payment.contract is None:
        return (Line(transit_account(payment), source_account(payment), amount_minor),)
    own = Place(Kind.CONTRACT, payment.contract.ref)
    return ordered_lines(execution, payment, Place(Kind.TRANSIT, payment.ref), own, amount_minor)


def _bounce_basis(arguments: Arguments, today: date) -> Basis:
    payment = find(Payment, arguments["payment"])
    line = _line(arguments, payment, credit=True)
    failed = dict(line.failed)
    lost = (payment.bank_minor or 0) - line.amount.amount_minor
    if lost < 0:
        failed["not_above_paid"] = f"{-lost} {line.amount.currency}"
    if payment.contract is not None:
        paid = Money(payment.amount_minor, payment.currency)
        there = held(Kind.PREPAID, payment.contract.ref, payment.funding_ref, payment.currency)
        failed |= short(there, paid)
    kind = "suspense" if _waits(payment) else "payment"
    facts: dict[str, Canonical] = {**line.facts, "booked_as": [kind, payment.ref]}
    if lost > 0 and not _is_new_pair(payment, line.line):
        facts["kept_by_bank"] = {"amount_minor": lost, "currency": line.amount.currency}
    if _is_new_pair(payment, line.line):
        paid = Money(payment.amount_minor, payment.currency)
        facts["exchange"] = exchanged(paid, line.amount, line.line)
    return payment_basis(arguments, today).only(failed).with_failed({}, facts).of_amount(line.amount)


def _is_new_pair(payment: Payment, line: BankLine) -> bool:
    """Money that came back across currencies at another rate: never a reversal."""
    is_across = payment.currency != payment.fund_currency
    return is_across and line.amount_minor != payment.bank_minor


def _waits(payment: Payment) -> bool:
    """Whether the account that the money left is closed, so that a person must say where it goes."""
    return payment.contract is None and is_closed(source_account(payment))


def _bounce(execution: Execution) -> None:
    payment = find(Payment, execution.arguments["payment"])
    line = bank_line(execution.arguments)
    kind, ref = cast("list[str]", execution.basis.facts["booked_as"])
    waits, is_pair = _waits(payment), _is_new_pair(payment, line)
    settled = _settlement(payment)
    execution.move()
    match_line(execution, line, kind, ref)
    if is_pair and payment.contract is not None:
        _refund(execution, payment, payment.contract, line)
        return
    execution.undo(settled, execution.booking_day(line))
    lost = (payment.bank_minor or 0) - line.amount_minor
    if lost:
        execution.enter("fee", *_fee(execution, payment, line, lost), line=line)
    if waits:
        transit = transit_account(payment)
        kept = AccountSpec(Kind.SUSPENSE, line.id, transit.fund, transit.currency)
        execution.enter("bounce", Line(transit, kept, line.amount_minor), line=line)
    else:
        execution.enter("release", *_back(execution, payment, line.amount_minor), line=line)


def _settlement(payment: Payment) -> int:
    """The number of the entry that settled the payment."""
    event = RecordEvent.objects.get(record=payment.record, action="payment.settle")
    return next(
        entry.id
        for entry in entries(decision_id=event.decision_id, using="default")
        if entry.kind == "settle"
    )


def _refund(execution: Execution, payment: Payment, contract: Contract, line: BankLine) -> None:
    split = conversion_for(
        funding(payment.funding_ref).restriction,
        Place(Kind.PREPAID, contract.ref),
        Place(Kind.CONTRACT, contract.ref),
        Money(payment.amount_minor, payment.currency),
        Money(line.amount_minor, line.currency),
        write=execution.write,
    )
    execution.enter("refund", *split.lines, line=line, fx=split.fx)


def _fee(execution: Execution, payment: Payment, line: BankLine, lost: int) -> tuple[Line, ...]:
    """What the banks on the way kept."""
    bank = line.account.bic
    if payment.contract is None:
        transit = transit_account(payment)
        return (Line(transit, AccountSpec(Kind.FEE, bank, transit.fund, transit.currency), lost),)
    return ordered_lines(execution, payment, Place(Kind.TRANSIT, payment.ref), Place(Kind.FEE, bank), lost)


register(
    Action(
        "payment.settle",
        (
            a.ref("payment"),
            a.identifier("line"),
            a.money("instructed", required=False),
            a.text("rule", required=False, most=8),
        ),
        _settle_basis,
        _settle,
    )
)
register(Action("payment.fail", (a.ref("payment"), a.evidence()), payment_basis, _fail))
register(
    Action(
        "payment.bounce",
        (a.ref("payment"), a.identifier("line"), a.text("rule", required=False, most=8)),
        _bounce_basis,
        _bounce,
    )
)
