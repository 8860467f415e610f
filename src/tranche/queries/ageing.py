"""How long money has lain: unallocated since its receipt, paid to a supplier since the payment; oldest first.

Both are aged by the pieces that lie there, first in first out. Ages are days; a class includes its last day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.chart import Kind
from tranche.kernel.trace import MvId, Window
from tranche.ledger import fragments
from tranche.ledger.balances import Balance, balances
from tranche.ledger.book import SqlReader
from tranche.ledger.rows import day, marks, parts, reading
from tranche.queries.sources import facts_of
from tranche.queries.stages import STAGE_OF
from tranche.queries.viewer import UNFILTERED, Viewer, without_foreign

CLASSES: Final = (30, 90, 180, 365)
"""The last day of each class; what is older has a class of its own."""
IDLE: Final = "idle"
PREPAID: Final = "prepaid"
BOOKED: Final = "SELECT id, booked_on FROM journal_entry WHERE id IN (:ids)"


@dataclass(frozen=True, slots=True)
class Aged:
    """Money in one account that came by one movement: a receipt for idle money, a payment for prepaid."""

    what: str
    account: str
    currency: str
    movement: MvId
    since: date
    days: int
    amount_minor: int

    @property
    def age(self) -> int:
        """The number of its class."""
        return next((n for n, last in enumerate(CLASSES) if self.days <= last), len(CLASSES))


@dataclass(frozen=True, slots=True)
class Ageing:
    """One currency: what lies how long, by what it is and by class; the rows oldest first."""

    currency: str
    sums: Mapping[str, tuple[int, ...]]
    rows: tuple[Aged, ...]


def ageing(today: date, who: Viewer = UNFILTERED) -> tuple[Ageing, ...]:
    """Idle and prepaid money of every currency."""
    found: dict[str, list[Aged]] = defaultdict(list)
    for row in (*_idle(today, who), *_prepaid(today, who)):
        found[row.currency].append(row)
    return tuple(
        Ageing(currency, _sums(rows), tuple(sorted(rows, key=_oldest)))
        for currency, rows in sorted(found.items())
    )


def _oldest(row: Aged) -> tuple[date, str, MvId]:
    return row.since, row.account, row.movement


def _sums(rows: Iterable[Aged]) -> Mapping[str, tuple[int, ...]]:
    sums = {what: [0] * (len(CLASSES) + 1) for what in (IDLE, PREPAID)}
    for row in rows:
        sums[row.what][row.age] += row.amount_minor
    return {what: tuple(amounts) for what, amounts in sums.items()}


def _idle(today: date, who: Viewer) -> list[Aged]:
    kinds = tuple(kind for kind, stage in STAGE_OF.items() if stage == IDLE)
    held = {row.code: row for row in without_foreign(who, balances(kinds=kinds)) if row.balance > 0}
    sums: dict[tuple[str, MvId], int] = defaultdict(int)
    for piece in fragments.idle(held):
        sums[piece.account, piece.source] += piece.amount_minor
    facts = facts_of(source for _, source in sums)
    return _aged(IDLE, sums, held, {source: facts[source].booked_on for _, source in sums}, today)


def _prepaid(today: date, who: Viewer) -> list[Aged]:
    held = {row.code: row for row in without_foreign(who, balances(kinds=(Kind.PREPAID,))) if row.balance > 0}
    windows = [Window(row.account_id, row.out_total, row.in_total) for row in held.values()]
    sums: dict[tuple[str, MvId], int] = defaultdict(int)
    reader = SqlReader(reading("read"))
    for code, window, movements in zip(held, windows, reader.into(windows), strict=True):
        for mv in movements:
            start, end = max(window.lo, mv.dst_off), min(window.hi, mv.dst_off + mv.amount)
            sums[code, mv.id] += end - start
    return _aged(PREPAID, sums, held, _booked({movement for _, movement in sums}), today)


def _booked(movements: Iterable[MvId]) -> Mapping[MvId, date]:
    kept = list(movements)
    days: dict[int, date] = {}
    for part in parts(sorted({movement.entry for movement in kept})):
        rows = reading("read")(BOOKED.replace(":ids", marks(len(part))), part)
        days |= {number: day(booked) for number, booked in rows}
    return {movement: days[movement.entry] for movement in kept}


def _aged(
    what: str,
    sums: Mapping[tuple[str, MvId], int],
    held: Mapping[str, Balance],
    since: Mapping[MvId, date],
    today: date,
) -> list[Aged]:
    """Pieces without a whole unit in the currency of the account are left out."""
    return [
        Aged(
            what=what,
            account=account,
            currency=held[account].currency,
            movement=movement,
            since=since[movement],
            days=max((today - since[movement]).days, 0),
            amount_minor=amount,
        )
        for (account, movement), amount in sums.items()
        if amount
    ]
