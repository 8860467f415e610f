"""Synthetic ledgers of any size from a seed: one book, as columns and as the rows of the tables.

Money is received into a tranche, allocated, reserved, ordered, settled and accepted lot by lot; every fourth
contract is paid in another currency, and now and then something is released or an acceptance is undone.
Floors hold at every line. Every fund has its own accounts; the largest takes some six of a hundred movements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tranche.bulk.columns import KINDS, Columns
from tranche.bulk.compiled import compiled
from tranche.kernel.chart import AccountSpec, Fund, Kind, fx_account
from tranche.kernel.trace import Leg, Mv, MvId

DONORS: Final = 16
PROGRAMMES: Final = 2
LOTS: Final = 4
CONTRACT_BLOCK: Final = 3 + LOTS
FOREIGN_EACH: Final = 4
MOVEMENTS_EACH_CONTRACT: Final = 1_000
RANKS_BEFORE: Final = 4  # a fund's weight is 1 / (rank + 4): of 256 funds the largest has 5.8 %
RECEIPT_MAX: Final = 100_000_000  # a million: ten million movements stay far below every bound
UNDONE_MAX: Final = 100_000  # what is undone or released is a correction, not the half of all
LASTING_DOUBLED: Final = 9  # receipts that last pay for a hundred uses each, or two hundred, up to 60,000
RATE_MINOR: Final = 4_155  # of the other currency for 100
STAGES: Final = ("receive", "allocate", "reserve", "order", "settle", "accept", "unaccept", "release")
RECEIVE, ALLOCATE, RESERVE, ORDER, SETTLE, ACCEPT, UNACCEPT, RELEASE = range(8)
ODDS: Final = (14, 13, 15, 16, 17, 22, 1, 2)
"""How many draws of a hundred each stage has; where it finds no money, the stage before it has its turn."""


class Chart(NamedTuple):
    """Origins first, the two fx accounts, then each fund: tranche, programmes, its contracts one by one."""

    funds: int
    contracts: int


@compiled
def places(contracts: int, fund: int, contract: int) -> tuple[int, int, int]:
    """The tranche of a fund, the programme of one of its contracts, and the contract, whose others follow."""
    tranche = DONORS + 2 + fund * (1 + PROGRAMMES + contracts * CONTRACT_BLOCK)
    first = tranche + 1 + PROGRAMMES
    return tranche, tranche + 1 + contract % PROGRAMMES, first + contract * CONTRACT_BLOCK


@compiled
def _edge(contracts: int, stage: int, fund: int, contract: int, chance: int) -> tuple[int, int]:
    tranche, programme, reserved = places(contracts, fund, contract)
    transit, prepaid, lot = reserved + 1, reserved + 2, reserved + 3 + chance % LOTS
    if stage == RECEIVE:
        return fund % DONORS, tranche
    if stage == ALLOCATE:
        return tranche, programme
    if stage == RESERVE:
        return programme, reserved
    if stage == ORDER:
        return reserved, transit
    if stage == SETTLE:
        return transit, prepaid
    if stage == ACCEPT:
        return prepaid, lot
    if stage == UNACCEPT:
        return lot, prepaid
    return reserved, programme


@compiled
def _grow(
    contracts: int,
    lasting: bool,
    draws: NDArray[np.int64],
    balances: NDArray[np.int64],
    rows: NDArray[np.int64],
    begin: int,
    entry: int,
) -> tuple[int, int]:
    """Write rows of entry, line, src, dst, amount, stage from draws; return the last row and entry."""
    row = begin
    for n in range(len(draws)):
        stage, fund, contract, chance, wanted = draws[n]
        src, dst = _edge(contracts, stage, fund, contract, chance)
        while stage != RECEIVE and balances[src] == 0:
            stage = RESERVE if stage == RELEASE else stage - 1
            src, dst = _edge(contracts, stage, fund, contract, chance)
        is_foreign = stage == SETTLE and contract % FOREIGN_EACH == 0
        if row + is_foreign >= len(rows):
            break
        amount = wanted % RECEIPT_MAX + 1
        if stage == RECEIVE and lasting:
            amount = (amount >> 3 << chance % LASTING_DOUBLED) + 1
        if stage != RECEIVE:
            there = min(balances[src], UNDONE_MAX) if lasting or stage >= UNACCEPT else balances[src]
            amount = there if chance % 4 == 0 else wanted % there + 1
            balances[src] -= amount
        entry += 1
        if is_foreign:
            rows[row] = (entry, 1, src, DONORS, amount, stage)
            amount = amount * RATE_MINOR // 100 + chance % 7 + 1
            rows[row + 1] = (entry, 2, DONORS + 1, dst, amount, stage)
        else:
            rows[row] = (entry, 1, src, dst, amount, stage)
        balances[dst] += amount
        row += 1 + is_foreign
    return row, entry


@dataclass(frozen=True, slots=True)
class Ledger:
    """A synthetic book: its columns, the stage of each movement, and its accounts by their words."""

    columns: Columns
    stages: NDArray[np.uint8]
    specs: tuple[AccountSpec, ...]


def ledger(movements: int, *, seed: int = 1, funds: int = 256, lasting: bool = False) -> Ledger:
    """Return a book of this many movements, or one fewer where a conversion had no room at its end.

    Money is used up by a few steps of random size, or `lasting`: in small ones, by very many uses each.
    """
    contracts = max(2, movements // (funds * MOVEMENTS_EACH_CONTRACT))
    specs = tuple(_specs(funds, contracts))
    rows = np.zeros((movements, 6), np.int64)
    balances = np.zeros(len(specs), np.int64)
    rng = np.random.default_rng(seed)
    row, entry = 0, 0
    while row < movements - 1 or (row < movements and entry == 0):
        draws = _draws(rng, min(movements - row, DRAWS_EACH), funds, contracts)
        row, entry = _grow(contracts, lasting, draws, balances, rows, row, entry)
    return _ledger(rows[:row], specs)


DRAWS_EACH: Final = 1 << 20


def _draws(rng: np.random.Generator, count: int, funds: int, contracts: int) -> NDArray[np.int64]:
    weights = np.repeat(np.arange(len(ODDS)), ODDS)
    shares = 1 / (np.arange(funds) + RANKS_BEFORE)
    bounds = np.cumsum(shares) / shares.sum()
    return np.column_stack(
        [
            weights[rng.integers(len(weights), size=count)],
            np.searchsorted(bounds[:-1], rng.random(count), side="right"),
            rng.integers(contracts, size=count),
            rng.integers(1 << 30, size=count),
            rng.integers(1 << 50, size=count),
        ]
    ).astype(np.int64)


def _specs(funds: int, contracts: int) -> Iterator[AccountSpec]:
    for donor in range(DONORS):
        yield AccountSpec(Kind.ORIGIN, f"D{donor:02}:budget", None, "EUR")
    yield from map(fx_account, ("EUR", "UAH"))
    for number in range(funds):
        fund = Fund(f"T-{number:03}")
        yield AccountSpec(Kind.TRANCHE, f"D{number % DONORS:02}", fund, "EUR")
        for programme in range(PROGRAMMES):
            yield AccountSpec(Kind.PROGRAMME, f"P-{number:03}-{programme}", fund, "EUR")
        for contract in range(contracts):
            name, currency = f"C-{number:03}-{contract}", "EUR" if contract % FOREIGN_EACH else "UAH"
            yield AccountSpec(Kind.CONTRACT, name, fund, "EUR")
            yield AccountSpec(Kind.TRANSIT, f"{name}-PAY", fund, "EUR")
            yield AccountSpec(Kind.PREPAID, name, fund, currency)
            for lot in range(LOTS):
                yield AccountSpec(Kind.LOT, f"{name}-L{lot}", fund, currency)


def _ledger(rows: NDArray[np.int64], specs: tuple[AccountSpec, ...]) -> Ledger:
    is_out = rows[:, 3] == DONORS
    partner = np.full(len(rows), -1, np.int32)
    [out] = np.nonzero(is_out)
    partner[out], partner[out + 1] = out + 1, out
    columns = Columns(
        entry=np.ascontiguousarray(rows[:, 0]),
        line=rows[:, 1].astype(np.int32),
        src=rows[:, 2].astype(np.int32),
        dst=rows[:, 3].astype(np.int32),
        amount=np.ascontiguousarray(rows[:, 4]),
        partner=partner,
        kinds=np.array([KINDS.index(spec.kind) for spec in specs], np.uint8),
        codes=tuple(spec.code for spec in specs),
        currencies=tuple(spec.currency for spec in specs),
        entries=int(rows[-1, 0]),
        log_seq=0,
    )
    return Ledger(columns, rows[:, 5].astype(np.uint8), specs)


def offsets(accounts: NDArray[np.int32], amounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each amount begins on the line of its account."""
    order = np.argsort(accounts, kind="stable")
    ends = np.cumsum(amounts[order])
    starts = ends - amounts[order]
    first = np.r_[True, accounts[order][1:] != accounts[order][:-1]]
    lines = np.maximum.accumulate(np.where(first, starts, 0))
    result = np.empty_like(amounts)
    result[order] = starts - lines
    return result


def movements_of(book: Ledger) -> Iterator[Mv]:
    """The same book as the kernel knows movements."""
    c = book.columns
    src_off, dst_off = offsets(c.src, c.amount).tolist(), offsets(c.dst, c.amount).tolist()
    entry, line, amount = c.entry.tolist(), c.line.tolist(), c.amount.tolist()
    src, dst, partner = c.src.tolist(), c.dst.tolist(), c.partner.tolist()
    kinds = [spec.kind for spec in book.specs]
    for n in range(len(c)):
        leg, other = None, partner[n]
        if other > n:
            account = dst[other]
            leg = Leg(line[other], account, dst_off[other], amount[other], kinds[account])
        elif other >= 0:
            account = src[other]
            leg = Leg(line[other], account, src_off[other], amount[other], kinds[account])
        ends = (kinds[src[n]], kinds[dst[n]])
        yield Mv(MvId(entry[n], line[n]), src[n], dst[n], amount[n], src_off[n], dst_off[n], *ends, leg)
