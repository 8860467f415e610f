"""The rules of posting: drafts, allowed lines, stamps, shares, mirrors and the hash of an entry.

Offsets and windows include the start and exclude the end; every amount is in minor units.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from tranche.kernel.canonical import encode
from tranche.kernel.chart import (
    EDGES,
    FUND_CHANGES,
    NAMES_ITS_ACCOUNTS,
    AccountSpec,
    Fund,
    Kind,
    Place,
    PoolPlace,
    pool_place,
)
from tranche.kernel.ledger_errors import (
    AmountOutOfRange,
    EdgeNotAllowed,
    InsufficientFunds,
    SharesNotNested,
)
from tranche.kernel.money import nested_shares

__all__ = [
    "EDGES",
    "AccountSpec",
    "EntryDraft",
    "Fund",
    "JournalEntry",
    "Kind",
    "Line",
    "MovementRow",
    "Place",
    "PoolPlace",
    "Posted",
    "Stamp",
    "Totals",
    "check_draft",
    "check_shares",
    "instant_text",
    "is_split",
    "journal_hash",
    "mirror",
    "pool_place",
    "split_outflow",
    "stamp",
]

MOVEMENT_MINOR_MAX: Final = 10**15
TOTAL_MINOR_MAX: Final = 2**53 - 1  # exact in every JSON reader
LINES_MAX: Final = 10_000  # an entry is written and hashed as one piece
ROUNDING_MINOR_MAX: Final = 100  # a bank's odd units, never a way to move money


@dataclass(frozen=True, slots=True)
class Line:
    """One edge to be posted."""

    source: AccountSpec
    target: AccountSpec
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One balanced event before it has a number."""

    kind: str
    lines: tuple[Line, ...]
    booked_on: date
    value_on: date | None = None
    decision_id: str | None = None
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A journal entry and its hash, as the log entry names them."""

    entry_id: int
    sha256: str


class MovementRow(NamedTuple):
    """A stored line, its accounts by code."""

    line: int
    source: str
    target: str
    currency: str
    amount_minor: int
    src_off: int
    dst_off: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A stored entry with its lines."""

    id: int
    key: str
    kind: str
    recorded_at: datetime
    booked_on: date
    value_on: date | None
    reverses: int | None
    decision_id: str | None
    log_seq: int
    movements: tuple[MovementRow, ...]


class Totals(NamedTuple):
    """What has come into an account and gone out of it, and how far its balance may fall."""

    in_total: int
    out_total: int
    floor: int | None

    @property
    def balance(self) -> int:
        return self.in_total - self.out_total


class Stamp(NamedTuple):
    """Where the cents of a line lie on the out-line of its source and the in-line of its target."""

    src_off: int
    dst_off: int


def check_draft(draft: EntryDraft) -> None:
    """Raise EdgeNotAllowed or AmountOutOfRange unless every line may be posted."""
    if not 1 <= len(draft.lines) <= LINES_MAX:
        raise AmountOutOfRange("lines", len(draft.lines))
    for line in draft.lines:
        why = _fault(draft, line)
        if why:
            raise EdgeNotAllowed(line.source.code, line.target.code, draft.kind, why)
        if not 1 <= line.amount_minor <= MOVEMENT_MINOR_MAX:
            raise AmountOutOfRange("amount", line.amount_minor)
        rounding = Kind.ROUNDING in (line.source.kind, line.target.kind)
        if rounding and line.amount_minor > ROUNDING_MINOR_MAX:
            raise AmountOutOfRange("rounding", line.amount_minor)


def _fault(draft: EntryDraft, line: Line) -> str:
    source, target = line.source, line.target
    if (source.kind, target.kind, draft.kind) not in EDGES:
        return "edge"
    if (draft.kind == "reverse") != (draft.reverses is not None):
        return "reverses"
    if source.currency != target.currency:
        return "currency"
    if source == target:
        return "same account"
    if draft.kind == "convert" and source.kind == target.kind:
        return "pair"
    if draft.kind == "assign" and target.fund is not None:
        donor = target.fund.donor if target.fund.donor is not None else target.holder
        if target.kind is Kind.TRANCHE or target.fund.donor is not None:
            return "" if donor == source.holder else "donor"
    return "" if draft.kind in FUND_CHANGES or _same_money(source, target) else "fund"


def _same_money(source: AccountSpec, target: AccountSpec) -> bool:
    if source.fund == target.fund:
        return True
    if source.fund is None and source.kind in (Kind.SUSPENSE, Kind.ROUNDING):
        return True
    if target.fund is None and target.kind in (Kind.SUSPENSE, Kind.ROUNDING):
        return True
    return source.kind is Kind.SUSPENSE and target.kind is Kind.UNASSIGNED


