"""What unbooked bank lines may be: expected receipts, released payments and refunds, by kernel rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tranche.kernel.chart import Kind
from tranche.kernel.reconcile import Confidence, Expected, Line, Proposal, propose
from tranche.ledger.balances import balances
from tranche.models import BankLine, Contract, Payee, Payment, Tranche

BEFORE: Final = timedelta(days=5)
AFTER: Final = timedelta(days=31)  # a booking up to 30 days later still fits (standards note, section 5, M4)
ACTIONS: Final = {
    "tranche": "tranche.confirm_receipt",
    "payment": "payment.settle",
    "contract": "contract.book_refund",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one line may be: the action that would book it, for which record, by which rule and how surely."""

    line_id: str
    action: str
    kind: str
    ref: str
    rule: str
    confidence: str
    differs: tuple[str, ...]
    rivals: tuple[str, ...]


def suggestions(lines: Sequence[BankLine]) -> dict[str, tuple[Suggestion, ...]]:
    """For each line that something expected fits, what it may be; a person decides."""
    facts = [_line(line) for line in lines]
    found: dict[str, tuple[Suggestion, ...]] = {}
    for row in propose(facts, expected()):
        found[row.line_id] = (*found.get(row.line_id, ()), _suggestion(row))
    refunds = _refunds([line for line in facts if line.id not in found and line.amount_minor > 0])
    return found | refunds


def _suggestion(row: Proposal) -> Suggestion:
    return Suggestion(
        row.line_id,
        ACTIONS[row.kind],
        row.kind,
        row.ref,
        row.rule,
        row.confidence.value,
        row.differs,
        row.rivals,
    )


def expected() -> tuple[Expected, ...]:
    """Tranches whose money may come, and payments that the bank has yet to carry out."""
    return (*_receipts(), *_settlements())


def _line(line: BankLine) -> Line:
    return Line(
        line.id,
        line.booked_on,
        line.amount_minor,
        line.currency,
        line.counterparty_iban,
        line.references,
        line.text,
    )


def _receipts() -> list[Expected]:
    """Authorised or sent money; where a part came before, the rest."""
    came = {row.fund: row.in_total for row in balances(kinds=(Kind.TRANCHE,))}
    rows = Tranche.objects.using("read").filter(record__state__in=("authorised", "sent", "received"))
    found = []
    for row in rows.order_by("ref"):
        rest = row.amount_minor - came.get(row.ref, 0)
        if rest <= 0:
            continue
        names = tuple(name for name in (row.ref, row.sent_reference) if name)
        window = _window(row.sent_on or row.planned_on)
        found.append(Expected("tranche", row.ref, rest, row.currency, "", names, frozenset(), *window))
    return found


def _settlements() -> list[Expected]:
    rows = Payment.objects.using("read").select_related("payee").filter(record__state="released")
    return [
        Expected(
            "payment",
            row.ref,
            -row.amount_minor,
            row.currency,
            row.end_to_end_id,
            (row.ref, row.end_to_end_id),
            frozenset({row.payee.iban}),
            *_window(row.released_on),
        )
        for row in rows.order_by("ref")
    ]


def _window(around: date | None) -> tuple[date, date]:
    """From five days before to thirty after; without a date any day fits."""
    if around is None:
        return date.min, date.max
    return around - BEFORE, around + AFTER


def _refunds(lines: Sequence[Line]) -> dict[str, tuple[Suggestion, ...]]:
    """Money from a supplier's own account, at most what lies prepaid at a contract: never more than weak."""
    if not lines:
        return {}
    prepaid = {row.holder: 0 for row in balances(kinds=(Kind.PREPAID,))}
    for row in balances(kinds=(Kind.PREPAID,)):
        prepaid[row.holder] += row.balance
    contracts = list(Contract.objects.using("read").filter(ref__in=prepaid).order_by("ref"))
    ibans: dict[str, set[str]] = {}
    for payee in Payee.objects.using("read").all():
        ibans.setdefault(payee.party_id, set()).add(payee.iban)
    return {
        line.id: offered
        for line in lines
        if (offered := tuple(_refund(line, c) for c in contracts if _may_refund(line, c, ibans, prepaid)))
    }


def _may_refund(line: Line, contract: Contract, ibans: dict[str, set[str]], prepaid: dict[str, int]) -> bool:
    known = line.counterparty_iban in ibans.get(contract.supplier_id, set())
    named = contract.ref in line.text.replace(",", " ").replace(";", " ").split()
    fits = line.currency == contract.currency and line.amount_minor <= prepaid[contract.ref]
    return fits and (known or named)


def _refund(line: Line, contract: Contract) -> Suggestion:
    return Suggestion(
        line.id, ACTIONS["contract"], "contract", contract.ref, "refund", Confidence.WEAK.value, (), ()
    )
