"""The slow way to the order with the least crossing: every order of every column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations, product

from tranche.formats.svg.sankey_order import Edge


def crossings(edges: Sequence[Sequence[Edge]], columns: Sequence[Sequence[str]]) -> int:
    """Compare every pair of ribbons between two columns."""
    total = 0
    for i, pieces in enumerate(edges):
        for first in pieces:
            for second in pieces:
                left = columns[i].index(first.source) - columns[i].index(second.source)
                right = columns[i + 1].index(first.target) - columns[i + 1].index(second.target)
                if left < 0 < right:
                    total += first.amount_minor * second.amount_minor
    return total


def least(edges: Sequence[Sequence[Edge]], columns: Sequence[Sequence[str]]) -> int:
    """The least that any order reaches."""
    return min(crossings(edges, order) for order in product(*(permutations(column) for column in columns)))
