"""What may be chosen in a form: records by kind and state, parties, money that is there, free bank lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money, format_amount
from tranche.ledger.balances import balances
from tranche.models import (
    Agreement,
    BankLine,
    Claim,
    Contract,
    Lot,
    Milestone,
    Origin,
    Party,
    Payee,
    Payment,
    Priority,
    Programme,
    Step,
    Tranche,
)

OPTIONS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen: what is stored and what a person recognises it by."""

    value: str
    label: str


_Describe = Callable[[Any], str]

_RECORDS: Final[Mapping[str, tuple[Any, tuple[str, ...], _Describe]]] = {
    "agreement": (Agreement, (), lambda row: row.title),
    "tranche": (Tranche, (), lambda row: row.title),
    "step": (Step, (), lambda row: row.title),
    "programme": (Programme, (), lambda row: row.title),
    "contract": (Contract, (), lambda row: row.title),
    "milestone": (Milestone, (), lambda row: row.title),
    "payment": (Payment, ("milestone",), lambda row: row.milestone.title),
    "lot": (Lot, (), lambda row: f"{row.quantity} {row.unit}"),
    "payee": (Payee, ("party",), lambda row: f"{row.party.name}, {row.iban}"),
    "claim": (Claim, (), lambda row: row.summary[:80]),
    "priority": (Priority, (), lambda row: row.title),
}


def records(kind: str, states: Collection[str] = ()) -> tuple[Choice, ...]:
    """Records of one kind, in these states where any are named."""
    model, related, describe = _RECORDS[kind]
    found = model._default_manager.using("read").select_related("record", *related)
    if states:
        found = found.filter(record__state__in=states)
    return tuple(
        Choice(row.ref, f"{row.ref}: {describe(row)}") for row in found.order_by("ref")[:OPTIONS_MAX]
    )


def parties(kinds: Collection[str] = ()) -> tuple[Choice, ...]:
    found = Party.objects.using("read")
    chosen = found.filter(kind__in=kinds) if kinds else found.all()
    return tuple(Choice(row.ref, f"{row.ref}: {row.name}") for row in chosen.order_by("ref")[:OPTIONS_MAX])


def origins() -> tuple[Choice, ...]:
    found = Origin.objects.using("read").order_by("ref")[:OPTIONS_MAX]
    return tuple(Choice(row.ref, f"{row.ref}: {row.title}") for row in found)


def money(language: str) -> tuple[Choice, ...]:
    """Tranches spent on their own and pools, each with what lies in it unallocated."""
    there: dict[tuple[str, str], int] = {}
    for row in balances(kinds=(Kind.TRANCHE, Kind.POOL)):
        ref = row.pool or row.fund or ""
        there[ref, row.currency] = there.get((ref, row.currency), 0) + row.balance
    pooled = Agreement.objects.using("read").filter(pool_ref__isnull=False).values_list("pool_ref", flat=True)
    alone = Tranche.objects.using("read").filter(agreement__spending_rule="earmark")
    refs = {*pooled, *alone.values_list("ref", flat=True)}
    return tuple(
        Choice(ref, f"{ref}: {format_amount(Money(amount, currency), language)}")
        for (ref, currency), amount in sorted(there.items())
        if ref in refs
    )


def restrictions() -> tuple[Choice, ...]:
    """Every tranche spent on its own and every pool, also before any money came."""
    pooled = Agreement.objects.using("read").filter(pool_ref__isnull=False)
    alone = Tranche.objects.using("read").filter(agreement__spending_rule="earmark")
    found = [Choice(str(row.pool_ref), f"{row.pool_ref}: {row.title}") for row in pooled]
    found += [Choice(row.ref, f"{row.ref}: {row.title}") for row in alone]
    return tuple(sorted(found, key=lambda choice: choice.value))


def free_lines(language: str, *, credit: bool) -> tuple[Choice, ...]:
    """Bank lines that are not booked, money in or money out."""
    found = BankLine.objects.using("read").filter(match__isnull=True)
    chosen = found.filter(amount_minor__gt=0) if credit else found.filter(amount_minor__lt=0)
    return tuple(
        Choice(
            row.id,
            f"{row.booked_on.isoformat()} · {format_amount(Money(row.amount_minor, row.currency), language)}"
            f" · {row.counterparty_name}",
        )
        for row in chosen.order_by("booked_on", "id")[:OPTIONS_MAX]
    )


def step_documents(ref: str) -> tuple[str, ...]:
    """The kinds of documents that a procedure step asks for."""
    step = Step.objects.using("read").filter(ref=ref).first()
    return tuple(step.evidence_kinds) if step else ()
