"""A camt.053.001.08 statement out, for demonstrations and tests: valid, the same bytes always."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lxml import etree

from tranche.formats.amount import decimal_text

LINE_LENGTH_MAX = 140
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class EntryOut:
    """One booked entry to write; credit above zero, debit below."""

    booked_on: date
    amount_minor: int
    counterparty_name: str
    counterparty_iban: str
    text: str
    end_to_end_id: str = ""
    bank_reference: str = ""
    instructed_minor: int = 0
    instructed_currency: str = ""


@dataclass(frozen=True, slots=True)
class StatementOut:
    """One statement to write; its closing is computed."""

    stmt_id: str
    seq_no: int
    account_iban: str
    currency: str
    from_on: date
    to_on: date
    opening_minor: int
    entries: tuple[EntryOut, ...]

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(entry.amount_minor for entry in self.entries)


def write_statement(statement: StatementOut) -> bytes:
    """The statement as UTF-8 XML."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # None is the default
    message = _add(root, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", statement.stmt_id)
    _add(header, "CreDtTm", f"{statement.to_on.isoformat()}T20:00:00Z")
    stmt = _add(message, "Stmt")
    _add(stmt, "Id", statement.stmt_id)
    _add(stmt, "ElctrncSeqNb", str(statement.seq_no))
    _add(stmt, "CreDtTm", f"{statement.to_on.isoformat()}T20:00:00Z")
    period = _add(stmt, "FrToDt")
    _add(period, "FrDtTm", f"{statement.from_on.isoformat()}T00:00:00Z")
    _add(period, "ToDtTm", f"{statement.to_on.isoformat()}T23:59:59Z")
    account = _add(stmt, "Acct")
    _add(_add(account, "Id"), "IBAN", statement.account_iban)
    _add(account, "Ccy", statement.currency)
    _balance(stmt, "OPBD", statement.opening_minor, statement.currency, statement.from_on)
    _balance(stmt, "CLBD", statement.closing_minor, statement.currency, statement.to_on)
    for entry in statement.entries:
        _entry(stmt, entry, statement.currency)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: etree._Element, name: str, value: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = value
    return element


def _amount(parent: etree._Element, amount_minor: int, currency: str) -> None:
    _add(parent, "Amt", decimal_text(abs(amount_minor), currency)).set("Ccy", currency)


def _direction(parent: etree._Element, amount_minor: int) -> None:
    _add(parent, "CdtDbtInd", "DBIT" if amount_minor < 0 else "CRDT")


def _balance(stmt: etree._Element, code: str, amount_minor: int, currency: str, on: date) -> None:
    balance = _add(stmt, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, amount_minor, currency)
    _direction(balance, amount_minor)
    _add(_add(balance, "Dt"), "Dt", on.isoformat())


def _entry(stmt: etree._Element, entry: EntryOut, currency: str) -> None:
    row = _add(stmt, "Ntry")
    _amount(row, entry.amount_minor, currency)
    _direction(row, entry.amount_minor)
    _add(_add(row, "Sts"), "Cd", "BOOK")
    _add(_add(row, "BookgDt"), "Dt", entry.booked_on.isoformat())
    _add(_add(row, "ValDt"), "Dt", entry.booked_on.isoformat())
    if entry.bank_reference:
        _add(row, "AcctSvcrRef", entry.bank_reference)
    domain = _add(_add(row, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    family = _add(domain, "Fmly")
    _add(family, "Cd", "RCDT" if entry.amount_minor > 0 else "ICDT")
    _add(family, "SubFmlyCd", "XBCT")
    detail = _add(_add(row, "NtryDtls"), "TxDtls")
    if entry.end_to_end_id:
        _add(_add(detail, "Refs"), "EndToEndId", entry.end_to_end_id)
    if entry.instructed_minor:
        _exchange(detail, entry, currency)
    if entry.counterparty_name or entry.counterparty_iban:
        _parties(detail, entry)
    if entry.text:
        _remittance(detail, entry.text)


def _exchange(detail: etree._Element, entry: EntryOut, currency: str) -> None:
    """What was instructed in the other currency, beside what it came to in the account's."""
    _amount(detail, entry.amount_minor, currency)
    _direction(detail, entry.amount_minor)
    details = _add(detail, "AmtDtls")
    _amount(_add(details, "InstdAmt"), entry.instructed_minor, entry.instructed_currency)
    _amount(_add(details, "TxAmt"), entry.amount_minor, currency)


def _parties(detail: etree._Element, entry: EntryOut) -> None:
    side = "Dbtr" if entry.amount_minor > 0 else "Cdtr"
    parties = _add(detail, "RltdPties")
    if entry.counterparty_name:
        _add(_add(_add(parties, side), "Pty"), "Nm", entry.counterparty_name)
    if entry.counterparty_iban:
        _add(_add(_add(parties, f"{side}Acct"), "Id"), "IBAN", entry.counterparty_iban)


def _remittance(detail: etree._Element, text: str) -> None:
    """The text in lines of 140 characters, the longest that the standard allows."""
    information = _add(detail, "RmtInf")
    for start in range(0, len(text), LINE_LENGTH_MAX):
        _add(information, "Ustrd", text[start : start + LINE_LENGTH_MAX])
