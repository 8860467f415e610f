"""What approvers rely on, in words: a label for every fact and argument, and its value as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money, format_amount
from tranche.queries.presenters.days import day_text
from tranche.queries.presenters.words import CHOICES, EVIDENCE, word

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LABELS: Mapping[str, StrPromise] = {
    "account_name": _("Name of the account"),
    "agreement": _("Agreement"),
    "amount": _("Amount"),
    "at": _("Log entry"),
    "approving_party": _("Approving party"),
    "bank_account": _("Our account"),
    "bank_amount": _("Amount on the statement"),
    "bank_booked_on": _("Booked by the bank on"),
    "bank_counterparty": _("Counterparty"),
    "bank_counterparty_iban": _("Counterparty's account"),
    "bank_statement": _("Bank statement"),
    "bank_statement_file": _("Statement file (SHA-256)"),
    "bank_text": _("Text of the bank"),
    "bic": _("BIC of the bank"),
    "binding": _("Legally binding"),
    "callback_on": _("Called back on"),
    "called_on": _("Called on"),
    "category": _("Category"),
    "cause": _("Cause"),
    "claim": _("Claim"),
    "conditions": _("Conditions"),
    "contract": _("Contract"),
    "country": _("Country"),
    "deviation": _("Deviation"),
    "document": _("Document (SHA-256)"),
    "donor": _("Donor"),
    "due_on": _("Due on"),
    "earmark": _("Earmark"),
    "earmark_ref": _("Only for the programme"),
    "end_to_end_id": _("Our reference at the bank"),
    "evidence": _("Documents"),
    "first_payment": _("First payment to this account"),
    "funding": _("Money of"),
    "holder": _("Holder"),
    "iban": _("Account (IBAN)"),
    "kind": _("Kind"),
    "language": _("Language"),
    "line": _("Bank line"),
    "lot": _("Lot"),
    "milestone": _("Milestone"),
    "name": _("Name"),
    "order": _("Order"),
    "stored": _("As it was posted"),
    "without": _("Left out"),
    "name_lt": _("Name in Lithuanian"),
    "name_uk": _("Name in Ukrainian"),
    "number_recorded_on": _("Number on file since"),
    "number_source": _("Where the number comes from"),
    "on": _("Date"),
    "ordinal": _("Number within the agreement"),
    "org_number": _("Registration number"),
    "org_scheme": _("Register"),
    "origin": _("Origin of the money"),
    "outlet": _("Outlet"),
    "owners": _("Who owns the steps"),
    "parties": _("Parties"),
    "party": _("Party"),
    "pay_after": _("May be paid"),
    "payee": _("Payee"),
    "payment": _("Payment"),
    "payment_name": _("Name in Latin letters for payments"),
    "planned_on": _("Planned for"),
    "pool_ref": _("Reference of the pool"),
    "predecessor": _("Replaces the account"),
    "price": _("Price"),
    "price_reason": _("Why this price"),
    "priority": _("Priority"),
    "programme": _("Programme"),
    "published_basis": _("How the date is known"),
    "published_on": _("Published on"),
    "quantity": _("Quantity"),
    "recipient": _("Recipient"),
    "record": _("Record"),
    "ref": _("Reference"),
    "reference": _("Reference of the transfer"),
    "reporting_duty": _("Duty to report"),
    "requested_on": _("Change requested on"),
    "return_rule": _("Rule for returns"),
    "rows": _("Entries in the file"),
    "rule": _("Matched by rule"),
    "sha256": _("File (SHA-256)"),
    "signed_on": _("Signed on"),
    "size_bytes": _("Size in bytes"),
    "source_class": _("Kind of source"),
    "spending_rule": _("How the money is told apart"),
    "spoke_with": _("Spoke with"),
    "step": _("Step"),
    "summary": _("What it says"),
    "supplier": _("Supplier"),
    "target": _("Record that it speaks of"),
    "template": _("Template of the procedure"),
    "tender_reference": _("Reference of the tender"),
    "text": _("Text"),
    "text_sha256": _("Text (SHA-256)"),
    "title": _("Title"),
    "title_lt": _("Title in Lithuanian"),
    "title_uk": _("Title in Ukrainian"),
    "tranche": _("Tranche"),
    "unit": _("Unit"),
    "url": _("Address of the source"),
    "value": _("Value"),
    "value_on": _("Value date"),
    "year": _("Year"),
    # what the envelope of a decision holds beside facts and arguments
    "record version": _("The record itself"),
    "policy": _("The policy in force"),
    "expired": _("The time for approvals"),
}

CODED = frozenset(
    {
        "category",
        "cause",
        "deviation",
        "kind",
        "language",
        "number_source",
        "pay_after",
        "published_basis",
        "source_class",
        "spending_rule",
    }
)
TEXT_SHOWN_MAX = 600
FIRST = (
    *("ref", "title", "summary", "step", "agreement", "tranche", "donor", "origin", "programme", "contract"),
    *("milestone", "payment", "lot", "supplier", "payee", "account_name", "iban", "bic", "callback_on"),
    *("first_payment", "price", "amount", "value", "bank_amount", "funding", "spending_rule", "earmark"),
)
"""The order in which people read a decision: about what, to whom, how much, whose money."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file under the decision: its kind in words, its name where known, and its hash."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a summary list; `documents` stands instead of `text` where the value is files."""

    name: str
    label: str
    text: str
    money: Money | None = None
    is_code: bool = False
    documents: tuple[Document, ...] = ()


def label(name: str) -> str:
    """The name of a fact or argument in the reader's language."""
    return word(LABELS, name)


