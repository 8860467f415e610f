"""camt.053 in, versions 01 to 13, by local name: a file is staged whole or refused whole.

Sums are strict: opening + booked entries = closing, in the account's currency (standards note, section 2).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from tranche.formats.amount import parse_minor
from tranche.formats.bank.records import BankFile, Entry, Statement, fingerprint
from tranche.formats.errors import FormatError, ImportReport, Notice, Where
from tranche.formats.xml import Element, child, children, elements, line_of, local, text, where

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[1-9]|1[0-3])")
ENTRIES_MAX = 1_000_000
YEAR_MIN = 1999
TEXT_LENGTH_MAX = 4_000
REFERENCES = ("EndToEndId", "UETR", "InstrId", "PmtInfId", "MsgId", "TxId", "AcctSvcrRef")
ABSENT = "NOTPROVIDED"
OPENING = ("OPBD", "PRCD")


def read_statements(data: bytes) -> BankFile:
    """Every statement of a file; raises FormatError with code, line and value."""
    found = elements(data, "Stmt")
    root = next(found)
    namespace = root.nsmap.get(root.prefix, "")
    if not NAMESPACE.fullmatch(namespace):
        raise FormatError("E_XML_NAMESPACE", where(root), namespace or local(root))
    notices: list[Notice] = []
    statements = tuple(_statement(element, notices) for element in found if local(element) == "Stmt")
    if not statements:
        raise FormatError("E_STMT_EMPTY")
    rows = sum(len(statement.entries) for statement in statements) + len(notices)
    report = ImportReport(rows, rows - len(notices), (), tuple(notices))
    return BankFile(hashlib.sha256(data).hexdigest(), statements, report)


def _statement(element: Element, notices: list[Notice]) -> Statement:
    account = _account(element)
    currency = text(element, "Acct", "Ccy") or _balance_currency(element)
    opening, closing = _balances(element, currency)
    entries = _entries(element, account, currency, notices)
    booked = sum(entry.amount_minor for entry in entries)
    if opening + booked != closing:
        raise FormatError(
            "E_STMT_SUM", where(element), f"{opening} + {booked} = {opening + booked}, not {closing}"
        )
    _check_summary(element, entries, currency)
    sequence = text(element, "ElctrncSeqNb") or text(element, "LglSeqNb")
    return Statement(
        stmt_id=text(element, "Id"),
        seq_no=int(sequence) if sequence.isascii() and sequence.isdigit() else None,
        account_iban=account,
        currency=currency,
        from_on=_optional_date(element, "FrToDt", "FrDtTm"),
        to_on=_optional_date(element, "FrToDt", "ToDtTm"),
        opening=opening,
        closing=closing,
        entries=entries,
    )


def _account(element: Element) -> str:
    iban = text(element, "Acct", "Id", "IBAN")
    if not iban:
        return text(element, "Acct", "Id", "Othr", "Id")
    try:
        return str(IBAN(iban))
    except SchwiftyException as error:
        raise FormatError("E_IBAN", where(element), iban) from error


def _balance_currency(element: Element) -> str:
    amount = child(element, "Bal", "Amt")
    if amount is None:
        raise FormatError("E_STMT_BALANCE", where(element), "no balance")
    return amount.get("Ccy", "")


def _balances(element: Element, currency: str) -> tuple[int, int]:
    """Opening (OPBD, else PRCD; given both, they agree) and closing; interim pages are not read here."""
    found: dict[str, int] = {}
    for balance in children(element, "Bal"):
        code = text(balance, "Tp", "CdOrPrtry", "Cd")
        if text(balance, "Tp", "SubTp", "Cd") == "INTM":
            raise FormatError("E_STMT_PAGE", where(balance), code)
        if code in (*OPENING, "CLBD"):
            found[code] = _signed(balance, currency)
    openings = {found[code] for code in OPENING if code in found}
    if not openings or "CLBD" not in found:
        raise FormatError("E_STMT_BALANCE", where(element), " ".join(sorted(found)))
    if len(openings) == 2:
        raise FormatError("E_STMT_SUM", where(element), " and ".join(map(str, sorted(openings))))
    return openings.pop(), found["CLBD"]


def _signed(element: Element, currency: str) -> int:
    """The amount of a balance or entry, debits below zero; raises E_STMT_CURRENCY for another currency."""
    amount = child(element, "Amt")
    if amount is None:
        raise FormatError("E_AMOUNT_SYNTAX", where(element))
    if amount.get("Ccy", "") != currency:
        raise FormatError("E_STMT_CURRENCY", where(amount), f"{amount.get('Ccy', '')} {currency}")
    minor = parse_minor(amount.text or "", currency, where(amount))
    direction = text(element, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise FormatError("E_XML_SYNTAX", where(element), f"CdtDbtInd {direction}")
    return minor if direction == "CRDT" else -minor


def _entries(element: Element, account: str, currency: str, notices: list[Notice]) -> tuple[Entry, ...]:
    """The booked entries; pending and informational ones are notices, never facts."""
    rows = children(element, "Ntry")
    if len(rows) > ENTRIES_MAX:
        raise FormatError("E_XML_LIMIT", where(element), str(len(rows)))
    seen: Counter[str] = Counter()
    entries = []
    for ordinal, row in enumerate(rows, start=1):
        status = text(row, "Sts", "Cd") or text(row, "Sts")
        if status != "BOOK":
            notices.append(Notice("N_NOT_BOOKED", Where(line_of(row), "Ntry", ordinal), status))
            continue
        entries.append(_entry(row, ordinal, account, currency, seen))
    return tuple(entries)


def _entry(row: Element, ordinal: int, account: str, currency: str, seen: Counter[str]) -> Entry:
    detail = child(row, "NtryDtls", "TxDtls")
    _check_details(row, currency)
    credit = text(row, "CdtDbtInd") == "CRDT"
    fields: dict[str, object] = {
        "booked_on": _date(row, "BookgDt"),
        "value_on": _optional_date(row, "ValDt", "Dt") or _optional_date(row, "ValDt", "DtTm"),
        "amount_minor": _signed(row, currency),
        "references": _references(row, detail),
        "counterparty_iban": _party(detail, credit, "Acct", "Id", "IBAN"),
        "text": _remittance(row, detail),
        "tx_code": _code(row),
    }
    mark = fingerprint(account, currency, fields)
    seen[mark] += 1
    return Entry(
        ordinal=ordinal,
        counterparty_name=_party_name(detail, credit),
        reversal=text(row, "RvslInd") == "true",
        return_code=text(detail, "RtrInf", "Rsn", "Cd") if detail is not None else "",
        fingerprint=mark,
        occurrence=seen[mark],
        **fields,  # type: ignore[arg-type]  # each under its own name
    )


def _check_details(row: Element, currency: str) -> None:
    """Where every detail of a batch states its amount, they add up to the entry."""
    details = [d for part in children(row, "NtryDtls") for d in children(part, "TxDtls")]
    amounts = [child(detail, "Amt") for detail in details]
    if len(details) < 2 or any(amount is None or amount.get("Ccy") != currency for amount in amounts):
        return
    total = sum(parse_minor(a.text or "", currency, where(a)) for a in amounts if a is not None)
    if total != abs(_signed(row, currency)):
        raise FormatError("E_BATCH_SUM", where(row), str(total))


def _references(row: Element, detail: Element | None) -> Mapping[str, str]:
    found = {"NtryRef": text(row, "NtryRef"), "AcctSvcrRef": text(row, "AcctSvcrRef")}
    if detail is not None:
        found |= {name: value for name in REFERENCES if (value := text(detail, "Refs", name))}
        found["CdtrRef"] = text(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")
    return {name: value for name, value in sorted(found.items()) if value and value != ABSENT}


def _party(detail: Element | None, credit: bool, *path: str) -> str:
    """Of the side opposite the direction: the debtor of a credit, the creditor of a debit."""
    side = "Dbtr" if credit else "Cdtr"
    return text(detail, "RltdPties", f"{side}{path[0]}", *path[1:]) if detail is not None else ""


def _party_name(detail: Element | None, credit: bool) -> str:
    if detail is None:
        return ""
    side = "Dbtr" if credit else "Cdtr"
    return text(detail, "RltdPties", side, "Nm") or text(detail, "RltdPties", side, "Pty", "Nm")


def _remittance(row: Element, detail: Element | None) -> str:
    info = child(detail, "RmtInf") if detail is not None else None
    lines = [(line.text or "").strip() for line in children(info, "Ustrd")] if info is not None else []
    lines.append(text(row, "AddtlNtryInf"))
    return " ".join(line for line in lines if line)[:TEXT_LENGTH_MAX]


def _code(row: Element) -> str:
    parts = [
        text(row, "BkTxCd", "Domn", "Cd"),
        text(row, "BkTxCd", "Domn", "Fmly", "Cd"),
        text(row, "BkTxCd", "Domn", "Fmly", "SubFmlyCd"),
    ]
    return "-".join(part for part in parts if part) or text(row, "BkTxCd", "Prtry", "Cd")


def _date(element: Element, name: str) -> date:
    found = _optional_date(element, name, "Dt") or _optional_date(element, name, "DtTm")
    if found is None:
        raise FormatError("E_DATE_SYNTAX", where(element), name)
    return found


def _optional_date(element: Element, *path: str) -> date | None:
    """The calendar date as written, never shifted by its zone."""
    raw = text(element, *path)
    if not raw:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T+Z-].*)?", raw):
        raise FormatError("E_DATE_SYNTAX", where(element), raw)
    try:
        found = date.fromisoformat(raw[:10])
    except ValueError as error:
        raise FormatError("E_DATE_SYNTAX", where(element), raw) from error
    if found.year < YEAR_MIN or found.year > 2100:
        raise FormatError("E_DATE_RANGE", where(element), raw)
    return found


def _check_summary(element: Element, entries: tuple[Entry, ...], currency: str) -> None:
    """The bank's own totals, where it states them."""
    summary = child(element, "TxsSummry")
    if summary is None:
        return
    for name, rows in (
        ("TtlNtries", entries),
        ("TtlCdtNtries", tuple(entry for entry in entries if entry.amount_minor > 0)),
        ("TtlDbtNtries", tuple(entry for entry in entries if entry.amount_minor < 0)),
    ):
        count, total = text(summary, name, "NbOfNtries"), text(summary, name, "Sum")
        if count and count != str(len(rows)):
            raise FormatError("E_STMT_SUM", where(summary), f"{name} {count}, not {len(rows)}")
        booked = sum(abs(entry.amount_minor) for entry in rows)
        if total and parse_minor(total, currency, where(summary)) != booked:
            raise FormatError("E_STMT_SUM", where(summary), f"{name} {total}")
