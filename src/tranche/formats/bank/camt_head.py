"""The head of a `Stmt` of camt.053: the account and the balances that its sum rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from tranche.formats.amount import decimal_text
from tranche.formats.bank.camt_fields import (
    Account,
    amount_in,
    compact,
    direction,
    identifier,
    is_iban,
    own_amount,
    stated_currency,
)
from tranche.formats.bank.records import Balance
from tranche.formats.dates import parse_day
from tranche.formats.errors import FormatError, Where
from tranche.formats.xml import Element, Leaves, local, where

OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = ("CLBD",)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the entries, by the order of the standard."""

    account: Account
    balances: tuple[Balance, ...]
    opening: Balance
    closing: Balance


def read_head(element: Element) -> Head:
    """The head of a `Stmt`: only what stands before its first entry counts. Raises FormatError."""
    before = list(takewhile(lambda part: local(part) != "Ntry", element))
    stated = [part for part in before if local(part) == "Bal"]
    account = _account(element, before, stated)
    balances = tuple(_balance(part, account.currency) for part in stated)
    return Head(account, balances, *_ends(balances, where(element)))


def _account(element: Element, before: Sequence[Element], balances: Sequence[Element]) -> Account:
    """The account; its currency is stated or that of the first balance."""
    account = next((part for part in before if local(part) == "Acct"), None)
    if account is None:
        raise FormatError("E_STMT_FIELD", where(element), "Acct")
    found = Leaves(account)
    iban = compact(found.text("Id/IBAN"))
    if iban and not is_iban(iban):
        raise FormatError("E_IBAN", where(account), iban)
    number = iban or identifier(found, "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN")
    if not number:
        raise FormatError("E_STMT_FIELD", where(account), "Id")
    return Account(number, found.text("Ccy") or _first_currency(element, balances))


def _first_currency(element: Element, balances: Sequence[Element]) -> str:
    amounts = (amount for balance in balances for amount in balance if local(amount) == "Amt")
    first = next(amounts, None)
    if first is None:
        raise FormatError("E_STMT_BALANCE", where(element), "Bal")
    if not stated_currency(first):
        raise FormatError("E_CCY_MISSING", where(first))
    return stated_currency(first)


def _ends(balances: Sequence[Balance], place: Where) -> tuple[Balance, Balance]:
    """Opening (OPBD, else PRCD; given both, they agree) and closing."""
    openings = [b for code in OPENING for b in balances if b.code == code]
    closings = [b for b in balances if b.code in CLOSING]
    if not openings or not closings:
        raise FormatError("E_STMT_BALANCE", place, " ".join(sorted({b.code for b in balances})))
    for found in (openings, closings):
        stated = sorted({balance.amount_minor for balance in found})
        if len(stated) > 1:
            shown = " and ".join(decimal_text(minor, found[0].currency) for minor in stated)
            raise FormatError("E_STMT_SUM", place, f"{found[0].code} {shown}")
    return openings[0], closings[0]


def _balance(element: Element, currency: str) -> Balance:
    """A balance; those that the sum rests on must be in the account's currency."""
    found = Leaves(element)
    code = found.text("Tp/CdOrPrtry/Cd", "Tp/Cd", "Tp/CdOrPrtry/Prtry")
    day = found.leaf("Dt/Dt", "Dt/DtTm")
    on = parse_day((day.text or "").strip(), where(day)) if day is not None else None
    is_interim = found.text("Tp/SubTp/Cd") == "INTM"
    if code in (*OPENING, *CLOSING):
        return Balance(code, is_interim, own_amount(found, currency), currency, on)
    amount = found.leaf("Amt")
    if amount is None:
        raise FormatError("E_STMT_FIELD", where(element), "Amt")
    return Balance(code, is_interim, direction(found) * amount_in(amount), stated_currency(amount), on)
