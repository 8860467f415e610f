"""A state pays first: an advance with a limit, drawn for a contract, repaid with donors' money, closed."""

from __future__ import annotations

import uuid
from datetime import date

from tranche.actions import arguments as a
from tranche.actions.bank import brought
from tranche.actions.bank_lines import LineBasis, bank_line, exchanged, line_basis, match_booked
from tranche.actions.chains import contract_situation
from tranche.actions.execution import Execution
from tranche.actions.funds import Funding, funding, held, left, short, spendable
from tranche.actions.lookup import find, free_ref, recipient_situation
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, Fund, Kind, Line
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.ledger.accounts import close_account, open_account
from tranche.ledger.balances import balances
from tranche.ledger.flows import conversion_for, lines_for
from tranche.models import Advance, Agreement, Contract, Party

UNSPENT = (Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID)


def _open_basis(arguments: Arguments, _today: date) -> Basis:
    party, agreement = find(Party, arguments["party"]), find(Agreement, arguments["agreement"])
    failed = {}
    if agreement.record.state not in ("signed", "in_force"):
        failed["agreement_live"] = agreement.ref
    if agreement.recipient_id != party.id:
        failed["own_money"] = agreement.ref
    return Basis(
        situation=recipient_situation(party, agreement, [], None),
        ref=free_ref(arguments),
        holder=party,
        facts={"agreement_title": agreement.title, "agreement_ref": agreement.ref, "owner": party.ref},
        amount=a.money_of(arguments, "limit"),
        failed=failed,
        evidence=brought(arguments),
    )


def _open(execution: Execution) -> None:
    limit, party = execution.money("limit"), find(Party, execution.arguments["party"])
    opened = Advance.objects.create(
        id=str(uuid.uuid4()),
        ref=execution.text("ref"),
        party=party,
        agreement=find(Agreement, execution.arguments["agreement"]),
        limit_minor=limit.amount_minor,
        currency=limit.currency,
        opened_on=execution.today,
        log_seq=execution.write.seq,
    )
    execution.created["id"] = opened.id
    execution.wrote("advance", opened.id)
    execution.file_evidence(None)
    open_account(account_of(opened), write=execution.write, limit_minor=limit.amount_minor)


def account_of(advance: Advance) -> AccountSpec:
    """The account that a state's advance is drawn from and repaid into."""
    return AccountSpec(Kind.ADVANCE, advance.party.ref, Fund(advance.ref), advance.currency)


def owed_minor(advance: Advance) -> int:
    """What was drawn and neither released nor repaid."""
    return -held(Kind.ADVANCE, advance.party.ref, advance.ref, advance.currency)


def _facts(advance: Advance) -> dict[str, Canonical]:
    return {
        "agreement_ref": advance.agreement.ref,
        "limit": {"amount_minor": advance.limit_minor, "currency": advance.currency},
        "owner": advance.party.ref,
    }


def _draw_basis(arguments: Arguments, _today: date) -> Basis:
    advance, contract = find(Advance, arguments["advance"]), find(Contract, arguments["contract"])
    amount = a.money_of(arguments, "amount")
    if amount.currency != advance.currency:
        raise CurrencyDiffers(amount.currency, advance.currency)
    failed = spendable(funding(advance.ref), contract.programme.holder)
    failed |= short(advance.limit_minor - owed_minor(advance), amount)
    if contract.funding_ref != advance.ref:
        failed["same_fund"] = contract.funding_ref
    if contract.record.state != "signed":
        failed["contract_signed"] = f"{contract.ref} {contract.record.state}"
    return Basis(
        situation=contract_situation(contract, None),
        ref=advance.ref,
        holder=advance.party,
        facts={**_facts(advance), "contract_title": contract.title, "supplier": contract.supplier.name},
        amount=amount,
        failed=failed,
        subjects=frozenset({f"party:{contract.supplier.ref}", f"contract:{contract.ref}"}),
    )


def _draw(execution: Execution) -> None:
    advance, contract = (
        find(Advance, execution.arguments["advance"]),
        find(Contract, execution.arguments["contract"]),
    )
    source = account_of(advance)
    target = AccountSpec(Kind.CONTRACT, contract.ref, source.fund, advance.currency)
    execution.enter("prefinance", Line(source, target, execution.money("amount").amount_minor))


