"""The mechanism that is simulated: four kinds of funds, the places of their money, and the ways between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.money import Money
from tranche.ledger.flows import Restriction

FIRST_DAY: Final = date(2024, 12, 1)
DONORS: Final = ("DK", "SE", "IS", "EU")
START: Final = None
"""Where a fund's money waits before it is allocated: its tranche, pool or advance."""

WayOf = tuple[int, str, Kind | None, Kind | None]
FLOWS: Final[tuple[WayOf, ...]] = (
    (10, "allocate", START, Kind.PROGRAMME),
    (8, "reserve", Kind.PROGRAMME, Kind.CONTRACT),
    (9, "order", Kind.CONTRACT, Kind.TRANSIT),
    (5, "settle", Kind.TRANSIT, Kind.PREPAID),
    (12, "accept", Kind.PREPAID, Kind.LOT),
    (1, "unaccept", Kind.LOT, Kind.PREPAID),
    (1, "write_off", Kind.PREPAID, Kind.WRITE_OFF),
    (1, "refund", Kind.PREPAID, Kind.CONTRACT),
    (1, "release", Kind.PROGRAMME, START),
    (1, "release", Kind.CONTRACT, Kind.PROGRAMME),
    (1, "release", Kind.TRANSIT, Kind.CONTRACT),
    (1, "fee", START, Kind.FEE),
    (1, "fee", Kind.PROGRAMME, Kind.FEE),
    (1, "fee", Kind.CONTRACT, Kind.FEE),
    (1, "fee", Kind.TRANSIT, Kind.FEE),
)
ADVANCED: Final[tuple[WayOf, ...]] = (
    (6, "prefinance", START, Kind.CONTRACT),
    *(way for way in FLOWS if START not in way and Kind.PROGRAMME not in way),
    (2, "release", Kind.CONTRACT, START),
)
CONVERSIONS: Final = (
    (6, "settle", Kind.TRANSIT, Kind.PREPAID, "EUR", "UAH"),
    (1, "refund", Kind.PREPAID, Kind.CONTRACT, "UAH", "EUR"),
    (1, "convert", START, START, "EUR", "USD"),
    (1, "convert", START, START, "USD", "EUR"),
    (1, "convert", Kind.PROGRAMME, Kind.PROGRAMME, "EUR", "USD"),
    (1, "convert", Kind.PROGRAMME, Kind.PROGRAMME, "USD", "EUR"),
)
CURRENCIES: Final = {Kind.PREPAID: ("EUR", "UAH"), Kind.LOT: ("EUR", "UAH"), Kind.PROGRAMME: ("EUR", "USD")}


@cache
def spec(kind: Kind, holder: str, fund: Fund | None = None, currency: str = "EUR") -> AccountSpec:
    return AccountSpec(kind, holder, fund, currency)


@cache
def pooled(pool: str, donor: str) -> Fund:
    return Fund(f"{pool}/{donor}", pool, donor)


@dataclass(slots=True)
class Rule:
    """Money under one restriction: where it starts, what it is worth in, and who holds it now."""

    restriction: Restriction
    start: Place
    currency: str = "EUR"
    fund: Fund | None = None
    is_open: bool = True
    holders: dict[Kind, list[str]] = field(
        default_factory=lambda: {
            Kind.PROGRAMME: ["G-1", "G-2"],
            Kind.CONTRACT: ["C-1", "C-2", "C-3"],
            Kind.TRANSIT: ["Y-1", "Y-2"],
            Kind.PREPAID: ["C-1", "C-2", "C-3"],
            Kind.LOT: ["L-1", "L-2", "L-3", "L-4"],
            Kind.FEE: ["BANK"],
            Kind.WRITE_OFF: ["C-1"],
        }
    )

    @property
    def is_advance(self) -> bool:
        return self.start.kind is Kind.ADVANCE

    def currencies(self, kind: Kind | None) -> tuple[str, ...]:
        if self.is_advance:
            return (self.currency,)
        return ("EUR", "USD") if kind is START else CURRENCIES.get(kind, ("EUR",))

    def places(self, kind: Kind | None) -> list[Place]:
        if kind is START:
            return [self.start]
        return [Place(kind, holder) for holder in self.holders[kind]]


def tranche() -> Rule:
    return Rule(Restriction("LT-T1", pro_rata=False), Place(Kind.TRANCHE, "LT"), fund=Fund("LT-T1"))


def fifo_pool(generation: int) -> Rule:
    """The pool, and what follows it when a donor has left."""
    code = "P" + "'" * generation
    return Rule(Restriction(code, pro_rata=False), Place(Kind.POOL, "P"), fund=Fund(code))


def pro_rata_pool(code: str = "Q") -> Rule:
    return Rule(Restriction(code, pro_rata=True), Place(Kind.POOL, code))


def advance(code: str, currency: str) -> Rule:
    return Rule(Restriction(code, pro_rata=False), Place(Kind.ADVANCE, "UA"), currency, Fund(code))


@dataclass(frozen=True, slots=True)
class Flow:
    """What the ledger is asked when it makes the lines of an entry itself."""

    rule: Restriction
    source: Place
    target: Place
    out: Money
    into: Money | None = None
    to: AccountSpec | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Entries that stand or fall together."""

    drafts: tuple[EntryDraft, ...]
    expected: str = ""
    flow: Flow | None = None


@dataclass(frozen=True, slots=True)
class RollOver:
    """All money of an account moves on; what came from `leaving` goes to `his`."""

    account: AccountSpec
    leaving: str
    his: AccountSpec
    rest: AccountSpec
    booked_on: date
    lines: tuple[Line, ...] = ()
    expected: str = ""

    def target(self, path: tuple[str, ...]) -> AccountSpec:
        return self.his if path[0] == self.leaving else self.rest


@dataclass(frozen=True, slots=True)
class CloseAccount:
    code: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    upto: date
    expected: str = ""


@dataclass(frozen=True, slots=True)
class OpenAdvance:
    account: AccountSpec
    limit_minor: int | None
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The last transaction's key once more, with its request or with another one."""

    expected: str = ""


Operation = Post | RollOver | CloseAccount | ClosePeriod | OpenAdvance | Repeat
