"""One `Stmt` of camt.053 is a page: its balances and entries add up, and pages join into one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from tranche.formats.amount import check_total, decimal_text
from tranche.formats.bank.camt_entry import Tally
from tranche.formats.bank.camt_fields import Account, identifier, is_true
from tranche.formats.bank.camt_head import Head
from tranche.formats.bank.camt_summary import Summary, check_summary, read_summary
from tranche.formats.bank.records import Balance, Entry, Statement
from tranche.formats.dates import parse_day
from tranche.formats.errors import FormatError, Where
from tranche.formats.xml import Element, Leaves, where

SEQUENCE_MAX: Final = 2**31 - 1  # what a column of whole numbers holds


@dataclass(frozen=True, slots=True)
class Page:
    """One `Stmt` whose own sum holds."""

    where: Where
    head: Head
    stmt_id: str
    seq_no: int | None
    number: int | None
    is_last: bool
    from_on: date | None
    to_on: date | None
    copy_mark: str
    summary: Summary
    unbooked: int
    entries: tuple[Entry, ...]


def read_page(element: Element, head: Head, entries: Sequence[Entry], unbooked: int, tally: Tally) -> Page:
    """A whole `Stmt` whose entries were read before; raises FormatError where it is not true."""
    found = Leaves(element, apart=("Acct", "Bal", "Ntry", "TxsSummry"))
    place = where(element)
    _check_sum(head, entries, place)
    from_on, to_on = _period(found, head.closing, place)
    number = found.text("StmtPgntn/PgNb")
    return Page(
        where=place,
        head=head,
        stmt_id=_statement_id(found),
        seq_no=_sequence(found, place, tally),
        number=_page_number(number, place) if number else None,
        is_last=is_true(found, "StmtPgntn/LastPgInd"),
        from_on=from_on,
        to_on=to_on,
        copy_mark=identifier(found, "CpyDplctInd"),
        summary=read_summary(found.parts["TxsSummry"], head.account.currency),
        unbooked=unbooked,
        entries=tuple(entries),
    )


def join_pages(pages: Iterable[Page], message_id: str) -> tuple[Statement, ...]:
    """The statements of a file in the order in which each begins; raises where a page is missing."""
    books: dict[tuple[Account, str], list[Page]] = {}
    for page in pages:
        books.setdefault((page.head.account, page.stmt_id), []).append(page)
    return tuple(_joined(found, message_id) for found in books.values())


def _joined(found: list[Page], message_id: str) -> Statement:
    pages = _in_order(found)
    first, last = pages[0], pages[-1]
    for page, following in pairwise(pages):
        if page.head.closing.amount_minor != following.head.opening.amount_minor:
            raise FormatError(
                "E_STMT_PAGE",
                following.where,
                f"{page.head.closing.amount_minor} {following.head.opening.amount_minor}",
            )
    if first.head.opening.is_interim or last.head.closing.is_interim:
        raise FormatError("E_STMT_PAGE", (first if first.head.opening.is_interim else last).where, "INTM")
    entries = tuple(entry for page in pages for entry in page.entries)
    for page in pages:
        if not page.unbooked:
            check_summary(page.summary, page.entries, entries, page.where)
    return Statement(
        stmt_id=first.stmt_id,
        seq_no=first.seq_no,
        account_iban=first.head.account.iban,
        currency=first.head.account.currency,
        from_on=first.from_on,
        to_on=last.to_on,
        opening=first.head.opening.amount_minor,
        closing=last.head.closing.amount_minor,
        entries=entries,
        message_id=message_id,
        copy_mark=first.copy_mark,
        balances=tuple(balance for page in pages for balance in page.head.balances),
    )


def _in_order(found: list[Page]) -> list[Page]:
    """By their numbers, else as they stand where interim balances join them."""
    numbers = [page.number for page in found if page.number is not None]
    if not numbers:
        if len(found) > 1 and not all(page.head.opening.is_interim for page in found[1:]):
            raise FormatError("E_STMT_CONFLICT", found[1].where, found[1].stmt_id)
        return found
    ordered = sorted(found, key=lambda page: page.number or 0)
    if [page.number for page in ordered] != list(range(1, len(found) + 1)):
        raise FormatError("E_STMT_PAGE", ordered[0].where, " ".join(map(str, sorted(numbers)[:20])))
    if [page.is_last for page in ordered] != [False] * (len(found) - 1) + [True]:
        raise FormatError("E_STMT_PAGE", ordered[-1].where, "LastPgInd")
    return ordered


def _check_sum(head: Head, entries: Sequence[Entry], place: Where) -> None:
    opening, closing = head.opening.amount_minor, head.closing.amount_minor
    booked = sum(entry.amount_minor for entry in entries)
    total = opening + booked
    if total != closing:
        shown = [decimal_text(minor, head.account.currency) for minor in (opening, booked, total, closing)]
        raise FormatError("E_STMT_SUM", place, f"{shown[0]} + {shown[1]} = {shown[2]}, not {shown[3]}")
    check_total(total, place)


def _period(found: Leaves, closing: Balance, place: Where) -> tuple[date | None, date | None]:
    days = [
        parse_day(text, place) if (text := found.text(f"FrToDt/{name}DtTm", f"FrToDt/{name}Dt")) else None
        for name in ("Fr", "To")
    ]
    from_on, to_on = days[0], days[1] or closing.on
    if from_on and to_on and from_on > to_on:
        raise FormatError("E_DATE_RANGE", place, f"FrToDt {from_on} {to_on}")
    return from_on, to_on


def _statement_id(found: Leaves) -> str:
    text = identifier(found, "Id")
    if not text:
        raise FormatError("E_STMT_FIELD", where(found.element), "Id")
    return text


def _sequence(found: Leaves, place: Where, tally: Tally) -> int | None:
    text = found.text("ElctrncSeqNb", "LglSeqNb")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text) <= SEQUENCE_MAX):
        tally.note("N_STMT_SEQUENCE", place, text[:40])
        return None
    return int(text)


def _page_number(text: str, place: Where) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise FormatError("E_STMT_FIELD", place, f"PgNb {text[:20]}")
    return int(text)
