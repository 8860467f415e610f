"""The acts that every contract repeats: payee account, signature, payment, lots; all illustrative."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tranche.cli.demo.acts import Act, BankLineOf, euros, instant

MANAGER = "ua.manager"
APPROVER = ("ua.approver1",)
Milestone = tuple[str, int, str, str]
"""Title, whole units, due day, and what it is paid after."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract says; the price in whole euros."""

    supplier: str
    programme: str
    funding: str
    title: str
    price: int
    tender: str
    reason: str = "Lowest of three offers (illustrative)"
    selection: str = ""


def payee(ref: str, party: str, iban: str, days: tuple[str, str, str], name: str = "") -> Iterator[Act]:
    """An account proposed, verified by a call to an older number, and activated a working day later."""
    proposed, verified, active = days
    account = {"ref": ref, "party": party, "holder": "UA-MOD", "iban": iban, "bic": "ZZZZUA2X"}
    account["account_name"] = name or party.replace("MFR-", "Manufacturer ")
    yield Act(instant(proposed), MANAGER, "payee.propose", ref, account, ("bank_letter",))
    called = {
        "payee": ref,
        "number_source": "register",
        "number_recorded_on": "2024-03-01",
        "requested_on": proposed,
        "called_on": verified,
        "spoke_with": "Chief accountant of the supplier",
    }
    yield Act(instant(verified), "ua.payer", "payee.verify", ref, called)
    yield Act(instant(active), MANAGER, "payee.activate", ref, {"payee": ref}, (), APPROVER)


def contract(
    ref: str,
    terms: Terms,
    milestones: Sequence[Milestone],
    days: tuple[str, str],
    approvers: tuple[str, ...],
) -> Iterator[Act]:
    """A contract drafted with its milestones, then signed: its money is reserved."""
    drafted, signed_on = days
    text = {
        "ref": ref,
        "programme": terms.programme,
        "supplier": terms.supplier,
        "title": terms.title,
        "funding": terms.funding,
        "price": euros(terms.price),
        "tender_reference": terms.tender,
        "price_reason": terms.reason,
        **({"selection": terms.selection} if terms.selection else {}),
    }
    yield Act(instant(drafted, "10:00"), MANAGER, "contract.draft", ref, text)
    for position, what in enumerate(milestones, start=1):
        yield milestone(ref, position, what, instant(drafted, f"10:0{position}"))
    yield signed(ref, signed_on, approvers)


def milestone(
    contract: str,
    position: int,
    what: Milestone,
    at: datetime,
    money: Callable[[int], dict[str, object]] = euros,
) -> Act:
    """A part of a contract, planned."""
    title, amount, due_on, pay_after = what
    ref = f"{contract}-M{position}"
    planned = {"ref": ref, "contract": contract, "title": title, "amount": money(amount)}
    planned |= {"due_on": due_on, "pay_after": pay_after}
    return Act(at, MANAGER, "milestone.plan", ref, planned)


def signed(contract: str, day: str, approvers: tuple[str, ...], time: str = "10:00") -> Act:
    """The signature, by which the money of a contract is reserved."""
    papers = ("contract_text",)
    return Act(
        instant(day, time), MANAGER, "contract.sign", contract, {"contract": contract}, papers, approvers
    )


def payment(
    milestone: str,
    account: str,
    amount: int,
    days: tuple[str, str, str, str],
    approvers: tuple[str, ...],
    payer: str = "ua.payer",
    money: Callable[[int], dict[str, object]] = euros,
) -> Iterator[Act]:
    """A milestone claimed and verified, its payment drafted and approved, then released by the payer."""
    claimed, verified, drafted, released = days
    ref = milestone.replace("-M", "-P")
    on_milestone = {"milestone": milestone}
    yield Act(instant(claimed, "12:00"), MANAGER, "milestone.claim", milestone, on_milestone, ("invoice",))
    yield Act(
        instant(verified, "12:00"),
        "ua.inspector",
        "milestone.verify",
        milestone,
        on_milestone,
        ("visit_report",),
    )
    order = {"ref": ref, "milestone": milestone, "payee": account, "amount": money(amount)}
    yield Act(instant(drafted, "12:00"), MANAGER, "payment.draft", ref, order)
    yield Act(
        instant(released, "12:00"),
        MANAGER,
        "payment.release",
        ref,
        {"payment": ref},
        (),
        approvers,
        payer,
    )


def settled(ref: str, day: str) -> Act:
    """The bank's word that the payment left the account."""
    line = {"payment": ref, "line": BankLineOf(ref)}
    return Act(instant(day, "14:00"), MANAGER, "payment.settle", ref, line, (), APPROVER)


def made(
    ref: str,
    milestone: str,
    value: int,
    quantity: int,
    day: str,
    money: Callable[[int], dict[str, object]] = euros,
) -> Act:
    """A lot as the register knows it: a category, a quantity, a country and a value in whole units."""
    lot = {"ref": ref, "contract": milestone.rpartition("-")[0], "milestone": milestone}
    lot |= {"category": "production", "unit": "unit", "country": "UA"}
    return Act(
        instant(day, "09:30"),
        MANAGER,
        "lot.record",
        ref,
        {**lot, "quantity": quantity, "value": money(value)},
    )


def handed_over(ref: str, day: str) -> Act:
    return Act(instant(day, "10:30"), MANAGER, "lot.hand_over", ref, {"lot": ref}, ("delivery_note",))


def accepted_lot(ref: str, day: str) -> Act:
    """The inspector's signed act, confirmed by another person: paid money moves into the lot."""
    return Act(
        instant(day, "11:00"), "ua.inspector", "lot.accept", ref, {"lot": ref}, ("acceptance_act",), APPROVER
    )


def rejected(ref: str, day: str, deviation: str) -> Act:
    return Act(instant(day, "11:00"), "ua.inspector", "lot.reject", ref, {"lot": ref, "deviation": deviation})
