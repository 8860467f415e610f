"""The payment chain: a contract with its milestones, payments and lots, and who stands where around them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tranche.actions.funds import agreement_of
from tranche.actions.lookup import recipient_situation
from tranche.actions.people import ties_to
from tranche.kernel.canonical import Canonical
from tranche.kernel.policy import Situation
from tranche.models import Contract, Lot, Milestone, Party, Payment, Record
from tranche.store import clock


def contract_live(contract: Contract) -> dict[str, str]:
    """The failed guard of work under a contract that was cancelled, terminated or closed, or nothing."""
    state = contract.record.state
    return {} if state in ("draft", "signed") else {"contract_live": f"{contract.ref} {state}"}


def contract_chain(*contracts: Contract) -> list[str]:
    """The contracts with their milestones, payments and lots: the payment chain."""
    below = (Milestone, Payment, Lot)
    rows = (model._default_manager.filter(contract__in=contracts) for model in below)
    return [
        *(contract.record_id for contract in contracts),
        *(record for found in rows for record in found.values_list("record_id", flat=True)),
    ]


def contract_situation(contract: Contract, record: Record | None) -> Situation:
    """Who stands where around a contract; a declared interest in its supplier counts on the whole chain."""
    return contracts_situation([contract], [record] if record else [])


def contracts_situation(contracts: Sequence[Contract], records: Collection[Record]) -> Situation:
    """Who stands where around contracts of one holder under one agreement, and these records of theirs.

    A grant for one programme or contract covers what lies in it alone.
    """
    first = contracts[0]
    programmes, refs = {row.programme.ref for row in contracts}, {row.ref for row in contracts}
    around = recipient_situation(
        first.programme.holder,
        agreement_of(first.funding_ref),
        contract_chain(*contracts),
        *records,
        programme=next(iter(programmes)) if len(programmes) == 1 else "",
        contract=next(iter(refs)) if len(refs) == 1 else "",
    )
    return about_suppliers(around, *(row.supplier for row in contracts))


def about_suppliers(around: Situation, *suppliers: Party) -> Situation:
    """The same with the people who declared an interest in one of these suppliers."""
    ties = ties_to(suppliers, clock.today())
    return replace(around, interested=frozenset(person for person, _ in ties), ties=ties)


def group_of(party: Party) -> dict[str, Canonical]:
    """The fact that other parties have the same owner, where that is known."""
    return {"ownership_group": party.ownership_group} if party.ownership_group else {}


def live_payments_minor(payments: Collection[Payment]) -> int:
    """What drafted, released and settled payments add up to; failed and cancelled ones do not count."""
    return sum(row.amount_minor for row in payments if row.record.state in ("drafted", "released", "settled"))
