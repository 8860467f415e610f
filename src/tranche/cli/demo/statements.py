"""The bank statements of the demonstration, written from the plan and from the payments of the register."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from tranche.formats.bank import write_camt
from tranche.models import BankStatement, Payment

PLAN = resources.files("tranche.conf").joinpath("demo", "statements.toml")


@dataclass(frozen=True, slots=True)
class Planned:
    """One statement of the plan; without `imported_on` it is left for the visitor."""

    name: str
    position: int
    from_on: date
    to_on: date
    imported_on: date | None
    lines: tuple[Mapping[str, Any], ...]


@cache
def _plan() -> dict[str, Any]:
    return tomllib.loads(PLAN.read_text(encoding="utf-8"))


def planned() -> tuple[Planned, ...]:
    """Every statement in the order of the account's chain."""
    return tuple(
        Planned(
            row["name"], position, row["from_on"], row["to_on"], row.get("imported_on"), tuple(row["lines"])
        )
        for position, row in enumerate(_plan()["statements"], start=1)
    )


def write_statement(name: str) -> bytes:
    """The statement of this name as a camt.053 file; it opens where the account's last one closed."""
    statement = next(row for row in planned() if row.name == name)
    last = BankStatement.objects.filter(next__isnull=True).first()
    return write_camt.write_statement(
        write_camt.StatementOut(
            stmt_id=f"DEMO-{name}",
            seq_no=statement.position,
            account_iban=_plan()["iban"],
            currency=_plan()["currency"],
            from_on=statement.from_on,
            to_on=statement.to_on,
            opening_minor=last.closing_minor if last else 0,
            entries=tuple(_entry(statement.name, row) for row in statement.lines),
        )
    )


def _entry(name: str, row: Mapping[str, Any]) -> write_camt.EntryOut:
    if "payment" not in row:
        return _out(name, row, row["amount_minor"], row["payer"], row["iban"], row["text"])
    payment = Payment.objects.select_related("payee").get(ref=row["payment"])
    payee = payment.payee
    order = payment.end_to_end_id
    return _out(name, row, -payment.amount_minor, payee.account_name, payee.iban, payment.ref, order)


def _out(
    name: str, row: Mapping[str, Any], amount_minor: int, party: str, iban: str, text: str, order: str = ""
) -> write_camt.EntryOut:
    mark = hashlib.sha256(f"{name} {text}".encode()).hexdigest()[:12].upper()
    return write_camt.EntryOut(
        booked_on=row["booked_on"],
        amount_minor=amount_minor,
        counterparty_name=party,
        counterparty_iban=iban,
        text=text,
        end_to_end_id=order,
        bank_reference=f"BNK{mark}",
    )
