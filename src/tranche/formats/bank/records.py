"""What a statement says, as typed records; amounts are minor units, credits above zero, debits below."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tranche.formats.report import ImportReport


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that the bank states; `included` says, where the bank does, if the entry's amount holds it."""

    amount_minor: int
    currency: str
    included: bool | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was exchanged: the amount in the other currency as the bank states it, and the rate as printed."""

    instructed_minor: int | None
    instructed_currency: str
    source_currency: str
    target_currency: str
    rate: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One transaction inside an entry; its amount is None where it is stated in another currency only."""

    amount_minor: int | None
    references: Mapping[str, str]
    counterparty_name: str
    counterparty_iban: str
    counterparty_bic: str
    text: str
    return_code: str
    original_tx_code: str
    charges: tuple[Charge, ...]
    exchange: Exchange | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked entry. Where it has exactly one detail, that detail's references and party are its own."""

    ordinal: int
    booked_on: date
    value_on: date | None
    amount_minor: int
    references: Mapping[str, str]
    counterparty_name: str
    counterparty_iban: str
    text: str
    tx_code: str
    reversal: bool
    return_code: str
    fingerprint: str
    occurrence: int
    counterparty_bic: str = ""
    charges: tuple[Charge, ...] = ()
    exchange: Exchange | None = None
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance as stated; `is_interim` where it only joins two pages."""

    code: str
    is_interim: bool
    amount_minor: int
    currency: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, its pages joined, whose opening and entries add up to its closing."""

    stmt_id: str
    seq_no: int | None
    account_iban: str
    currency: str
    from_on: date | None
    to_on: date | None
    opening: int
    closing: int
    entries: tuple[Entry, ...]
    message_id: str = ""
    copy_mark: str = ""
    balances: tuple[Balance, ...] = ()

    @property
    def lines_digest(self) -> str:
        """SHA-256 over the fingerprints in order: the same statement has the same digest."""
        return hashlib.sha256("".join(entry.fingerprint for entry in self.entries).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BankFile:
    """Every statement of one file, and what became of its rows."""

    sha256: str
    statements: tuple[Statement, ...]
    report: ImportReport


def fingerprint(account: str, currency: str, entry: Mapping[str, object]) -> str:
    """SHA-256 of what makes a line itself: account, dates, signed amount, references, counterparty, text."""
    row = json.dumps({"account": account, "currency": currency, **entry}, sort_keys=True, default=str)
    return hashlib.sha256(row.encode()).hexdigest()
