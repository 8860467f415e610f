"""The money graph of one currency, checked, in canonical order, and folded until a person can read it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

NODES_MAX: Final = 60  # slots of the highlight sheet, and what fits a page
LINKS_MAX: Final = 200  # more ribbons than this cannot be told apart
LAYERS_MAX: Final = 10
LAYER_QUOTA: Final = 10
BAR_LENGTH: Final = 3600  # height of the fullest layer's money
NODE_HEIGHT_MIN: Final = 20  # thinner than two pixels is folded where it has company


class SankeyError(Exception):
    """The graph that a query made is not one of money flowing forward; nothing was drawn."""


class NodeError(SankeyError):
    """A node is named twice, or never described, or lies in no layer."""

    def __init__(self, key: str) -> None:
        super().__init__(f"node {key} is described twice, not at all, or in no layer")
        self.key = key


class LinkError(SankeyError):
    """A link does not lead to a later layer, or carries nothing."""

    def __init__(self, source: str, target: str, amount_minor: int) -> None:
        super().__init__(f"link {source} to {target} of {amount_minor} does not carry money forward")
        self.source, self.target, self.amount_minor = source, target, amount_minor


class UnbalancedError(SankeyError):
    """What came in is not what went on plus what is still there."""

    def __init__(self, key: str, in_minor: int, out_minor: int) -> None:
        super().__init__(f"node {key} took in {in_minor} and accounts for {out_minor}")
        self.key, self.in_minor, self.out_minor = key, in_minor, out_minor


@dataclass(frozen=True, slots=True)
class SankeyNode:
    """A place of money; `idle_minor` is what came in and is still there."""

    key: str
    label: str
    layer: int
    href: str = ""
    idle_minor: int = 0


@dataclass(frozen=True, slots=True)
class SankeyLink:
    source: str
    target: str
    amount_minor: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by layer, amount and key; one link a pair; `folded` counts what each Other stands for."""

    nodes: tuple[SankeyNode, ...]
    links: tuple[SankeyLink, ...]
    values: dict[str, int]
    folded: dict[str, int]

    @property
    def layers(self) -> tuple[tuple[SankeyNode, ...], ...]:
        """Layers without a node are left out, so the columns stand close."""
        used = sorted({node.layer for node in self.nodes})
        return tuple(tuple(n for n in self.nodes if n.layer == layer) for layer in used)

    @property
    def largest_layer(self) -> int:
        """What the fullest column of money amounts to."""
        totals: Counter[int] = Counter()
        for node in self.nodes:
            totals[node.layer] += self.values[node.key]
        return max(totals.values(), default=0)


def reduce(nodes: Iterable[SankeyNode], links: Iterable[SankeyLink]) -> Graph:
    """The checked graph with its small places folded into one Other a layer; sums are kept."""
    graph = _build(_checked_nodes(nodes), tuple(links), {})
    _check_links(graph)
    _check_balance(graph)
    graph = _fold(graph, [*_over_quota(graph), *_too_thin(graph)])
    while len(graph.links) > LINKS_MAX:
        graph = _fold(graph, _smallest_of_fullest(graph))
    return graph


def other_key(layer: int) -> str:
    return f"other:{layer}"


def _checked_nodes(nodes: Iterable[SankeyNode]) -> tuple[SankeyNode, ...]:
    seen: set[str] = set()
    kept = tuple(nodes)
    for node in kept:
        if node.key in seen or not 0 <= node.layer < LAYERS_MAX or node.idle_minor < 0:
            raise NodeError(node.key)
        seen.add(node.key)
    return kept


def _build(nodes: Sequence[SankeyNode], links: Iterable[SankeyLink], folded: dict[str, int]) -> Graph:
    merged: dict[tuple[str, str], SankeyLink] = {}
    for link in links:
        ends = (link.source, link.target)
        known = merged.get(ends)
        merged[ends] = (
            replace(
                known,
                amount_minor=known.amount_minor + link.amount_minor,
                href=known.href if known.href == link.href else "",
            )
            if known
            else link
        )
    values = _values(nodes, merged.values())
    ordered = sorted(
        (node for node in nodes if values[node.key]), key=lambda n: (n.layer, -values[n.key], n.key)
    )
    place = {node.key: i for i, node in enumerate(ordered)}
    kept = sorted(merged.values(), key=lambda link: (place[link.source], place[link.target]))
    return Graph(tuple(ordered), tuple(kept), {node.key: values[node.key] for node in ordered}, folded)


