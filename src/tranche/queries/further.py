"""What may be done beside a record's own steps: money back, roll-overs, advances, money that came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tranche.kernel.chart import Kind
from tranche.kernel.holds import ScopeKind
from tranche.kernel.step_back import SUFFIX
from tranche.ledger.balances import balances
from tranche.models import Advance, Agreement, Contract, FundRule, Payment, Record, SpendingRule, Tranche

LIVE: Final = ("signed", "in_force")
BEFORE_AUTHORISED: Final = ("announced", "agreed", "in_procedure")
ASKED_BY_LINK: Final = frozenset(
    {("lot", "made"), ("lot", "rejected"), ("payee", "proposed"), ("payee", "verified")}
)


@dataclass(frozen=True, slots=True)
class Further:
    """One action with what is known of its form already."""

    action: str
    known: Mapping[str, str]


def further(kind: str, state: str, ref: str) -> tuple[Further, ...]:
    """The acts that belong on the page of this record."""
    return (*_of_money(kind, state, ref), *_back(kind, ref), _hold(kind, ref))


def _back(kind: str, ref: str) -> tuple[Further, ...]:
    """The way back, where the record took a step since it was made."""
    taken = Record.objects.using("read").filter(ref=ref, version__gt=1).exists()
    return (Further(kind + SUFFIX, {kind: ref}),) if taken else ()


def _hold(kind: str, ref: str) -> Further:
    """A hold over the record, or over all that belongs to it where it is an agreement or a programme."""
    scope = kind if kind in (ScopeKind.AGREEMENT, ScopeKind.PROGRAMME) else ScopeKind.RECORD.value
    return Further("hold.place", {"over": scope, "over_ref": ref})


def _of_money(kind: str, state: str, ref: str) -> tuple[Further, ...]:
    if kind == "agreement" and state in LIVE:
        return _of_agreement(Agreement.objects.using("read").get(ref=ref))
    if kind == "tranche":
        rows = Tranche.objects.using("read").select_related("agreement", "donor")
        return _of_tranche(rows.get(ref=ref), state)
    if kind == "contract" and state == "signed":
        return (*_run_of(ref), *_of_contract(Contract.objects.using("read").get(ref=ref)), *_link(ref))
    if (kind, state) in ASKED_BY_LINK:
        return _link(ref)
    return ()


def _run_of(ref: str) -> tuple[Further, ...]:
    """Several drafted payments of a contract may be released by one decision, others with them."""
    waiting = Payment.objects.using("read").filter(contract__ref=ref, record__state="drafted").count()
    return (Further("payment.release_many", {}),) if waiting > 1 else ()


def _link(ref: str) -> tuple[Further, ...]:
    """Documents that the supplier has are asked for by a link."""
    return (Further("evidence.issue_link", {"record": ref}),)


def _of_agreement(agreement: Agreement) -> tuple[Further, ...]:
    found = [Further("advance.open", {"agreement": agreement.ref})]
    rules = FundRule.objects.using("read").filter(
        agreement=agreement, ended_on__isnull=True, donor__isnull=True
    )
    for rule in rules.exclude(rule=SpendingRule.EARMARK).order_by("fund"):
        found.append(Further("fund.roll_over", {"funding": rule.fund}))
    for row in (
        Advance.objects.using("read").filter(agreement=agreement, closed_on__isnull=True).order_by("ref")
    ):
        found += [Further(f"advance.{act}", {"advance": row.ref}) for act in ("draw", "reimburse", "close")]
    return tuple(found)


def _of_tranche(tranche: Tranche, state: str) -> tuple[Further, ...]:
    found: list[Further] = []
    if state in BEFORE_AUTHORISED:
        found.append(Further("condition.add", {"tranche": tranche.ref}))
    donor = {"donor": tranche.donor.ref}
    if state in ("authorised", "sent", "received") and _unassigned(tranche):
        found.append(Further("tranche.confirm_receipt", {"tranche": tranche.ref}))
    if state == "received":
        own = donor | _own_fund(tranche)
        found.append(Further("payment.draft", {"purpose": "return", **own}))
        found.append(Further("bank.set_aside", own))
        if tranche.agreement.spending_rule == SpendingRule.EARMARK:
            known = {"funding": tranche.ref, "purpose": "earmark_changes"}
            found.append(Further("fund.roll_over", known))
    return tuple(found)


def _unassigned(tranche: Tranche) -> bool:
    rows = balances(kinds=(Kind.UNASSIGNED,), holders=(tranche.donor.ref,))
    return any(row.balance for row in rows if row.currency == tranche.currency)


def _own_fund(tranche: Tranche) -> dict[str, str]:
    """Where the donor's money of this tranche lies apart, if it does."""
    if tranche.agreement.spending_rule == SpendingRule.EARMARK:
        return {"funding": tranche.ref}
    own = FundRule.objects.using("read").filter(
        agreement=tranche.agreement, donor=tranche.donor, ended_on__isnull=True
    )
    apart = own.order_by("valid_from").values_list("fund", flat=True).last()
    if apart is None and tranche.agreement.spending_rule == SpendingRule.PRO_RATA:
        apart = tranche.agreement.pool_ref
    return {"funding": apart} if apart else {}


def _of_contract(contract: Contract) -> tuple[Further, ...]:
    advance = Advance.objects.using("read").filter(ref=contract.funding_ref, closed_on__isnull=True).first()
    drawn = (Further("advance.draw", {"advance": advance.ref, "contract": contract.ref}),) if advance else ()
    drafted = contract.payments.using("read").filter(record__state="drafted").count()
    return (*drawn, *((Further("payment.release_many", {}),) if drafted > 1 else ()))
