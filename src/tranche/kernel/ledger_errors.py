"""What the ledger refuses, one class a reason, with the facts that a person needs to act on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class LedgerError(Exception):
    """A posting was refused and nothing of it was written."""


@dataclass(eq=False)
class InsufficientFunds(LedgerError):
    """The account holds less than the line takes; the only error that means "no money"."""

    account: str
    missing_minor: int


@dataclass(eq=False)
class EdgeNotAllowed(LedgerError):
    """The table of edges, or the rule of funds, has no such line."""

    source: str
    target: str
    kind: str
    why: str


@dataclass(eq=False)
class AmountOutOfRange(LedgerError):
    """An amount, a total or the number of lines leaves the range of DESIGN.md."""

    what: str
    value: int


@dataclass(eq=False)
class BadAccount(LedgerError):
    """The words of an account do not make one, or differ from the account that has this code."""

    code: str
    why: str


@dataclass(eq=False)
class SharesNotNested(LedgerError):
    """A line of a pro-rata pool is not what its donors' balances give."""

    account: str
    expected_minor: int
    found_minor: int


@dataclass(eq=False)
class PoolFull(LedgerError):
    """A pro-rata pool has no place for another donor."""

    pool: str


@dataclass(eq=False)
class AccountClosed(LedgerError):
    """The account was closed at balance 0 and takes no movement."""

    account: str


@dataclass(eq=False)
class PeriodClosed(LedgerError):
    """The booking date lies in a closed period."""

    booked_on: date
    closed_upto: date


@dataclass(eq=False)
class NotMirror(LedgerError):
    """A reversal must be the exact mirror of an existing entry that is no reversal itself."""

    entry_id: int


@dataclass(eq=False)
class AlreadyReversed(LedgerError):
    """An entry is reversed once."""

    entry_id: int


@dataclass(eq=False)
class UnknownPayer(LedgerError):
    """Money of an origin `unknown` is reversed and received anew, never confirmed."""

    account: str


@dataclass(eq=False)
class StaleOffset(LedgerError):
    """The database holds other totals than the writer read: a bug or a foreign client, never a race."""

    detail: str


@dataclass(eq=False)
class TooManyPieces(LedgerError):
    """A use would be made of more pieces than one use may store."""

    entry_id: int
    line: int
    pieces: int


@dataclass(eq=False)
class LineBroken(LedgerError):
    """The movements of an account leave a hole where money should lie."""

    account: int
    offset: int


@dataclass(eq=False)
class SumBroken(LedgerError):
    """Parts that must make a whole do not: the book or its fragments are damaged."""

    what: str
    expected_minor: int
    found_minor: int


@dataclass(eq=False)
class CircularFunding(LedgerError):
    """Money leads back to itself through conversions or repaid advances more often than any book should."""

    account: int
