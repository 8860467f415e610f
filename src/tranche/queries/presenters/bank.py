"""Bank statements in words: amounts as money, lines with the booking that each may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.http import urlencode

from tranche.kernel.money import Money
from tranche.queries.bank import LineRow, StatementDetail, StatementRow
from tranche.queries.matching import Suggestion
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.matching import (
    confidence_word,
    differs_sentence,
    rivals_sentence,
    why_sentence,
)
from tranche.queries.presenters.words import KINDS, word


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    """What a line may be, why, and where the booking is prepared."""

    title: str
    ref: str
    why: str
    confidence: str
    differs: str
    rivals: str
    url: str
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of a statement."""

    id: str
    ordinal: int
    booked_on: date
    amount: Money
    incoming: bool
    counterparty: str
    counterparty_iban: str
    text: str
    booked_as: str
    booked_kind: str
    decision_id: str
    suggestions: tuple[SuggestionShown, ...]
    by_hand: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement with its proof: opening and entries make closing."""

    id: str
    stmt_id: str
    party: str
    iban: str
    from_on: date | None
    to_on: date | None
    opening: Money
    entries: Money | None
    closing: Money
    adds_up: bool
    count: int
    booked: int
    file_name: str
    file_sha256: str
    imported_at: datetime
    log_seq: int
    lines: tuple[LineShown, ...]


def statements_shown(rows: Sequence[StatementRow]) -> tuple[StatementShown, ...]:
    """The lines of the list, without the entries of each."""
    return tuple(_statement(row, None, (), adds_up=True) for row in rows)


def statement_shown(found: StatementDetail) -> StatementShown:
    """One statement with its lines."""
    currency = found.row.currency
    lines = tuple(_line(line, currency) for line in found.lines)
    return _statement(found.row, Money(found.entries_minor, currency), lines, adds_up=found.adds_up)


def _statement(
    row: StatementRow, entries: Money | None, lines: tuple[LineShown, ...], *, adds_up: bool
) -> StatementShown:
    return StatementShown(
        id=row.id,
        stmt_id=row.stmt_id,
        party=row.party,
        iban=row.iban,
        from_on=row.from_on,
        to_on=row.to_on,
        opening=Money(row.opening_minor, row.currency),
        entries=entries,
        closing=Money(row.closing_minor, row.currency),
        adds_up=adds_up,
        count=row.lines,
        booked=row.matched,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        imported_at=row.imported_at,
        log_seq=row.log_seq,
        lines=lines,
    )


def _line(line: LineRow, currency: str) -> LineShown:
    incoming = line.amount_minor > 0
    return LineShown(
        id=line.id,
        ordinal=line.ordinal,
        booked_on=line.booked_on,
        amount=Money(line.amount_minor, currency),
        incoming=incoming,
        counterparty=line.counterparty,
        counterparty_iban=line.counterparty_iban,
        text=line.text,
        booked_as=line.booked_as,
        booked_kind=word(KINDS, line.booked_kind) if line.booked_kind else "",
        decision_id=line.decision_id,
        suggestions=tuple(_suggestion(line.id, row) for row in line.suggestions),
        by_hand=_by_hand(line, incoming=incoming),
    )


def _suggestion(line_id: str, row: Suggestion) -> SuggestionShown:
    values = {row.kind: row.ref, "line": line_id, "rule": row.rule}
    return SuggestionShown(
        title=title(row.action),
        ref=row.ref,
        why=why_sentence(row.rule),
        confidence=confidence_word(row.confidence),
        differs=differs_sentence(row.differs),
        rivals=rivals_sentence(row.rivals),
        url=f"{reverse('act', args=[row.action])}?{urlencode(values)}",
        is_conflict=row.confidence == "conflict",
    )


INCOMING = (
    *("tranche.confirm_receipt", "contract.book_refund", "payment.bounce"),
    *("bank.park", "bank.book_interest"),
)
OUTGOING = (
    *("payment.settle", "bank.book_fee", "bank.convert"),
    *("advance.reimburse", "bank.identify"),
)
PARKED = ("bank.identify",)
"""What a person may book a line as that no rule found: money in, money out, what waits for its paper."""


def _by_hand(line: LineRow, *, incoming: bool) -> tuple[tuple[str, str], ...]:
    """Where a person books the line: (title, address)."""
    if line.booked_as:
        names: tuple[str, ...] = PARKED if line.booked_kind == "suspense" else ()
    else:
        names = INCOMING if incoming else OUTGOING
    query = urlencode({"line": line.id})
    return tuple((title(name), f"{reverse('act', args=[name])}?{query}") for name in names)
