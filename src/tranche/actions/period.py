"""A period is closed once the books and the bank's statements agree: no line open, no cent apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.chart import HOLDINGS, Kind
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import UnknownReference
from tranche.ledger.balances import AsOf, balances
from tranche.ledger.close import close, closes
from tranche.models import AccountUse, Advance, BankAccount, BankLine, BankStatement, free

AT_THE_BANK = HOLDINGS - {Kind.PREPAID}
"""Kinds whose money lies on the accounts of the mechanism; what is prepaid is with the supplier."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the books hold and what the bank says, by currency, on the last day of a period."""

    held: Mapping[str, int]
    stated: Mapping[str, int]

    @property
    def differences(self) -> dict[str, int]:
        """What the books hold beyond the bank, or lack, where it is not nothing."""
        currencies = sorted({*self.held, *self.stated})
        found = {code: self.held.get(code, 0) - self.stated.get(code, 0) for code in currencies}
        return {code: amount for code, amount in found.items() if amount}


def prove(upto: date) -> Proof:
    """Compare the books with the statements at the end of a day, without what a state pays first."""
    advances = set(Advance.objects.values_list("ref", flat=True))
    held: dict[str, int] = {}
    for row in balances(kinds=sorted(AT_THE_BANK), when=AsOf(booked_on=upto), using="default"):
        if row.fund not in advances:
            held[row.currency] = held.get(row.currency, 0) + row.balance
    stated: dict[str, int] = {}
    for account in accounts():
        lines = BankLine.objects.filter(account=account, booked_on__lte=upto)
        moved = lines.aggregate(total=Sum("amount_minor"))["total"] or 0
        stated[account.currency] = stated.get(account.currency, 0) + account.opening_minor + moved
    return Proof(_nonzero(held), _nonzero(stated))


def _nonzero(sums: Mapping[str, int]) -> dict[str, int]:
    return {code: amount for code, amount in sorted(sums.items()) if amount}


def accounts() -> list[BankAccount]:
    """The bank accounts of the mechanism."""
    rows = BankAccount.objects.select_related("party").filter(use=AccountUse.MECHANISM)
    return list(rows.order_by("party__ref", "iban", "currency"))


def _basis(arguments: Arguments, today: date) -> Basis:
    upto, own = date.fromisoformat(str(arguments["upto"])), accounts()
    if not own:
        raise UnknownReference("bank account", "mechanism")
    owner = own[0].party
    proof = prove(upto)
    parties = frozenset(account.party.ref for account in own)
    return Basis(
        situation=Situation(owner=owner.ref, parties=parties, named=parties, recipient=owner.ref),
        ref=upto.isoformat(),
        holder=owner,
        facts={
            "books_hold": _listed(proof.held),
            "bank_states": _listed(proof.stated),
            "owner": owner.ref,
        },
        failed=_failed(upto, today, proof),
    )


def _listed(sums: Mapping[str, int]) -> list[Canonical]:
    return [{"amount_minor": amount, "currency": code} for code, amount in sums.items()]


def _failed(upto: date, today: date, proof: Proof) -> dict[str, str]:
    failed: dict[str, str] = {}
    last = [row.upto for row in closes("default")]
    if last and upto <= last[-1]:
        failed["after_last_close"] = last[-1].isoformat()
    if upto >= today:
        failed["day_is_over"] = upto.isoformat()
    late = [account.iban for account in accounts() if not _reaches(account, upto)]
    if late:
        failed["statements_reach"] = ", ".join(late)
    own = [account.pk for account in accounts()]
    waiting = free(BankLine.objects.filter(account__in=own, booked_on__lte=upto)).order_by("booked_on")
    if waiting:
        failed["lines_booked"] = ", ".join(_named(line) for line in waiting[:5])
    if proof.differences:
        failed["bank_agrees"] = ", ".join(f"{amount} {code}" for code, amount in proof.differences.items())
    return failed


def _reaches(account: BankAccount, upto: date) -> bool:
    """Whether the last statement covers the day; an account that never had one says nothing yet."""
    last = BankStatement.objects.filter(account=account, next__isnull=True).first()
    return last is None or (last.to_on is not None and last.to_on >= upto)


def _named(line: BankLine) -> str:
    return f"{line.booked_on.isoformat()} {line.amount_minor} {line.currency}"


def _close(execution: Execution) -> None:
    close(execution.day("upto"), write=execution.write)


register(Action("period.close", (a.day("upto"),), _basis, _close))
