"""Bank lines that nobody can place yet, and money that a donor's bank asks back."""

from __future__ import annotations

import uuid
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.bank_lines import bank_line, line_basis, match_booked
from tranche.actions.execution import Execution
from tranche.actions.funds import short
from tranche.actions.lookup import agreement_of_donor, find, free_ref, recipient_situation
from tranche.actions.origins import origin_account
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.returns import donor_situation, own_account, own_fund, returnable, there_minor
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, Kind, Line
from tranche.kernel.refusals import BadArgument, UnknownReference
from tranche.models import AccountUse, BankAccount, BankLine, Origin, Party, SetAside


def known_origin(ref: Canonical) -> Origin:
    """A registered origin of a donor's money; raises BadArgument."""
    origin = Origin.objects.select_related("party").filter(ref=ref).first()
    if origin is None or origin.kind in ("unknown", "interest"):
        raise BadArgument("origin", "choice", str(ref))
    return origin


def _park_basis(arguments: Arguments, _today: date) -> Basis:
    own = bank_line(arguments).account.party
    line = line_basis(arguments, (), own, credit=True)
    facts: dict[str, Canonical] = {**line.facts, "owner": own.ref}
    if "origin" in arguments:
        origin = known_origin(arguments["origin"])
        ref, kind = origin.party.ref, "unassigned"
        facts |= {"donor_name": origin.party.name, "origin_title": origin.title}
    else:
        ref, kind = line.line.id[:8].upper(), "suspense"
    return Basis(
        situation=recipient_situation(own, None, [], None),
        ref=ref,
        holder=own,
        facts={**facts, "booked_as": [kind, ref]},
        amount=line.amount,
        failed=line.failed,
    )


def _park(execution: Execution) -> None:
    line = bank_line(execution.arguments)
    match_booked(execution, line)
    if "origin" in execution.arguments:
        origin = known_origin(execution.arguments["origin"])
        source = AccountSpec(Kind.ORIGIN, origin.ref, None, line.currency)
        target = AccountSpec(Kind.UNASSIGNED, origin.party.ref, None, line.currency)
    else:
        source = origin_account(line.account.party, "unknown", line.currency)
        target = parked_account(line)
    execution.enter("receive", Line(source, target, line.amount_minor), line=line)


def parked_account(line: BankLine) -> AccountSpec:
    """Where a line waits for its paper: an account of its own."""
    return AccountSpec(Kind.SUSPENSE, line.id, None, line.currency)


def _set_aside_basis(arguments: Arguments, _today: date) -> Basis:
    amount, donor = a.money_of(arguments, "amount"), find(Party, arguments["donor"])
    source = returnable(str(arguments.get("funding", "")), donor)
    agreement = source.agreement if source else agreement_of_donor(donor)
    owner = agreement.recipient if agreement else keeper(amount.currency)
    account = own_account(source, donor, amount.currency)
    return Basis(
        situation=donor_situation(source, donor, owner, None),
        ref=free_ref(arguments),
        holder=owner,
        facts={
            "donor_name": donor.name,
            "owner": owner.ref,
            "agreement_ref": agreement.ref if agreement else "",
        },
        amount=amount,
        failed={**own_fund(source), **short(there_minor(account), amount)},
        evidence=brought(arguments),
    )


def keeper(currency: str) -> Party:
    """Who keeps the mechanism's account in a currency; raises UnknownReference."""
    rows = BankAccount.objects.select_related("party").filter(currency=currency, use=AccountUse.MECHANISM)
    account = rows.order_by("iban").first()
    if account is None:
        raise UnknownReference("bank account", currency)
    return account.party


def brought(arguments: Arguments) -> frozenset[str]:
    """The kinds of documents that come with a request."""
    rows = cast("list[dict[str, str]]", arguments.get("evidence", ()))
    return frozenset(row["kind"] for row in rows)


def _set_aside(execution: Execution) -> None:
    amount = execution.money("amount")
    donor = find(Party, execution.arguments["donor"])
    source = returnable(execution.text("funding"), donor)
    account = own_account(source, donor, amount.currency)
    kept = SetAside.objects.create(
        id=str(uuid.uuid4()),
        ref=execution.text("ref"),
        donor=donor,
        funding_ref=source.ref if source else "",
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        log_seq=execution.write.seq,
    )
    execution.created["id"] = kept.id
    execution.file_evidence(None)
    target = AccountSpec(Kind.SUSPENSE, kept.ref, account.fund, amount.currency)
    execution.enter("recall", Line(account, target, amount.amount_minor))


register(
    Action("bank.park", (a.identifier("line"), a.text("origin", required=False, most=60)), _park_basis, _park)
)
register(
    Action(
        "bank.set_aside",
        (
            a.ref("ref"),
            a.ref("donor"),
            a.fund("funding", required=False),
            a.money("amount"),
            a.evidence(),
        ),
        _set_aside_basis,
        _set_aside,
    )
)
