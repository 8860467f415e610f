"""The lines of a decision over many payments, each with what an approver should not miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext_lazy as _

from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money, format_amount


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment of a decision over many; `notes` are what an approver should not miss."""

    payment: str
    contract: str
    payee: str
    iban: str
    amount: Money
    notes: tuple[str, ...]


def payment_lines(value: Canonical) -> tuple[PaymentLine, ...]:
    """The lines of a decision over many payments."""
    return tuple(_payment_line(row) for row in cast("Sequence[Mapping[str, Canonical]]", value))


def line_text(line: PaymentLine, language: str) -> str:
    """A payment in one line, for a terminal."""
    amount = format_amount(line.amount, language)
    return ", ".join((line.payment, amount, line.payee, line.iban, *line.notes))


def _payment_line(row: Mapping[str, Canonical]) -> PaymentLine:
    amount = cast("Mapping[str, Canonical]", row["amount"])
    notes = [str(_("first payment to this account"))] if row.get("first_payment") else []
    notes += [str(_("the account has changed"))] if row.get("replaced_iban") else []
    notes += [name_warning(row["name_warning"], "")] if row.get("name_warning") else []
    return PaymentLine(
        payment=str(row["payment"]),
        contract=str(row["contract"]),
        payee=str(row["payee"]),
        iban=str(row["iban"]),
        amount=Money(cast(int, amount["amount_minor"]), cast(str, amount["currency"])),
        notes=tuple(notes),
    )


def name_warning(value: Canonical, _language: str) -> str:
    """Why a name is to be looked at closely, in a sentence for each reason."""
    found = []
    for code in str(value).split(", "):
        if code == "mixed_scripts":
            found.append(str(_("One word has letters of two alphabets.")))
        else:
            named = {"ref": code.removeprefix("looks_like ")}
            found.append(str(_("It can be taken for a name of %(ref)s.")) % named)
    return " ".join(found)
