"""camt.053 in, versions 01 to 13, by local name, as a stream: a file is staged whole or refused whole.

Sums are strict: opening + booked entries = closing, in the account's currency (standards note, section 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from tranche.formats import limits
from tranche.formats.bank.camt_entry import Tally, read_entry
from tranche.formats.bank.camt_fields import identifier
from tranche.formats.bank.camt_head import Head, read_head
from tranche.formats.bank.camt_page import Page, join_pages, read_page
from tranche.formats.bank.records import BankFile, Entry
from tranche.formats.dates import LAST
from tranche.formats.errors import FormatError
from tranche.formats.report import ImportReport
from tranche.formats.source import Given, open_source
from tranche.formats.xml import Element, Leaves, elements, local, where

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[1-9]|1[0-3])")
READ = frozenset({"GrpHdr", "Ntry", "Stmt"})


def read_statements(given: Given, *, booked_until: date = LAST) -> BankFile:
    """Every statement of a file; raises FormatError with code, place and value.

    A booking on `booked_until` or later is refused: the caller gives the day after tomorrow.
    """
    with open_source(given, limits.CAMT) as source:
        found = elements(source.file, READ)
        _check_message(next(found))
        reading = _Reading(Tally(booked_until))
        pages = list(_pages(found, reading))
    if not pages:
        raise FormatError("E_STMT_EMPTY")
    tally = reading.tally
    report = ImportReport(rows_in=tally.rows, accepted=tally.rows, notices=tuple(tally.notices))
    return BankFile(source.sha256, join_pages(pages, reading.message_id), report)


def _check_message(root: Element) -> None:
    namespace = root.nsmap.get(root.prefix, "")
    if not NAMESPACE.fullmatch(namespace) or local(root) != "Document":
        raise FormatError("E_XML_NAMESPACE", where(root), namespace or local(root))


@dataclass(slots=True)
class _Reading:
    """Where the stream stands: the statement that is open, and its entries so far."""

    tally: Tally
    message_id: str = ""
    head: Head | None = None
    entries: list[Entry] = field(default_factory=list)
    rows: int = 0

    def start(self, statement: Element) -> Head:
        if self.head is None:
            self.head = read_head(statement)
        return self.head

    def close(self) -> None:
        self.head, self.entries, self.rows = None, [], 0


def _pages(found: Iterator[Element], reading: _Reading) -> Iterator[Page]:
    for element in found:
        name = local(element)
        if name == "GrpHdr":
            reading.message_id = identifier(Leaves(element), "MsgId")
        elif name == "Ntry":
            _add_entry(element, reading)
        else:
            head = reading.start(element)
            unbooked = reading.rows - len(reading.entries)
            yield read_page(element, head, reading.entries, unbooked, reading.tally)
            reading.close()


def _add_entry(row: Element, reading: _Reading) -> None:
    statement = row.getparent()
    if statement is None or local(statement) != "Stmt":
        raise FormatError("E_STMT_FIELD", where(row), "Ntry")
    account = reading.start(statement).account
    reading.rows += 1
    reading.tally.rows += 1
    if reading.tally.rows > limits.CAMT.rows_max:
        raise FormatError("E_XML_LIMIT", where(row), str(limits.CAMT.rows_max))
    try:
        entry = read_entry(row, reading.rows, account, reading.tally)
    except FormatError as error:
        place = replace(error.where, ordinal=reading.rows)
        raise FormatError(error.code, place, error.value) from error
    if entry is not None:
        reading.entries.append(entry)
