"""A parked line gets its paper: a receipt, a refund, our own money back, or what a donor's bank took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tranche.actions import arguments as a
from tranche.actions.bank import brought, known_origin
from tranche.actions.bank_lines import (
    bank_line,
    line_basis,
    line_facts,
    match_booked,
    match_of,
    release_lines,
)
from tranche.actions.chains import contract_situation
from tranche.actions.execution import Execution
from tranche.actions.funds import funding, live, short
from tranche.actions.lookup import agreement_situation, find, recipient_situation, tranche_chain
from tranche.actions.receipts import receive
from tranche.actions.refunds import book_refund, refund
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.ledger import AccountSpec, Fund, Kind, Line
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument
from tranche.ledger.balances import Balance, balances
from tranche.ledger.journal import entries
from tranche.models import BankLine, Contract, Programme, SetAside, Tranche

TARGETS = ("tranche", "origin", "contract", "programme", "funding", "set_aside")
AWAITING = ("authorised", "sent", "received")


def target_of(arguments: Arguments) -> str:
    """Which of the targets is named; raises BadArgument unless it is exactly one."""
    named = [name for name in TARGETS if name in arguments]
    if len(named) != 1:
        raise BadArgument("tranche", "one_target", " ".join(named))
    return named[0]


def _basis(arguments: Arguments, _today: date) -> Basis:
    target = target_of(arguments)
    if target == "set_aside":
        return _taken_back(arguments)
    line = bank_line(arguments)
    waiting = parked(line)
    base = _BASES[target](arguments, line, waiting)
    match = match_of(line)
    failed = (
        {}
        if match and match.target_kind == "suspense"
        else {"line_parked": match.target_ref if match else ""}
    )
    is_unknown = all(row.fund is None for row in waiting)
    if is_unknown and target in ("programme", "funding"):
        failed["payer_known"] = base.ref
    if not is_unknown and target in ("tranche", "origin"):
        failed["own_money_back"] = ", ".join(sorted({row.pool or row.fund or "" for row in waiting}))
    return base.with_failed(failed, {**line_facts(line), "owner": line.account.party.ref})


def parked(line: BankLine) -> tuple[Balance, ...]:
    """What of a line lies in suspense: money of nobody known, or of a fund that it came back to."""
    rows = balances(kinds=(Kind.SUSPENSE,), holders=(line.id,), using="default")
    return tuple(row for row in rows if row.balance)


def _for_tranche(arguments: Arguments, line: BankLine, _waiting: tuple[Balance, ...]) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    failed = {}
    if tranche.record.state not in AWAITING:
        failed["tranche_awaits"] = f"{tranche.ref} {tranche.record.state}"
    if line.currency != tranche.currency:
        failed["same_currency"] = f"{line.currency} {tranche.currency}"
    if line.account.party_id != tranche.agreement.recipient_id:
        failed["same_account"] = line.account.iban
    around = agreement_situation(tranche.agreement, tranche_chain(tranche), tranche.record)
    return Basis(
        situation=replace(around, owner=tranche.agreement.recipient.ref),
        ref=tranche.ref,
        holder=tranche.donor,
        record=tranche.record,
        facts={
            "booked_as": ["tranche", tranche.ref],
            "donor_name": tranche.donor.name,
            "origin_title": tranche.origin.title,
        },
        amount=Money(line.amount_minor, line.currency),
        failed=failed,
        evidence=brought(arguments),
    )


def _for_origin(arguments: Arguments, line: BankLine, _waiting: tuple[Balance, ...]) -> Basis:
    origin = known_origin(arguments["origin"])
    return Basis(
        situation=recipient_situation(line.account.party, None, [], None),
        ref=origin.party.ref,
        holder=line.account.party,
        facts={
            "booked_as": ["unassigned", origin.party.ref],
            "donor_name": origin.party.name,
            "origin_title": origin.title,
        },
        amount=Money(line.amount_minor, line.currency),
        evidence=brought(arguments),
    )


def _for_contract(arguments: Arguments, line: BankLine, waiting: tuple[Balance, ...]) -> Basis:
    contract = find(Contract, arguments["contract"])
    is_unknown = all(row.fund is None for row in waiting)
    back = refund(arguments, contract, line) if is_unknown else None
    failed = dict(back.failed) if back else _other_fund(waiting, contract.funding_ref)
    return Basis(
        situation=contract_situation(contract, None),
        ref=contract.ref,
        holder=contract.programme.holder,
        facts={"booked_as": ["contract", contract.ref], **(back.facts if back else {})},
        amount=Money(line.amount_minor, line.currency),
        failed=failed,
        evidence=brought(arguments),
    )


def _for_programme(arguments: Arguments, line: BankLine, waiting: tuple[Balance, ...]) -> Basis:
    programme = find(Programme, arguments["programme"])
    funds = sorted({row.pool or row.fund or "" for row in waiting})
    agreement = funding(funds[0]).agreement if funds and funds[0] else None
    return Basis(
        situation=recipient_situation(programme.holder, agreement, [], None),
        ref=programme.ref,
        holder=programme.holder,
        facts={"booked_as": ["programme", programme.ref]},
        amount=Money(line.amount_minor, line.currency),
        evidence=brought(arguments),
    )


def _for_fund(arguments: Arguments, line: BankLine, waiting: tuple[Balance, ...]) -> Basis:
    """Back to where it was before it was paid out: the fund itself, or the one that took it over."""
    source = live(str(arguments["funding"]))
    return Basis(
        situation=recipient_situation(source.agreement.recipient, source.agreement, [], None),
        ref=source.ref,
        holder=source.agreement.recipient,
        facts={
            "agreement_ref": source.agreement.ref,
            "booked_as": ["funding", source.ref],
        },
        amount=Money(line.amount_minor, line.currency),
        failed=_other_fund(waiting, source.ref),
        evidence=brought(arguments),
    )


def _other_fund(waiting: tuple[Balance, ...], wanted: str) -> dict[str, str]:
    """Money that came back keeps its fund: the target must be of it, or of what it was rolled over into."""
    funds = {live(row.pool or row.fund or "").ref for row in waiting if row.fund}
    return {"same_fund": ", ".join(sorted(funds))} if funds - {live(wanted).ref} else {}


_BASES = {
    "tranche": _for_tranche,
    "origin": _for_origin,
    "contract": _for_contract,
    "programme": _for_programme,
    "funding": _for_fund,
}


@dataclass(frozen=True, slots=True)
class _Kept:
    kept: SetAside
    account: Balance | None

    @property
    def there(self) -> int:
        return self.account.balance if self.account else 0


def _kept(arguments: Arguments) -> _Kept:
    kept = find(SetAside, arguments["set_aside"])
    rows = balances(kinds=(Kind.SUSPENSE,), holders=(kept.ref,), using="default")
    return _Kept(kept, rows[0] if rows else None)


def _taken_back(arguments: Arguments) -> Basis:
    """The donor's bank took the money that was set aside for it."""
    found = _kept(arguments)
    own = bank_line(arguments).account.party
    line = line_basis(arguments, (found.kept.currency,), own, credit=False)
    agreement = funding(found.kept.funding_ref).agreement if found.kept.funding_ref else None
    return Basis(
        situation=recipient_situation(own, agreement, [], None),
        ref=found.kept.ref,
        holder=own,
        facts={
            **line.facts,
            "agreement_ref": agreement.ref if agreement else "",
            "booked_as": ["returned", found.kept.donor.ref],
            "donor_name": found.kept.donor.name,
            "owner": own.ref,
        },
        amount=line.amount,
        failed={**line.failed, **short(found.there, line.amount)},
        evidence=brought(arguments),
    )


