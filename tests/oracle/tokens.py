"""The trace unit by unit: every cent is a token that knows its source; no arithmetic but counting.

A token counts 1 in the account where it lies, or 0 where a conversion made it worth nothing. It carries the
units of its source that count with it: of the several tokens that one unit became, the last carries it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.trace import Mv, MvId


class Token(NamedTuple):
    counts: int
    source: MvId
    units: tuple[int, ...]


Held = dict[MvId, tuple[int, list[int]]]


def follow_tokens(movements: Sequence[Mv]) -> dict[MvId, Held]:
    """Return for each movement what it moved: by source, how many units here and which units there."""
    queues: dict[int, deque[Token]] = defaultdict(deque)
    converted: dict[MvId, list[Token]] = {}
    found: dict[MvId, Held] = {}
    for mv in movements:
        if mv.src_kind == Kind.FX:
            tokens = converted.pop(mv.id)
        elif mv.src_kind in SOURCES:
            tokens = [Token(1, mv.id, (unit,)) for unit in range(mv.amount)]
        else:
            tokens = _take(queues[mv.src], mv.amount)
        if mv.dst_kind == Kind.FX:
            assert mv.pair is not None
            converted[MvId(mv.id.entry, mv.pair.line)] = _convert(tokens, mv.amount, mv.pair.amount)
        elif mv.dst_kind not in SOURCES:
            queues[mv.dst].extend(tokens)
        found[mv.id] = _summed(tokens)
    return found


def _take(queue: deque[Token], amount: int) -> list[Token]:
    tokens: list[Token] = []
    while amount:
        token = queue.popleft()
        tokens.append(token)
        amount -= token.counts
    return tokens


def _convert(tokens: Sequence[Token], amount_out: int, amount_in: int) -> list[Token]:
    result: list[Token] = []
    unit = 0
    for token in tokens:
        if not token.counts:
            result.append(token)
            continue
        result += _became(token, unit, amount_out, amount_in)
        unit += 1
    return result


def _became(token: Token, unit: int, amount_out: int, amount_in: int) -> list[Token]:
    if amount_out >= amount_in:
        counts = (unit + 1) * amount_in // amount_out - unit * amount_in // amount_out
        return [token._replace(counts=counts)]
    first, end = (-(-cut * amount_in // amount_out) for cut in (unit, unit + 1))
    return [token._replace(units=())] * (end - first - 1) + [token]


def _summed(tokens: Sequence[Token]) -> Held:
    found: Held = {}
    for token in tokens:
        count, units = found.get(token.source, (0, []))
        found[token.source] = (count + token.counts, [*units, *token.units])
    return {source: (count, sorted(units)) for source, (count, units) in found.items() if count or units}