def stamp(lines: Iterable[Line], totals: Mapping[str, Totals]) -> tuple[tuple[Stamp, ...], dict[str, Totals]]:
    """Return where each line lies and the totals after; floors hold after every single line."""
    after = dict(totals)
    stamps: list[Stamp] = []
    for line in lines:
        source, target, amount = line.source.code, line.target.code, line.amount_minor
        came, went, floor = after[source]
        if floor is not None and came - went - amount < floor:
            raise InsufficientFunds(source, floor - (came - went - amount))
        after[source] = Totals(came, _in_range(went + amount), floor)
        target_came, target_went, target_floor = after[target]
        after[target] = Totals(_in_range(target_came + amount), target_went, target_floor)
        stamps.append(Stamp(went, target_came))
    return tuple(stamps), after


def _in_range(total: int) -> int:
    if total > TOTAL_MINOR_MAX:
        raise AmountOutOfRange("total", total)
    return total


def mirror(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that undo these: turned round, the last one first."""
    return tuple(Line(line.target, line.source, line.amount_minor) for line in reversed(lines))


def split_outflow(
    balances: Sequence[tuple[Fund, int]], source: Place, target: Place, currency: str, amount_minor: int
) -> tuple[Line, ...]:
    """Return one line a donor, by nested shares of the balances in the donors' order."""
    shares = nested_shares([balance for _, balance in balances], amount_minor)
    return tuple(
        Line(
            AccountSpec(source.kind, source.holder, fund, currency),
            AccountSpec(target.kind, target.holder, fund, currency),
            share,
        )
        for (fund, _), share in zip(balances, shares, strict=True)
        if share
    )


def is_split(kind: str, line: Line) -> bool:
    """Tell whether this line is a donor's share of an outflow, and not a donor's own money moving."""
    fund = line.source.fund
    if fund is None or fund.pool is None or kind in NAMES_ITS_ACCOUNTS:
        return False
    # The three below are a return to one donor, ordered, settled or given up.
    own = (Kind.UNASSIGNED, Kind.TRANCHE, Kind.POOL)
    if kind == "order":
        return line.source.kind not in own
    if kind == "settle":
        return line.target.kind is not Kind.RETURNED
    return not (kind == "release" and line.source.kind is Kind.TRANSIT and line.target.kind in own)


def check_shares(
    draft: EntryDraft, donors_at: Callable[[PoolPlace], Sequence[str]], totals: Mapping[str, Totals]
) -> None:
    """Raise SharesNotNested unless each outflow of a pro-rata pool follows the balances before it.

    `donors_at` gives the codes of the donors' accounts at a place in the donors' order.
    """
    change: dict[str, int] = {}
    before: dict[tuple[PoolPlace, Place], list[tuple[str, int]]] = {}
    paid: dict[tuple[PoolPlace, Place], dict[str, int]] = {}
    for line in draft.lines:
        source, target = line.source.code, line.target.code
        if is_split(draft.kind, line):
            place = pool_place(line.source)
            outflow = (place, Place(line.target.kind, line.target.holder))
            if outflow not in before:
                codes = donors_at(place)
                before[outflow] = [(c, totals[c].balance + change.get(c, 0)) for c in codes]
            shares = paid.setdefault(outflow, {})
            shares[source] = shares.get(source, 0) + line.amount_minor
        change[source] = change.get(source, 0) - line.amount_minor
        change[target] = change.get(target, 0) + line.amount_minor
    for outflow, balances in before.items():
        _check_outflow(balances, paid[outflow])


def _check_outflow(balances: Sequence[tuple[str, int]], paid: Mapping[str, int]) -> None:
    amount, held = sum(paid.values()), sum(balance for _, balance in balances)
    if amount > held:
        raise InsufficientFunds(max(paid, key=lambda code: paid[code]), amount - held)
    expected = nested_shares([balance for _, balance in balances], amount)
    for (code, _), share in zip(balances, expected, strict=True):
        if paid.get(code, 0) != share:
            raise SharesNotNested(code, share, paid.get(code, 0))


def instant_text(instant: datetime) -> str:
    """Return `YYYY-MM-DDThh:mm:ss.ffffffZ`, the form of every instant in the log and on SQLite."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def journal_hash(entry: JournalEntry) -> str:
    """Return the SHA-256 that binds an entry to its log entry, over its canonical form."""
    return hashlib.sha256(
        encode(
            {
                "booked_on": entry.booked_on.isoformat(),
                "decision": entry.decision_id,
                "fx": [],
                "id": entry.id,
                "kind": entry.kind,
                "movements": [list(movement) for movement in entry.movements],
                "recorded_at": instant_text(entry.recorded_at),
                "reverses": entry.reverses,
                "value_on": None if entry.value_on is None else entry.value_on.isoformat(),
            }
        )
    ).hexdigest()
