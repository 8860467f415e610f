"""The fields that balances, entries and details of camt.053 share: signed amounts, marks, accounts, texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from tranche.formats.amount import parse_minor
from tranche.formats.bank.records import Charge, Exchange
from tranche.formats.errors import FormatError
from tranche.formats.xml import Element, Leaves, local, where

IDENTIFIER_LENGTH_MAX: Final = 35  # Max35Text
REFERENCE_LENGTH_MAX: Final = 140  # the standard says 35 or 36; banks print longer ones
NAME_LENGTH_MAX: Final = 140  # Max140Text
TEXT_LENGTH_MAX: Final = 4_000
TRUE: Final = ("true", "1")
ABSENT: Final = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose statement it is, and in which currency all its sums are."""

    iban: str
    currency: str


def identifier(found: Leaves, *paths: str, length_max: int = IDENTIFIER_LENGTH_MAX) -> str:
    """A short text that names something; one that is too long is refused, since cut it names another."""
    text = found.text(*paths)
    if len(text) > length_max:
        raise FormatError("E_STMT_FIELD", where(found.element), f"{paths[0]} {text[:60]}")
    return text


def is_true(found: Leaves, path: str) -> bool:
    return found.text(path) in TRUE


def direction(found: Leaves, default: int = 0) -> int:
    """1 for a credit, -1 for a debit; raises E_STMT_FIELD where none is stated and there is no default."""
    mark = found.text("CdtDbtInd")
    sign = {"CRDT": 1, "DBIT": -1, "": default}.get(mark, 0)
    if not sign:
        raise FormatError("E_STMT_FIELD", where(found.element), f"CdtDbtInd {mark}".strip())
    return sign


def stated_currency(amount: Element) -> str:
    return amount.get("Ccy", "")


def amount_in(amount: Element) -> int:
    """The minor units of an amount in the currency that it states."""
    return parse_minor(amount.text or "", stated_currency(amount), where(amount))


def own_amount(found: Leaves, currency: str) -> int:
    """The signed amount of a balance or an entry; raises E_STMT_CURRENCY for another currency."""
    amount = found.leaf("Amt")
    if amount is None:
        raise FormatError("E_STMT_FIELD", where(found.element), "Amt")
    minor = amount_in(amount)
    if stated_currency(amount) != currency:
        raise FormatError("E_STMT_CURRENCY", where(amount), f"{stated_currency(amount)} {currency}")
    return direction(found) * minor


@lru_cache(maxsize=4096)
def is_iban(text: str) -> bool:
    """Whether country, length and the check digits (ISO 13616, mod 97) hold."""
    try:
        IBAN(text)
    except SchwiftyException:
        return False
    return True


def compact(iban: str) -> str:
    return iban.replace(" ", "").upper()


def charges(parts: list[Element]) -> tuple[Charge, ...]:
    """Since version 04 one `Rcrd` a charge, before that one `Chrgs`; debits below zero."""
    records = [
        record for part in parts for record in ([inner for inner in part if local(inner) == "Rcrd"] or [part])
    ]
    return tuple(charge for record in records if (charge := _charge(Leaves(record))))


def _charge(found: Leaves) -> Charge | None:
    amount = found.leaf("Amt")
    if amount is None:
        return None
    included = is_true(found, "ChrgInclInd") if found.text("ChrgInclInd") else None
    return Charge(direction(found, default=-1) * amount_in(amount), stated_currency(amount), included)


def exchange(found: Leaves) -> Exchange | None:
    """The exchange under `AmtDtls`, where the bank states one."""
    instructed = found.leaf("AmtDtls/InstdAmt/Amt")
    base = "AmtDtls/CntrValAmt/CcyXchg/"
    other = "AmtDtls/InstdAmt/CcyXchg/"
    rate = found.text(f"{base}XchgRate", f"{other}XchgRate")
    if instructed is None and not rate:
        return None
    return Exchange(
        instructed_minor=amount_in(instructed) if instructed is not None else None,
        instructed_currency=stated_currency(instructed) if instructed is not None else "",
        source_currency=found.text(f"{base}SrcCcy", f"{other}SrcCcy"),
        target_currency=found.text(f"{base}TrgtCcy", f"{other}TrgtCcy"),
        rate=rate,
    )
