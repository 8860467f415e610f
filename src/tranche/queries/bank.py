"""Bank statements as staged: what the bank says, what of it is booked, and what the rest may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from tranche.models import AccountUse, BankLine, BankStatement, LineMatch, free
from tranche.queries.matching import Suggestion, suggestions

STATEMENTS_MAX: Final = 200
LINES_MAX: Final = 1_000

Readable = frozenset[str] | None
"""The parties whose accounts the viewer may read; None for all."""


class UnknownStatement(LookupError):
    """No statement has this id, or none that the viewer may read."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement: the balances that the bank states, and how many of its lines are booked."""

    id: str
    stmt_id: str
    party: str
    iban: str
    currency: str
    from_on: date | None
    to_on: date | None
    opening_minor: int
    closing_minor: int
    lines: int
    matched: int
    file_sha256: str
    file_name: str
    imported_at: datetime
    log_seq: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line: booked as something under a decision, or with what it may be."""

    id: str
    ordinal: int
    booked_on: date
    value_on: date | None
    amount_minor: int
    counterparty: str
    counterparty_iban: str
    text: str
    references: Mapping[str, Any]
    booked_as: str
    booked_kind: str
    decision_id: str
    rule: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class StatementDetail:
    """A statement with its lines; `entries_minor` is their sum."""

    row: StatementRow
    entries_minor: int
    lines: tuple[LineRow, ...]

    @property
    def adds_up(self) -> bool:
        return self.row.opening_minor + self.entries_minor == self.row.closing_minor


def statements(readable: Readable) -> tuple[StatementRow, ...]:
    """The statements of these parties' accounts, the latest first."""
    found = _counted(_readable(readable))
    return tuple(_row(row) for row in found.order_by("-to_on", "-stmt_id")[:STATEMENTS_MAX])


def statement(statement_id: str, readable: Readable) -> StatementDetail:
    """One statement; raises UnknownStatement."""
    found = _counted(_readable(readable)).filter(pk=statement_id).first()
    if found is None:
        raise UnknownStatement(statement_id)
    total = (
        BankLine.objects.using("read").filter(statement=found).aggregate(total=Sum("amount_minor"))["total"]
    )
    lines = list(
        BankLine.objects.using("read")
        .select_related("account__party")
        .prefetch_related(Prefetch("matches", LineMatch.objects.filter(released_seq__isnull=True)))
        .filter(statement=found)
        .order_by("ordinal")[:LINES_MAX]
    )
    offered = suggestions([line for line in lines if not line.matches.all()])
    return StatementDetail(_row(found), total or 0, tuple(_line(line, offered) for line in lines))


def statement_of_file(sha256: str) -> str:
    """The id of the first statement of a staged file, or nothing."""
    found = BankStatement.objects.using("read").filter(file__sha256=sha256).order_by("stmt_id").first()
    return found.id if found else ""


def statement_by_number(stmt_id: str) -> str:
    """The id of a statement by the bank's own number, or nothing."""
    found = BankStatement.objects.using("read").filter(stmt_id=stmt_id).first()
    return found.id if found else ""


def unbooked_count(readable: Readable) -> int:
    """How many lines wait to be booked."""
    found = free(BankLine.objects.using("read").filter(account__use=AccountUse.MECHANISM))
    return found.filter(account__party__ref__in=readable).count() if readable is not None else found.count()


def _counted(rows: QuerySet[BankStatement]) -> Any:
    """With the number of lines of each, and of those that are booked."""
    booked = Q(lines__matches__isnull=False, lines__matches__released_seq__isnull=True)
    return rows.annotate(
        line_count=Count("lines", distinct=True), matched=Count("lines", filter=booked, distinct=True)
    )


def _readable(readable: Readable) -> QuerySet[BankStatement]:
    found = BankStatement.objects.using("read").select_related("account__party", "file")
    return found if readable is None else found.filter(account__party__ref__in=readable)


def _row(found: Any) -> StatementRow:
    return StatementRow(
        id=found.id,
        stmt_id=found.stmt_id,
        party=found.account.party.ref,
        iban=found.account.iban,
        currency=found.account.currency,
        from_on=found.from_on,
        to_on=found.to_on,
        opening_minor=found.opening_minor,
        closing_minor=found.closing_minor,
        lines=found.line_count,
        matched=found.matched,
        file_sha256=found.file.sha256,
        file_name=found.file.name,
        imported_at=found.file.imported_at,
        log_seq=found.file.log_seq,
    )


def _line(line: BankLine, offered: Mapping[str, Sequence[Suggestion]]) -> LineRow:
    match = next(iter(line.matches.all()), None)
    return LineRow(
        id=line.id,
        ordinal=line.ordinal,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount_minor=line.amount_minor,
        counterparty=line.counterparty_name,
        counterparty_iban=line.counterparty_iban,
        text=line.text,
        references=line.references,
        booked_as=match.target_ref if match else "",
        booked_kind=match.target_kind if match else "",
        decision_id=match.decision_id if match else "",
        rule=match.rule if match else "",
        suggestions=tuple(offered.get(line.id, ())),
    )
