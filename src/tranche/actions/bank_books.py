"""What a bank does of itself: a fee that it takes, interest that it gives, one currency for another."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.bank_lines import bank_line, exchanged, line_basis, match_booked
from tranche.actions.execution import Execution
from tranche.actions.funds import short
from tranche.actions.origins import origin_account
from tranche.actions.pots import Pot, pot
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.ledger.flows import Place

DONOR, FUNDING = a.ref("donor", required=False), a.fund("funding", required=False)
PROGRAMME, CONTRACT = a.ref("programme", required=False), a.ref("contract", required=False)


def _basis(arguments: Arguments, *, credit: bool, what: str) -> tuple[Pot, Basis]:
    there = pot(arguments)
    own = bank_line(arguments).account.party
    line = line_basis(arguments, (), there.owner or own, credit=credit, uses=(there.use,))
    return there, Basis(
        situation=there.situation(own),
        ref=there.ref,
        holder=own,
        facts={**line.facts, **there.facts(), "booked_as": [what, there.ref], "owner": own.ref},
        amount=line.amount,
        failed=line.failed,
    )


def _fee_basis(arguments: Arguments, _today: date) -> Basis:
    there, base = _basis(arguments, credit=False, what="fee")
    assert base.amount is not None
    return base.with_failed(short(there.held(base.amount.currency), base.amount))


def _book_fee(execution: Execution) -> None:
    line = bank_line(execution.arguments)
    amount = Money(-line.amount_minor, line.currency)
    match_booked(execution, line)
    lines = pot(execution.arguments).out(Place(Kind.FEE, line.account.bic), amount, execution.write)
    execution.enter("fee", *lines, line=line)


def _interest_basis(arguments: Arguments, _today: date) -> Basis:
    there, base = _basis(arguments, credit=True, what="interest")
    came = there.source is None or there.source.is_received
    return base.with_failed({} if came else {"money_received": there.ref})


def _book_interest(execution: Execution) -> None:
    line = bank_line(execution.arguments)
    match_booked(execution, line)
    origin = origin_account(line.account.party, "interest", line.currency)
    amount = Money(line.amount_minor, line.currency)
    lines = pot(execution.arguments).added(origin, amount, execution.write)
    execution.enter("receive", *lines, line=line)


def _convert_basis(arguments: Arguments, _today: date) -> Basis:
    there, base = _basis(arguments, credit=False, what="convert")
    assert base.amount is not None
    out = bank_line(arguments)
    into = line_basis(arguments, (), out.account.party, credit=True, name="line_in")
    failed = dict(into.failed) | short(there.held(base.amount.currency), base.amount)
    if into.amount.currency == base.amount.currency:
        failed["two_currencies"] = into.amount.currency
    rate: dict[str, Canonical] = {"exchange": exchanged(base.amount, into.amount, out)}
    return base.with_failed(failed, {**into.facts, **rate})


def _convert(execution: Execution) -> None:
    line, line_in = bank_line(execution.arguments), bank_line(execution.arguments, "line_in")
    for each in (line, line_in):
        match_booked(execution, each)
    out, into = (Money(abs(each.amount_minor), each.currency) for each in (line, line_in))
    split = pot(execution.arguments).converted(out, into, execution.write)
    execution.enter("convert", *split.lines, line=line, fx=split.fx)


register(
    Action(
        "bank.book_fee",
        (a.identifier("line"), DONOR, FUNDING, PROGRAMME, CONTRACT),
        _fee_basis,
        _book_fee,
    )
)
register(
    Action("bank.book_interest", (a.identifier("line"), DONOR, FUNDING), _interest_basis, _book_interest)
)
register(
    Action(
        "bank.convert",
        (a.identifier("line"), a.identifier("line_in"), DONOR, FUNDING, PROGRAMME),
        _convert_basis,
        _convert,
    )
)
