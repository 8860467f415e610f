"""The chart of accounts: kinds, funds, the table of allowed edges and the code of an account."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple

from tranche.kernel.ledger_errors import BadAccount

POOL_DONORS_MAX: Final = 64  # small donors share a place by agreement


class Kind(StrEnum):
    """What the money of an account is."""

    ORIGIN = "origin"
    ADVANCE = "advance"
    SUSPENSE = "suspense"
    UNASSIGNED = "unassigned"
    TRANCHE = "tranche"
    POOL = "pool"
    PROGRAMME = "programme"
    CONTRACT = "contract"
    TRANSIT = "transit"
    PREPAID = "prepaid"
    LOT = "lot"
    RETURNED = "returned"
    FEE = "fee"
    WRITE_OFF = "write_off"
    FX = "fx"
    ROUNDING = "rounding"


SOURCES: Final = frozenset({Kind.ORIGIN, Kind.ADVANCE, Kind.ROUNDING})
USES: Final = frozenset({Kind.LOT, Kind.RETURNED, Kind.FEE, Kind.WRITE_OFF})
HOLDINGS: Final = frozenset(Kind) - SOURCES - USES - {Kind.FX}
FLOORLESS: Final = frozenset({Kind.ORIGIN, Kind.FX, Kind.ROUNDING})
FUNDLESS: Final = frozenset({Kind.ORIGIN, Kind.FX, Kind.ROUNDING, Kind.UNASSIGNED})
MAY_LACK_FUND: Final = frozenset({Kind.SUSPENSE, Kind.TRANSIT, Kind.RETURNED, Kind.FEE})
"""Where money of no fund may lie too: set aside, or unassigned money on its way back."""
NAMED_BY_FUND: Final = frozenset({Kind.TRANCHE, Kind.POOL})
NAMED_ALONE: Final = frozenset({Kind.FX, Kind.ROUNDING})


def _edges() -> frozenset[tuple[Kind, Kind, str]]:
    k = Kind
    received = (k.UNASSIGNED, k.TRANCHE, k.POOL)
    table: tuple[tuple[tuple[Kind, ...], tuple[Kind, ...], str], ...] = (
        ((k.ORIGIN,), (*received, k.SUSPENSE), "receive"),
        ((k.SUSPENSE,), (*received, k.PROGRAMME, k.CONTRACT, k.RETURNED), "confirm"),
        ((k.UNASSIGNED,), (k.TRANCHE, k.POOL), "assign"),
        ((k.TRANCHE,), (k.POOL,), "assign"),
        ((k.TRANCHE, k.POOL), (k.PROGRAMME,), "allocate"),
        ((k.PROGRAMME,), (k.CONTRACT,), "reserve"),
        ((k.CONTRACT, *received), (k.TRANSIT,), "order"),
        ((k.TRANSIT,), (k.PREPAID, k.RETURNED), "settle"),
        ((k.ADVANCE,), (k.CONTRACT,), "prefinance"),
        ((k.TRANCHE, k.POOL), (k.ADVANCE,), "reimburse"),
        ((k.PREPAID,), (k.LOT,), "accept"),
        ((k.PREPAID,), (k.WRITE_OFF,), "write_off"),
        ((k.LOT,), (k.PREPAID,), "unaccept"),
        ((k.PREPAID,), (k.CONTRACT,), "refund"),
        ((k.PROGRAMME,), (k.TRANCHE, k.POOL), "release"),
        ((k.CONTRACT,), (k.PROGRAMME, k.ADVANCE), "release"),
        ((k.TRANSIT,), (k.CONTRACT, *received), "release"),
        ((k.TRANSIT, k.PREPAID, k.RETURNED), (k.SUSPENSE,), "bounce"),
        ((*received, k.PROGRAMME), (k.SUSPENSE,), "recall"),
        ((*received, k.PROGRAMME, k.CONTRACT, k.TRANSIT), (k.FEE,), "fee"),
        *(((kind,), (kind,), "convert") for kind in (*received, k.PROGRAMME)),
        *(((kind,), (kind,), "rollover") for kind in HOLDINGS),
        *(
            (sources, targets, kind)
            for kind in ("settle", "refund", "convert")
            for sources, targets in (
                ((k.TRANSIT, k.PREPAID, *received, k.PROGRAMME), (k.ROUNDING,)),
                ((k.ROUNDING,), (k.TRANSIT,)),
            )
        ),
    )
    forward = frozenset(
        (source, target, kind)
        for sources, targets, kind in table
        for source, target in product(sources, targets)
    )
    return forward | frozenset((target, source, "reverse") for source, target, _ in forward)


EDGES: Final = _edges()
PAIRED: Final = frozenset({"settle", "refund", "reimburse", "convert", "reverse"})
"""Entry kinds that may convert: an out-line into fx and an in-line out of it, checked as one edge."""

FUND_CHANGES: Final = frozenset({"receive", "assign", "reimburse", "rollover", "reverse"})
NAMES_ITS_ACCOUNTS: Final = frozenset(
    {"receive", "confirm", "assign", "reverse", "rollover", "recall", "bounce"}
)  # entry kinds whose lines of a pro-rata pool are not split


@dataclass(frozen=True, slots=True)
class Fund:
    """Money under one restriction; with pool and donor, one donor of a pro-rata pool."""

    code: str
    pool: str | None = None
    donor: str | None = None


class Place(NamedTuple):
    """An account without its fund."""

    kind: Kind
    holder: str


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """The words that make an account, and its code, which is made once: posting looks accounts up by it."""

    kind: Kind
    holder: str
    fund: Fund | None
    currency: str
    code: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", _code(self))

    def __hash__(self) -> int:
        return hash(self.code)


def _code(spec: AccountSpec) -> str:
    fund = "-" if spec.fund is None else spec.fund.code
    if spec.kind in NAMED_BY_FUND:
        return f"{spec.kind.value}:{fund}:{spec.currency}"
    if spec.kind in NAMED_ALONE:
        return f"{spec.kind.value}:{spec.currency}"
    if spec.kind in FUNDLESS:
        return f"{spec.kind.value}:{spec.holder}:{spec.currency}"
    return f"{spec.kind.value}:{spec.holder}:{fund}:{spec.currency}"


def fx_account(currency: str) -> AccountSpec:
    """The open position of conversions in a currency."""
    return AccountSpec(Kind.FX, "", None, currency)


def rounding_account(currency: str) -> AccountSpec:
    """Where the bank's odd minor units of a currency go, and come from."""
    return AccountSpec(Kind.ROUNDING, "", None, currency)