def present(values: Mapping[str, Canonical], language: str) -> tuple[Fact, ...]:
    """The rows of a summary list, what matters most first; empty values are left out."""
    shown = sorted(values.items(), key=lambda row: (_place(row[0]), row[0]))
    return tuple(fact(name, value, language) for name, value in shown if not _is_empty(value))


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def fact(name: str, value: Canonical, language: str) -> Fact:
    """One value in words."""
    title = label(name)
    if isinstance(value, Mapping) and set(value) == {"amount_minor", "currency"}:
        money = Money(cast(int, value["amount_minor"]), cast(str, value["currency"]))
        return Fact(name, title, format_amount(money, language), money=money)
    if name == "evidence":
        return Fact(name, title, "", documents=documents(cast("Sequence[object]", value)))
    if isinstance(value, bool):
        return Fact(name, title, str(_("yes")) if value else str(_("no")))
    if name.endswith("_on") and isinstance(value, str):
        return Fact(name, title, _day(value))
    if name in CODED and isinstance(value, str):
        return Fact(name, title, word(CHOICES, value))
    is_code = name in ("iban", "bic") or name.endswith(("sha256", "_iban", "_file", "end_to_end_id"))
    return Fact(name, title, _plain(value), is_code=is_code)


def _is_empty(value: Canonical) -> bool:
    return value is None or (isinstance(value, (str, Sequence, Mapping)) and not value)


def _day(value: str) -> str:
    """A whole date in the reader's form; a year or a month as it was typed."""
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value


def _plain(value: Canonical) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_plain(inner) for inner in value)
    shown = str(value)
    return shown if len(shown) <= TEXT_SHOWN_MAX else shown[:TEXT_SHOWN_MAX] + " …"


def documents(rows: Sequence[object]) -> tuple[Document, ...]:
    """Documents as the request brought them (mappings) or as the register holds them (kind and hash)."""
    found = []
    for row in rows:
        if isinstance(row, Mapping):
            kind, name, sha256 = str(row["kind"]), str(row["name"]), str(row["sha256"])
        else:
            pair = cast("Sequence[str]", row)
            kind, name, sha256 = pair[0], "", pair[1]
        found.append(Document(word(EVIDENCE, kind), name, sha256))
    return tuple(found)
