"""Contracts with many payments that are drafted: the ground of decisions over many payments."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Max, Model
from tests.office import Office, document, eur

from tranche.models import Contract, Milestone, Payment, Record, RecordEvent

EACH: Final = 50
"""Payments of one decision, each for a milestone of its own."""
DECISIONS: Final = 4
"""Decisions over the payments of one contract, one after the other."""
MINOR: Final = 100

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Orders:
    """The payments of each decision, by reference."""

    batches: tuple[tuple[str, ...], ...]


def ordered(decisions: int, each: int = EACH) -> tuple[Office, Orders]:
    """Payments for so many decisions; contracts are signed one by one, the rest are copies of a real one."""
    office = Office()
    office.verified()
    office.draft_payment("PAY-1", MINOR)
    pattern = Payment.objects.get(ref="PAY-1")
    total = each * min(decisions, DECISIONS)
    contracts = -(-decisions // DECISIONS)
    payments = [_contract(office, number, pattern, total) for number in range(1, contracts + 1)]
    batches = (refs[start : start + each] for refs in payments for start in range(0, total, each))
    return office, Orders(tuple(batches)[:decisions])


def _contract(office: Office, number: int, pattern: Payment, total: int) -> tuple[str, ...]:
    ref = f"CT-{number}"
    office.do(
        "ua.manager",
        "contract.draft",
        ref=ref,
        programme="P-1",
        supplier="MFR-1",
        title=f"Contract {number}",
        funding="LT-UA-2024-T1",
        price=eur(MINOR * total),
        tender_reference=f"T-{number}",
        price_reason="Lowest offer",
    )
    text = [document("contract_text", ref)]
    office.do("ua.manager", "contract.sign", "lt.approver", "ua.approver1", contract=ref, evidence=text)
    return _payments(ref, pattern, total)


@transaction.atomic
def _payments(contract: str, pattern: Payment, total: int) -> tuple[str, ...]:
    assert pattern.milestone is not None
    found = Contract.objects.get(ref=contract)
    refs = [f"{contract}-{position}" for position in range(1, total + 1)]
    stages = _records(pattern.milestone.record, [f"{ref}-M" for ref in refs])
    orders = _records(pattern.record, [f"{ref}-P" for ref in refs])
    milestones = [
        _copy(pattern.milestone, record=row, ref=row.ref, contract=found, amount_minor=MINOR)
        for row in stages
    ]
    Milestone.objects.bulk_create(milestones)
    Payment.objects.bulk_create(
        _copy(
            pattern,
            record=row,
            ref=row.ref,
            contract=found,
            milestone=milestone,
            end_to_end_id=f"TRN-{uuid.uuid4().hex[:26].upper()}",
        )
        for row, milestone in zip(orders, milestones, strict=True)
    )
    return tuple(row.ref for row in orders)


def _records(pattern: Record, refs: Sequence[str]) -> list[Record]:
    """Records that took every step of the pattern."""
    steps = list(RecordEvent.objects.filter(record=pattern).order_by("version"))
    born = {"version": 1, "state": steps[0].to_state}
    rows = [_copy(pattern, id=str(uuid.uuid4()), ref=ref, **born) for ref in refs]
    Record.objects.bulk_create(rows)
    number = itertools.count(1 + (RecordEvent.objects.aggregate(last=Max("id"))["last"] or 0))
    RecordEvent.objects.bulk_create(
        _copy(step, id=next(number), record=row) for step in steps for row in rows
    )
    return list(Record.objects.filter(pk__in=[row.pk for row in rows]).order_by("ref"))


def _copy(pattern: M, **changes: Any) -> M:
    """A new row with the values of the pattern and these instead."""
    values = {field.attname: getattr(pattern, field.attname) for field in pattern._meta.concrete_fields}
    for name, value in changes.items():
        values.pop(f"{name}_id", None)
        values[name] = value
    return type(pattern)(**values)
