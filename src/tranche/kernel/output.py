"""The output of a joint project: an accepted lot in whole units to partners by weight.

Each unit of a partner has a term: the count of all units at which its exact share is whole. A lot first gives
what has come due, then the rest to whoever comes due next, nobody above its exact share rounded up. So after
every lot each partner is less than one unit from its exact share, and no earlier lot is ever changed.
"""

from __future__ import annotations

from collections.abc import Sequence

PARTNERS_MAX = 32
WEIGHT_MAX = 10**15


class BadWeights(ValueError):
    """Weights, or units given before, that no series of lots could have led to."""


def split_output(weights: Sequence[int], before: Sequence[int], quantity: int) -> tuple[int, ...]:
    """The units of a lot for each partner; `before` is what the earlier lots of these weights gave.

    Raises BadWeights where the weights are not whole and positive, or `before` is no split by them.
    """
    _check(weights, before, quantity)
    total = sum(weights)
    units = sum(before) + quantity
    exact = [divmod(units * weight, total) for weight in weights]
    after = [max(had, whole) for had, (whole, _part) in zip(before, exact, strict=True)]
    left = units - sum(after)
    if left < 0:
        raise BadWeights("the earlier lots give more than these weights allow")
    next_due = sorted(
        (-(-(had + 1) * total // weight), place)
        for place, (had, weight, (whole, part)) in enumerate(zip(after, weights, exact, strict=True))
        if part and had == whole
    )
    for _term, place in next_due[:left]:
        after[place] += 1
    return tuple(now - had for now, had in zip(after, before, strict=True))


def _check(weights: Sequence[int], before: Sequence[int], quantity: int) -> None:
    if not 0 < len(weights) <= PARTNERS_MAX or len(before) != len(weights):
        raise BadWeights(f"{len(weights)} weights, {len(before)} counts")
    if not all(0 < weight <= WEIGHT_MAX for weight in weights):
        raise BadWeights("a weight is whole and above zero")
    if quantity < 0 or min(before) < 0:
        raise BadWeights("units are never below zero")
