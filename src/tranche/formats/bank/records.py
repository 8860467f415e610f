"""What a statement says, as typed records; amounts are minor units, credits above zero, debits below."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tranche.formats.errors import ImportReport


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked entry."""

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


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement whose opening and entries add up to its closing."""

    stmt_id: str
    seq_no: int | None
    account_iban: str
    currency: str
    from_on: date | None
    to_on: date | None
    opening: int
    closing: int
    entries: tuple[Entry, ...]

    @property
    def lines_digest(self) -> str:
        """SHA-256 over the fingerprints in order: the same statement has the same digest."""
        return hashlib.sha256("".join(entry.fingerprint for entry in self.entries).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BankFile:
    sha256: str
    statements: tuple[Statement, ...]
    report: ImportReport


def fingerprint(account: str, currency: str, entry: Mapping[str, object]) -> str:
    """SHA-256 of what makes a line itself: account, dates, signed amount, references, counterparty, text."""
    row = json.dumps({"account": account, "currency": currency, **entry}, sort_keys=True, default=str)
    return hashlib.sha256(row.encode()).hexdigest()