class PoolPlace(NamedTuple):
    """Where the donors of one pro-rata pool hold money side by side."""

    kind: Kind
    holder: str
    pool: str
    currency: str


_WORD: Final = re.compile(r"[A-Za-z0-9._'-]{1,80}")
_FUND: Final = re.compile(r"[A-Za-z0-9._'-]{1,80}(/[A-Za-z0-9._'-]{1,80})?")
_ORIGIN: Final = re.compile(r"[A-Za-z0-9._'-]{1,80}:(budget|windfall|interest|unknown)")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def check_account(spec: AccountSpec) -> None:
    """Raise BadAccount unless the words make one account and only one."""
    fund = spec.fund
    holder = _ORIGIN if spec.kind is Kind.ORIGIN else _WORD
    if spec.holder if spec.kind in NAMED_ALONE else not holder.fullmatch(spec.holder):
        raise BadAccount(spec.code, "holder")
    if not _CURRENCY.fullmatch(spec.currency):
        raise BadAccount(spec.code, "currency")
    if (fund is not None) if spec.kind in FUNDLESS else (fund is None and spec.kind not in MAY_LACK_FUND):
        raise BadAccount(spec.code, "fund")
    if fund is None:
        return
    if not _FUND.fullmatch(fund.code):
        raise BadAccount(spec.code, "fund")
    if (fund.pool is not None or fund.donor is not None) and fund.code != f"{fund.pool}/{fund.donor}":
        raise BadAccount(spec.code, "donor")


def floor_of(kind: Kind) -> int | None:
    """Return how far a balance may fall; a state's advance has its own limit and no rule here."""
    if kind is Kind.ADVANCE:
        raise BadAccount(kind, "limit")
    return None if kind in FLOORLESS else 0


def pool_place(account: AccountSpec) -> PoolPlace:
    """Return where this donor's account stands beside those of the other donors."""
    if account.fund is None or account.fund.pool is None:
        raise BadAccount(account.code, "pool")
    return PoolPlace(account.kind, account.holder, account.fund.pool, account.currency)
