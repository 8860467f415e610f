"""Where money came into the book: receipts, drawn advances and odd units, and whose money each is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.chart import Kind
from tranche.kernel.trace import MvId
from tranche.ledger.rows import day, marks, parts, reading, tuples
from tranche.queries.codes import Path

SOURCES_A_STATEMENT: Final = 500
SOURCES: Final = """
SELECT m.entry_id, m.line, s.kind, s.holder, m.currency, m.amount, d.code, e.booked_on
FROM movement m JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
JOIN journal_entry e ON e.id = m.entry_id
WHERE (m.entry_id, m.line) IN (VALUES :sources)
"""
OWNERS: Final = """
SELECT a.code, a.kind, a.holder, f.code, f.donor FROM account a LEFT JOIN fund f ON f.id = a.fund_id
WHERE a.code IN (:codes)
"""


@dataclass(frozen=True, slots=True)
class SourceFact:
    """One movement into the book: from what kind of source, whose, how much, when, and into which account."""

    name: MvId
    kind: Kind
    holder: str
    currency: str
    amount_minor: int
    entered: str
    booked_on: date


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose money an account may hold: its holder, and the donor of its fund where that is one donor's."""

    kind: Kind
    holder: str
    fund: str
    donor: str


def facts_of(sources: Iterable[MvId], using: str = "read") -> Mapping[MvId, SourceFact]:
    """What is known of these sources, by name."""
    execute, found = reading(using), dict[MvId, SourceFact]()
    for part in parts(sorted(set(sources)), SOURCES_A_STATEMENT):
        sql = SOURCES.replace(":sources", tuples(len(part), 2))
        for entry, line, kind, holder, currency, amount, entered, booked in execute(
            sql, [number for source in part for number in source]
        ):
            name = MvId(entry, line)
            found[name] = SourceFact(name, Kind(kind), holder, currency, amount, entered, day(booked))
    return found


def owners_of(codes: Collection[str], using: str = "read") -> Mapping[str, Owner]:
    """Whose money these accounts may hold, by code."""
    found: dict[str, Owner] = {}
    for part in parts(sorted(set(codes))):
        for code, kind, holder, fund, donor in reading(using)(
            OWNERS.replace(":codes", marks(len(part))), part
        ):
            found[code] = Owner(Kind(kind), holder, fund or "", donor or "")
    return found


def donor_of(path: Path, owners: Mapping[str, Owner], source_holder: str) -> str:
    """Whose money came by this path: the donor of a pro-rata fund, else the holder that it first had.

    A pool that mixes its donors counts for itself where the money entered it directly.
    """
    passed = [owners[code] for code in path]
    for owner in passed:
        if owner.donor:
            return owner.donor
    for owner in passed:
        if owner.kind in (Kind.UNASSIGNED, Kind.TRANCHE):
            return owner.holder
        if owner.kind is Kind.POOL:
            return owner.fund
    return source_holder.partition(":")[0]
