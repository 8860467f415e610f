"""The payment chain: a contract with its milestones, payments and lots, and who stands where around them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tranche.actions.funds import agreement_of
from tranche.actions.lookup import recipient_situation
from tranche.actions.people import interested
from tranche.kernel.canonical import Canonical
from tranche.kernel.policy import Situation
from tranche.models import Contract, Party, Payment, Record
from tranche.store import clock


def contract_live(contract: Contract) -> dict[str, str]:
    """The failed guard of work under a contract that was cancelled, terminated or closed, or nothing."""
    state = contract.record.state
    return {} if state in ("draft", "signed") else {"contract_live": f"{contract.ref} {state}"}


def contract_chain(contract: Contract) -> list[str]:
    """The contract with its milestones, payments and lots: the payment chain."""
    return [
        contract.record_id,
        *contract.milestones.values_list("record_id", flat=True),
        *contract.payments.values_list("record_id", flat=True),
        *contract.lots.values_list("record_id", flat=True),
    ]


def contract_situation(contract: Contract, record: Record | None) -> Situation:
    """Who stands where around a contract; a declared interest in its supplier counts on the whole chain."""
    agreement = agreement_of(contract.funding_ref)
    around = recipient_situation(
        contract.programme.holder,
        agreement,
        contract_chain(contract),
        record,
        programme=contract.programme.ref,
        contract=contract.ref,
    )
    return about_supplier(around, contract.supplier)


def about_supplier(around: Situation, supplier: Party) -> Situation:
    """The same with the people who declared an interest in this supplier."""
    return replace(around, interested=interested(supplier, clock.today()))


def group_of(party: Party) -> dict[str, Canonical]:
    """The fact that other parties have the same owner, where that is known."""
    return {"ownership_group": party.ownership_group} if party.ownership_group else {}


def live_payments_minor(payments: Collection[Payment]) -> int:
    """What drafted, released and settled payments add up to; failed and cancelled ones do not count."""
    return sum(row.amount_minor for row in payments if row.record.state in ("drafted", "released", "settled"))