def _identify(execution: Execution) -> None:
    target = target_of(execution.arguments)
    line = bank_line(execution.arguments)
    execution.file_evidence(None)
    if target == "set_aside":
        match_booked(execution, line)
        _pay_back(execution, line)
        return
    waiting, match = parked(line), match_of(line)
    assert match is not None, "a line that is identified was parked"
    release_lines(execution, [match])
    match_booked(execution, line)
    if any(row.fund for row in waiting):
        execution.enter("confirm", *_returned(execution, target, waiting), line=line)
        return
    _undo_parking(execution, line, match.decision_id)
    _receive_anew(execution, target, line)


def _pay_back(execution: Execution, line: BankLine) -> None:
    found = _kept(execution.arguments)
    assert found.account is not None, "what was set aside lies in an account of its own"
    fund = _fund_of(found.account)
    source = AccountSpec(Kind.SUSPENSE, found.kept.ref, fund, line.currency)
    target = AccountSpec(Kind.RETURNED, found.kept.donor.ref, fund, line.currency)
    execution.enter("confirm", Line(source, target, -line.amount_minor), line=line)


def _undo_parking(execution: Execution, line: BankLine, decision_id: str) -> None:
    """The receipt from nobody known is reversed on the day on which it is received anew."""
    for entry in entries(decision_id=decision_id, using="default"):
        if entry.kind == "receive":
            execution.undo(entry.id, execution.booking_day(line))


def _receive_anew(execution: Execution, target: str, line: BankLine) -> None:
    if target == "tranche":
        tranche = find(Tranche, execution.arguments["tranche"])
        receive(tranche, line, execution)
        execution.event(execution.record, "tranche.confirm_receipt", "received")
    elif target == "origin":
        origin = known_origin(execution.arguments["origin"])
        source = AccountSpec(Kind.ORIGIN, origin.ref, None, line.currency)
        own = AccountSpec(Kind.UNASSIGNED, origin.party.ref, None, line.currency)
        execution.enter("receive", Line(source, own, line.amount_minor), line=line)
    else:
        book_refund(execution, find(Contract, execution.arguments["contract"]), line)


def _returned(execution: Execution, target: str, waiting: tuple[Balance, ...]) -> tuple[Line, ...]:
    """Each fund's money by itself, to the same fund elsewhere or to what took it over."""
    lines = []
    for row in waiting:
        source = AccountSpec(Kind.SUSPENSE, row.holder, _fund_of(row), row.currency)
        if target == "funding":
            to = live(str(execution.arguments["funding"])).share(row.donor or "", row.currency)
        else:
            kind = Kind.CONTRACT if target == "contract" else Kind.PROGRAMME
            to = AccountSpec(kind, execution.text(target), _fund_of(row), row.currency)
        lines.append(Line(source, to, row.balance))
    return tuple(lines)


def _fund_of(row: Balance) -> Fund | None:
    return Fund(row.fund, row.pool, row.donor) if row.fund else None


register(
    Action(
        "bank.identify",
        (
            a.identifier("line"),
            a.ref("tranche", required=False),
            a.text("origin", required=False, most=60),
            a.ref("contract", required=False),
            a.ref("programme", required=False),
            a.fund("funding", required=False),
            a.ref("set_aside", required=False),
            a.money("instructed", required=False),
            a.evidence(),
        ),
        _basis,
        _identify,
    )
)