def _reimburse_basis(arguments: Arguments, _today: date) -> Basis:
    advance, source = find(Advance, arguments["advance"]), funding(arguments["funding"])
    if source.advance:
        raise BadArgument("funding", "choice", source.ref)
    line = line_basis(arguments, (), source.agreement.recipient, credit=False)
    repaid = _repaid(advance, line)
    failed = {**line.failed, **spendable(source, advance.party)}
    failed |= short(
        held(source.place.kind, source.place.holder, source.ref, line.amount.currency), line.amount
    )
    programmes = {contract.programme.ref for contract in _contracts(advance)}
    if source.earmarks and not programmes <= source.earmarks:
        failed["earmark_covers"] = source.ref
    facts: dict[str, Canonical] = {
        **line.facts,
        **_facts(advance),
        "booked_as": ["advance", advance.ref],
        "agreement_ref": source.agreement.ref,
        "spending_rule": source.rule,
    }
    if repaid is None:
        failed["instructed_given"] = advance.currency
    else:
        over = repaid.amount_minor - owed_minor(advance)
        if over > 0:
            failed["not_above_drawn"] = f"{over} {advance.currency}"
        if repaid.currency != line.amount.currency:
            facts["exchange"] = exchanged(line.amount, repaid, line.line)
    return Basis(
        situation=recipient_situation(advance.party, source.agreement, [], None),
        ref=advance.ref,
        holder=advance.party,
        facts=facts,
        amount=line.amount,
        failed=failed,
        subjects=frozenset({f"party:{advance.party.ref}"}),
    )


def _contracts(advance: Advance) -> list[Contract]:
    return list(Contract.objects.select_related("programme").filter(funding_ref=advance.ref))


def _repaid(advance: Advance, line: LineBasis) -> Money | None:
    """What the state got, in the currency in which it paid first; None where nobody says."""
    if line.amount.currency == advance.currency:
        return line.amount
    return line.instructed if line.instructed and line.instructed.currency == advance.currency else None


def _reimburse(execution: Execution) -> None:
    advance, source = (
        find(Advance, execution.arguments["advance"]),
        funding(execution.arguments["funding"]),
    )
    line = bank_line(execution.arguments)
    basis = line_basis(execution.arguments, (), line.account.party, credit=False)
    match_booked(execution, line)
    to, repaid = account_of(advance), _repaid(advance, basis)
    assert repaid is not None, "what was repaid is known, or a guard has failed"
    if repaid.currency == basis.amount.currency:
        execution.enter("reimburse", *_direct(execution, source, to, repaid), line=line)
        return
    split = conversion_for(
        source.restriction, source.place, source.place, basis.amount, repaid, write=execution.write, to=to
    )
    execution.enter("reimburse", *split.lines, line=line, fx=split.fx)


def _direct(execution: Execution, source: Funding, to: AccountSpec, amount: Money) -> tuple[Line, ...]:
    """Each donor's share into the one account of the advance."""
    there = source.place._replace(kind=to.kind, holder=to.holder)
    lines = lines_for(
        source.restriction, amount.currency, source.place, there, amount.amount_minor, write=execution.write
    )
    return tuple(Line(line.source, to, line.amount_minor) for line in lines)


def _close_basis(arguments: Arguments, _today: date) -> Basis:
    advance = find(Advance, arguments["advance"])
    there = left(balances(kinds=(Kind.ADVANCE, *UNSPENT), restriction=advance.ref, using="default"))
    failed = {"balance_zero": there} if there else {}
    if advance.closed_on is not None:
        failed["advance_open"] = advance.ref
    return Basis(
        situation=recipient_situation(advance.party, advance.agreement, [], None),
        ref=advance.ref,
        holder=advance.party,
        facts=_facts(advance),
        failed=failed,
    )


def _close(execution: Execution) -> None:
    advance = find(Advance, execution.arguments["advance"])
    execution.created["id"] = advance.id
    execution.wrote("advance", advance.id)
    Advance.objects.filter(pk=advance.pk).update(closed_on=execution.today, closed_seq=execution.write.seq)
    close_account(account_of(advance).code, execution.decision.reason or "repaid", write=execution.write)


register(
    Action(
        "advance.open",
        (a.ref("ref"), a.ref("party"), a.ref("agreement"), a.money("limit"), a.evidence()),
        _open_basis,
        _open,
    )
)
register(Action("advance.draw", (a.ref("advance"), a.ref("contract"), a.money("amount")), _draw_basis, _draw))
register(
    Action(
        "advance.reimburse",
        (
            a.ref("advance"),
            a.fund("funding"),
            a.identifier("line"),
            a.money("instructed", required=False),
        ),
        _reimburse_basis,
        _reimburse,
    )
)
register(Action("advance.close", (a.ref("advance"),), _close_basis, _close))