def _values(nodes: Sequence[SankeyNode], links: Iterable[SankeyLink]) -> dict[str, int]:
    """What passed through each node: the greater of in and out plus idle."""
    known = {node.key for node in nodes}
    taken, given = Counter[str](), Counter({node.key: node.idle_minor for node in nodes})
    for link in links:
        for key in (link.source, link.target):
            if key not in known:
                raise NodeError(key)
        if link.amount_minor <= 0:
            raise LinkError(link.source, link.target, link.amount_minor)
        given[link.source] += link.amount_minor
        taken[link.target] += link.amount_minor
    return {key: max(taken[key], given[key]) for key in known}


def _check_links(graph: Graph) -> None:
    layer = {node.key: node.layer for node in graph.nodes}
    for link in graph.links:
        if layer[link.source] >= layer[link.target]:
            raise LinkError(link.source, link.target, link.amount_minor)


def _check_balance(graph: Graph) -> None:
    """Where money begins there is nothing to compare, nor where a last-layer place has used it up."""
    taken, given = Counter[str](), Counter[str]()
    for link in graph.links:
        given[link.source] += link.amount_minor
        taken[link.target] += link.amount_minor
    last = max((node.layer for node in graph.nodes), default=0)
    for node in graph.nodes:
        accounted = given[node.key] + node.idle_minor
        used_up = node.layer == last and accounted == 0
        if taken[node.key] and not used_up and taken[node.key] != accounted:
            raise UnbalancedError(node.key, taken[node.key], accounted)


def _over_quota(graph: Graph) -> list[SankeyNode]:
    """Ten nodes a layer, and what other layers leave unused is given on in layer order."""
    layers = graph.layers
    quota = min(LAYER_QUOTA, NODES_MAX // max(len(layers), 1))
    spare = NODES_MAX - sum(min(quota, len(layer)) for layer in layers)
    over: list[SankeyNode] = []
    for layer in layers:
        excess = len(layer) - quota
        extra = min(max(excess, 0), spare)
        spare -= extra
        if excess > extra:
            over.extend(layer[quota + extra - 1 :])
    return over


def _too_thin(graph: Graph) -> list[SankeyNode]:
    """Nodes under two pixels, where at least two of a layer are: one alone keeps its name."""
    largest = graph.largest_layer
    thin = [
        [n for n in layer if graph.values[n.key] * BAR_LENGTH < NODE_HEIGHT_MIN * largest]
        for layer in graph.layers
    ]
    return [node for nodes in thin if len(nodes) > 1 for node in nodes]


def _smallest_of_fullest(graph: Graph) -> list[SankeyNode]:
    fullest = max(graph.layers, key=lambda layer: (len(layer), -layer[0].layer))
    named = [node for node in fullest if node.key != other_key(node.layer)]
    other_stands = len(named) < len(fullest)
    return named[-1:] if other_stands else named[-2:]


def _fold(graph: Graph, nodes: Iterable[SankeyNode]) -> Graph:
    folded_keys = {node.key: other_key(node.layer) for node in nodes}
    if not folded_keys:
        return graph
    counts, idle = Counter(graph.folded), defaultdict[tuple[int, str], int](int)
    for node in graph.nodes:
        if node.key in folded_keys:
            counts[other_key(node.layer)] += 1
            idle[node.layer, other_key(node.layer)] += node.idle_minor
    others = []
    for (layer, key), amount in sorted(idle.items()):
        standing = sum(node.idle_minor for node in graph.nodes if node.key == key)
        others.append(SankeyNode(key, "", layer, idle_minor=amount + standing))
    kept = [n for n in graph.nodes if n.key not in folded_keys and n.key not in {o.key for o in others}]
    links = (
        replace(
            link,
            source=folded_keys.get(link.source, link.source),
            target=folded_keys.get(link.target, link.target),
            href="" if {link.source, link.target} & folded_keys.keys() else link.href,
        )
        for link in graph.links
    )
    return _build([*kept, *others], links, dict(counts))
