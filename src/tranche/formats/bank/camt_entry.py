"""One `Ntry` of camt.053: only what is booked becomes an entry, and its details must add up to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tranche.formats.amount import parse_minor
from tranche.formats.bank.camt_detail import read_detail, tx_code
from tranche.formats.bank.camt_fields import (
    ABSENT,
    NAME_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Account,
    charges,
    exchange,
    identifier,
    is_iban,
    is_true,
    own_amount,
)
from tranche.formats.bank.records import Charge, Detail, Entry, fingerprint
from tranche.formats.dates import LAST, parse_day
from tranche.formats.errors import FormatError, Where
from tranche.formats.report import Notice
from tranche.formats.xml import Element, Leaves, where

BOOKED = "BOOK"


@dataclass(slots=True)
class Tally:
    """What runs through a whole file: the count of its rows, its notices and how often a line came."""

    booked_until: date
    rows: int = 0
    notices: list[Notice] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def note(self, code: str, place: Where, value: str = "") -> None:
        self.notices.append(Notice(code, place, value))


def read_entry(row: Element, ordinal: int, account: Account, tally: Tally) -> Entry | None:
    """The entry, or None and a notice where the bank has not booked it. Raises FormatError."""
    found = Leaves(row, apart=("NtryDtls", "Chrgs"))
    place = Where(where(row).line, "Ntry", ordinal)
    status = found.text("Sts/Cd", "Sts", "Sts/Prtry")
    if not status:
        raise FormatError("E_STMT_FIELD", place, "Sts")
    if status != BOOKED:
        tally.note("N_NOT_BOOKED", place, status)
        return None
    amount_minor = own_amount(found, account.currency)
    groups = [Leaves(part, apart=("TxDtls",)) for part in found.parts["NtryDtls"]]
    rows = [part for group in groups for part in group.parts["TxDtls"]]
    details = tuple(
        read_detail(part, amount_minor, account.currency, is_only=len(rows) == 1) for part in rows
    )
    own_charges = charges(found.parts["Chrgs"])
    _check_details(amount_minor, details, own_charges, account.currency, place)
    _check_batches(amount_minor, groups, account.currency, place)
    return _entry(found, place, amount_minor, details, _batch(groups), own_charges, account, tally)


def _entry(
    found: Leaves,
    place: Where,
    amount_minor: int,
    details: tuple[Detail, ...],
    batch: Mapping[str, str],
    own_charges: tuple[Charge, ...],
    account: Account,
    tally: Tally,
) -> Entry:
    only = details[0] if len(details) == 1 else None
    booked_on = _day(found, "BookgDt", until=tally.booked_until)
    if booked_on is None:
        raise FormatError("E_STMT_FIELD", place, "BookgDt")
    iban = only.counterparty_iban if only else ""
    if iban and not is_iban(iban):
        tally.note("N_IBAN", place, iban)
    facts: dict[str, object] = {
        "booked_on": booked_on,
        "value_on": _day(found, "ValDt"),
        "amount_minor": amount_minor,
        "references": _references(found, only, batch),
        "counterparty_iban": iban,
        "text": _text(found, only, place, tally),
        "tx_code": tx_code(found),
    }
    mark = fingerprint(account.iban, account.currency, facts)
    tally.seen[mark] += 1
    return Entry(
        ordinal=place.ordinal or 0,
        counterparty_name=_cut(only.counterparty_name if only else "", NAME_LENGTH_MAX, place, tally),
        counterparty_bic=only.counterparty_bic if only else "",
        reversal=is_true(found, "RvslInd"),
        return_code=only.return_code if only else "",
        charges=own_charges or (only.charges if only else ()),
        exchange=exchange(found) or (only.exchange if only else None),
        details=details,
        fingerprint=mark,
        occurrence=tally.seen[mark],
        **facts,  # type: ignore[arg-type]  # each under its own name
    )


def _day(found: Leaves, base: str, *, until: date = LAST) -> date | None:
    leaf = found.leaf(f"{base}/Dt", f"{base}/DtTm")
    return parse_day((leaf.text or "").strip(), where(leaf), until=until) if leaf is not None else None


def _text(found: Leaves, only: Detail | None, place: Where, tally: Tally) -> str:
    whole = " ".join(part for part in (only.text if only else "", *found.texts("AddtlNtryInf")) if part)
    return _cut(whole, TEXT_LENGTH_MAX, place, tally)


def _cut(text: str, length_max: int, place: Where, tally: Tally) -> str:
    """The start of a text; a notice says where that is not all of it. The file itself is kept whole."""
    if len(text) > length_max:
        tally.note("N_TEXT_CUT", place, str(len(text)))
    return text[:length_max]


def _references(found: Leaves, only: Detail | None, batch: Mapping[str, str]) -> Mapping[str, str]:
    """The entry's own names go before those of its batch and of its only detail."""
    own = {"NtryRef": identifier(found, "NtryRef"), "AcctSvcrRef": identifier(found, "AcctSvcrRef")}
    stated = {name: value for name, value in own.items() if value and value != ABSENT}
    return dict(sorted(({**(only.references if only else {}), **batch, **stated}).items()))


def _batch(groups: Sequence[Leaves]) -> Mapping[str, str]:
    """The names of the batch that the entry is, where it is exactly one."""
    if len(groups) != 1:
        return {}
    names = {name: identifier(groups[0], f"Btch/{name}") for name in ("MsgId", "PmtInfId")}
    return {name: value for name, value in names.items() if value}


def _check_details(
    amount_minor: int, details: Sequence[Detail], own_charges: Sequence[Charge], currency: str, place: Where
) -> None:
    """Where every detail has its amount, they add up to the entry, or differ by the charges it includes."""
    amounts = [detail.amount_minor for detail in details]
    stated = [amount for amount in amounts if amount is not None]
    if not details or len(stated) < len(amounts):
        return
    inner = [charge for detail in details for charge in detail.charges]
    sums = {sum(stated) + _included(found, currency) for found in ((), own_charges, inner)}
    if amount_minor not in sums:
        raise FormatError("E_BATCH_SUM", place, f"{sum(stated)} {amount_minor}")


def _included(found: Sequence[Charge], currency: str) -> int:
    return sum(c.amount_minor for c in found if c.currency == currency and c.included is not False)


def _check_batches(amount_minor: int, groups: Sequence[Leaves], currency: str, place: Where) -> None:
    """Where the bank counts and adds a batch itself, both figures hold."""
    totals = [leaf for group in groups if (leaf := group.leaf("Btch/TtlAmt")) is not None]
    for group in groups:
        count, rows = group.text("Btch/NbOfTxs"), len(group.parts["TxDtls"])
        if count and rows and count.lstrip("0") != str(rows):
            raise FormatError("E_BATCH_SUM", place, f"NbOfTxs {count[:15]} {rows}")
    if len(groups) != 1 or not totals or totals[0].get("Ccy") != currency:
        return
    if parse_minor(totals[0].text or "", currency, place) != abs(amount_minor):
        raise FormatError("E_BATCH_SUM", place, f"TtlAmt {totals[0].text} {abs(amount_minor)}")
