"""Pro-rata pools: every outflow is one line a donor, by nested shares of the balances before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tranche.kernel.chart import (
    NAMES_ITS_ACCOUNTS,
    AccountSpec,
    Fund,
    Kind,
    Place,
    PoolPlace,
    fx_account,
    pool_place,
    rounding_account,
)
from tranche.kernel.journal import EntryDraft, Line, Pair
from tranche.kernel.ledger_errors import InsufficientFunds, SharesNotNested
from tranche.kernel.money import nested_shares, weighted_shares

__all__ = ["Split", "check_shares", "is_split", "split_conversion", "split_fx", "split_outflow"]

_OWN = (Kind.UNASSIGNED, Kind.TRANCHE, Kind.POOL)


class Split(NamedTuple):
    """Lines with the conversions among them, numbered from 1."""

    lines: tuple[Line, ...]
    fx: tuple[Pair, ...]


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


def split_fx(shares: Sequence[int], in_minor: int) -> tuple[int, ...]:
    """Return what each donor gets of the bank's integer in the target currency, weighted by what he gave.

    Where the target's integer is the larger one, nobody who gave something gets nothing.
    """
    return weighted_shares(shares, in_minor)


def split_conversion(
    balances: Sequence[tuple[Fund, int]],
    source: Place,
    target: Place,
    out: tuple[int, str],
    into: tuple[int, str],
    *,
    to: AccountSpec | None = None,
) -> Split:
    """Return the lines of a conversion at the bank's two integers, one pair a donor.

    A share that is worth less than one unit of the target currency goes to rounding, so both sums stay exact.
    `to` names the one account that takes the money of every donor, where the target is not the fund's own.
    """
    (out_minor, out_currency), (in_minor, in_currency) = out, into
    given = nested_shares([balance for _, balance in balances], out_minor)
    lines: list[Line] = []
    pairs: list[Pair] = []
    for (fund, _), out_share, in_share in zip(balances, given, split_fx(given, in_minor), strict=True):
        here = AccountSpec(source.kind, source.holder, fund, out_currency)
        there = to or AccountSpec(target.kind, target.holder, fund, in_currency)
        if out_share and in_share:
            lines += [
                Line(here, fx_account(out_currency), out_share),
                Line(fx_account(in_currency), there, in_share),
            ]
            pairs.append(Pair(len(lines) - 1, len(lines)))
        elif out_share:
            lines.append(Line(here, rounding_account(out_currency), out_share))
    return Split(tuple(lines), tuple(pairs))


def is_split(kind: str, source: AccountSpec, target: AccountSpec) -> bool:
    """Tell whether this edge is a donor's share of an outflow, and not a donor's own money moving."""
    fund = source.fund
    if fund is None or fund.pool is None or kind in NAMES_ITS_ACCOUNTS:
        return False
    # The three below are a return to one donor, ordered, settled or given up.
    if kind == "order":
        return source.kind not in _OWN
    if kind == "settle":
        return target.kind is not Kind.RETURNED
    return not (kind == "release" and source.kind is Kind.TRANSIT and target.kind in _OWN)


@dataclass(slots=True)
class _Outflow:
    """What one place of a pool gave in an entry: the donors' balances before, and what each line took."""

    balances: list[tuple[str, int]]
    given: dict[str, int] = field(default_factory=dict)
    got: dict[str, int] = field(default_factory=dict)


def check_shares(
    draft: EntryDraft, donors_at: Callable[[PoolPlace], Sequence[str]], balance: Callable[[str], int]
) -> None:
    """Raise SharesNotNested unless each outflow of a pro-rata pool follows the balances before it.

    `donors_at` gives the codes of the donors' accounts at a place in the donors' order, `balance` what an
    account holds before the entry.
    """
    change: dict[str, int] = {}
    outflows: dict[tuple[PoolPlace, Place | None], _Outflow] = {}
    into = {pair.out_line: draft.lines[pair.in_line - 1] for pair in draft.fx}
    for number, line in enumerate(draft.lines, start=1):
        source, end = line.source.code, into.get(number, line)
        if is_split(draft.kind, line.source, end.target):
            place = pool_place(line.source)
            # What is worth nothing in the other currency belongs to the conversion that it is the rest of.
            is_converted = bool(draft.fx) and (number in into or end.target.kind is Kind.ROUNDING)
            outflow = (place, None if is_converted else Place(end.target.kind, end.target.holder))
            if outflow not in outflows:
                codes = donors_at(place)
                outflows[outflow] = _Outflow([(code, balance(code) + change.get(code, 0)) for code in codes])
            taken = outflows[outflow]
            taken.given[source] = taken.given.get(source, 0) + line.amount_minor
            if is_converted:
                taken.got[source] = taken.got.get(source, 0) + (end.amount_minor if number in into else 0)
        change[source] = change.get(source, 0) - line.amount_minor
        change[line.target.code] = change.get(line.target.code, 0) + line.amount_minor
    for each in outflows.values():
        _check_outflow(each)


def _check_outflow(outflow: _Outflow) -> None:
    given, balances = outflow.given, outflow.balances
    amount, held = sum(given.values()), sum(balance for _, balance in balances)
    if amount > held:
        raise InsufficientFunds(max(given, key=lambda code: given[code]), amount - held)
    shares = nested_shares([balance for _, balance in balances], amount)
    _compare(balances, shares, given)
    if outflow.got:
        _compare(balances, split_fx(shares, sum(outflow.got.values())), outflow.got)


def _compare(balances: Sequence[tuple[str, int]], expected: Sequence[int], found: Mapping[str, int]) -> None:
    for (code, _), share in zip(balances, expected, strict=True):
        if found.get(code, 0) != share:
            raise SharesNotNested(code, share, found.get(code, 0))
