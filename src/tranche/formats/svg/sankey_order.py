"""The order of places in each column that makes the ribbons cross least, weighed by the money in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from tranche.formats.svg.sankey_graph import Graph

SWEEPS_MAX: Final = 24
EXCHANGES_MAX: Final = 8


class Edge(NamedTuple):
    """A piece of a ribbon between two neighbouring columns."""

    source: str
    target: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Layered:
    """Every ribbon cut into pieces of one column each; `routes` names the stops of each link in order."""

    columns: tuple[tuple[str, ...], ...]
    edges: tuple[tuple[Edge, ...], ...]
    routes: tuple[tuple[str, ...], ...]


def layered(graph: Graph) -> Layered:
    """Links that pass over a column get an invisible stop in it."""
    columns = [[node.key for node in layer] for layer in graph.layers]
    column_of = {key: i for i, column in enumerate(columns) for key in column}
    edges: list[list[Edge]] = [[] for _ in columns[1:]]
    routes = []
    for link in graph.links:
        first, last = column_of[link.source], column_of[link.target]
        stops = [f"{link.source}>{link.target}@{i}" for i in range(first + 1, last)]
        for i, stop in enumerate(stops, first + 1):
            columns[i].append(stop)
        route = (link.source, *stops, link.target)
        for i, (source, target) in enumerate(pairwise(route), first):
            edges[i].append(Edge(source, target, link.amount_minor))
        routes.append(route)
    return Layered(tuple(map(tuple, columns)), tuple(map(tuple, edges)), tuple(routes))


def least_crossing(graph: Layered) -> tuple[tuple[str, ...], ...]:
    """Barycentre sweeps, the best of them kept, then neighbours exchanged while that helps."""
    columns = best = graph.columns
    least = crossings(graph.edges, best)
    for sweep in range(SWEEPS_MAX):
        if least == 0:
            break
        columns = _swept(graph.edges, columns, forward=sweep % 2 == 0)
        count = crossings(graph.edges, columns)
        if count < least:
            best, least = columns, count
    return _exchanged(graph.edges, best)


def crossings(edges: Sequence[Sequence[Edge]], columns: Sequence[Sequence[str]]) -> int:
    """The sum over crossing pairs of the product of their amounts."""
    return sum(
        _crossings_between(pieces, _places(columns[i]), _places(columns[i + 1]))
        for i, pieces in enumerate(edges)
    )


def _crossings_between(edges: Sequence[Edge], left: dict[str, int], right: dict[str, int]) -> int:
    tree = [0] * (len(right) + 1)
    total = before = 0
    ends = sorted((left[e.source], right[e.target], e.amount_minor) for e in edges)
    for _, target, amount in ends:
        total += amount * (before - _sum_to(tree, target + 1))
        before += amount
        _add(tree, target + 1, amount)
    return total


def _sum_to(tree: Sequence[int], place: int) -> int:
    total = 0
    while place > 0:
        total += tree[place]
        place -= place & -place
    return total


def _add(tree: list[int], place: int, amount: int) -> None:
    while place < len(tree):
        tree[place] += amount
        place += place & -place


def _places(column: Sequence[str]) -> dict[str, int]:
    return {key: i for i, key in enumerate(column)}


def _swept(
    edges: Sequence[Sequence[Edge]], columns: Sequence[tuple[str, ...]], *, forward: bool
) -> tuple[tuple[str, ...], ...]:
    """Each column in turn sorted by the weighted mean place of its neighbours in the column before it."""
    swept = list(columns)
    order = range(1, len(swept)) if forward else range(len(swept) - 2, -1, -1)
    for i in order:
        fixed = _places(swept[i - 1 if forward else i + 1])
        weights, moments = defaultdict[str, int](int), defaultdict[str, int](int)
        for edge in edges[i - 1 if forward else i]:
            here, there = (edge.target, edge.source) if forward else (edge.source, edge.target)
            weights[here] += edge.amount_minor
            moments[here] += edge.amount_minor * fixed[there]
        own = _places(swept[i])
        centre = {key: Fraction(moments[key], weights[key]) if weights[key] else own[key] for key in own}
        swept[i] = tuple(sorted(swept[i], key=lambda key: (centre[key], own[key])))  # used at once
    return tuple(swept)


def _exchanged(
    edges: Sequence[Sequence[Edge]], columns: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    exchanged = [list(column) for column in columns]
    for _ in range(EXCHANGES_MAX):
        swapped = [_exchange_column(edges, exchanged, i) for i in range(len(exchanged))]
        if not any(swapped):
            break
    return tuple(map(tuple, exchanged))


def _exchange_column(edges: Sequence[Sequence[Edge]], columns: list[list[str]], i: int) -> bool:
    """Swap neighbours of column `i` wherever fewer ribbons cross then; says whether any was swapped."""
    near = defaultdict[str, list[tuple[int, int, int]]](list)
    for side, pieces in ((i - 1, edges[i - 1] if i else ()), (i + 1, edges[i] if i < len(edges) else ())):
        places = _places(columns[side]) if pieces else {}
        for edge in pieces:
            here, there = (edge.target, edge.source) if side < i else (edge.source, edge.target)
            near[here].append((side, places[there], edge.amount_minor))
    column, swapped = columns[i], False
    for j in range(len(column) - 1):
        upper, lower = near[column[j]], near[column[j + 1]]
        if _pair_crossings(lower, upper) < _pair_crossings(upper, lower):
            column[j], column[j + 1], swapped = column[j + 1], column[j], True
    return swapped


def _pair_crossings(upper: Sequence[tuple[int, int, int]], lower: Sequence[tuple[int, int, int]]) -> int:
    return sum(
        amount * other
        for side, place, amount in upper
        for other_side, other_place, other in lower
        if side == other_side and place > other_place
    )
