"""The bank statements of the demonstration, written from the plan and from the payments of the register."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from tranche.formats.bank import write_camt
from tranche.models import BankAccount, BankStatement, Payment

MECHANISM = "mechanism"
PLAN = resources.files("tranche.conf").joinpath("demo", "statements.toml")


@dataclass(frozen=True, slots=True)
class Planned:
    """One statement of the plan; without `imported_on` it is left for the visitor."""

    name: str
    account: str
    position: int
    from_on: date
    to_on: date
    imported_on: date | None
    lines: tuple[Mapping[str, Any], ...]


@cache
def _plan() -> dict[str, Any]:
    return tomllib.loads(PLAN.read_text(encoding="utf-8"))


def planned() -> tuple[Planned, ...]:
    """Every statement in the order of its account's chain."""
    found: list[Planned] = []
    for row in _plan()["statements"]:
        account = row.get("account", MECHANISM)
        position = 1 + sum(1 for before in found if before.account == account)
        days = (row["from_on"], row["to_on"], row.get("imported_on"))
        found.append(Planned(row["name"], account, position, *days, tuple(row["lines"])))
    return tuple(found)


def write_statement(name: str) -> bytes:
    """The statement of this name as a camt.053 file; it opens where the account's last one closed."""
    statement = next(row for row in planned() if row.name == name)
    words = _plan()["accounts"][statement.account]
    account = BankAccount.objects.get(iban=words["iban"], currency=words["currency"])
    last = BankStatement.objects.filter(account=account, next__isnull=True).first()
    return write_camt.write_statement(
        write_camt.StatementOut(
            stmt_id=f"DEMO-{name}",
            seq_no=statement.position,
            account_iban=account.iban,
            currency=account.currency,
            from_on=statement.from_on,
            to_on=statement.to_on,
            opening_minor=last.closing_minor if last else account.opening_minor,
            entries=tuple(_entry(statement.name, row) for row in statement.lines),
        )
    )


def _entry(name: str, row: Mapping[str, Any]) -> write_camt.EntryOut:
    if "payment" not in row:
        return _out(name, row, row["amount_minor"], row["payer"], row["iban"], row["text"])
    payment = Payment.objects.select_related("payee").get(ref=row["payment"])
    payee = payment.payee
    took = row.get("amount_minor", -payment.amount_minor)
    out = _out(name, row, took, payee.account_name, payee.iban, payment.ref, payment.end_to_end_id)
    if payment.currency == payment.fund_currency:
        return out
    return replace(out, instructed_minor=payment.amount_minor, instructed_currency=payment.currency)


def _out(
    name: str, row: Mapping[str, Any], amount_minor: int, party: str, iban: str, text: str, order: str = ""
) -> write_camt.EntryOut:
    mark = hashlib.sha256(f"{name} {text}".encode()).hexdigest()[:12].upper()
    return write_camt.EntryOut(
        instructed_minor=row.get("instructed_minor", 0),
        instructed_currency=row.get("instructed_currency", ""),
        booked_on=row["booked_on"],
        amount_minor=amount_minor,
        counterparty_name=party,
        counterparty_iban=iban,
        text=text,
        end_to_end_id=order,
        bank_reference=f"BNK{mark}",
    )
