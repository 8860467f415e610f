"""Where every node and ribbon of the money graph stands: exact heights, sides filled, order kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tranche.formats.svg.labels import spread
from tranche.formats.svg.sankey_graph import BAR_LENGTH, NODE_HEIGHT_MIN, Graph, SankeyLink, SankeyNode
from tranche.formats.svg.sankey_order import Layered, layered, least_crossing
from tranche.formats.svg.scale import largest_remainder, proportion

WIDTH: Final = 11_200
NODE_WIDTH: Final = 120
STUB_WIDTH: Final = 160
LAST_LABEL_WIDTH: Final = 1_560
GAP: Final = 160
STOP_GAP: Final = 60
LABEL_PITCH: Final = 480  # a thin node still has room for its name, its amount and what is idle of it
ROUNDS: Final = 32
MARGIN: Final = 40


@dataclass(frozen=True, slots=True)
class Box:
    """A node: its bar, the part of it that is idle at the foot, and its slot in the highlight sheet."""

    node: SankeyNode
    slot: int
    column: int
    left: int
    top: int
    height: int
    idle_height: int
    value_minor: int

    @property
    def centre(self) -> int:
        return self.top + self.height // 2


@dataclass(frozen=True, slots=True)
class Span:
    """A ribbon's edge on one side: a place from left to right and the upright stretch it fills there."""

    left: int
    right: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Ribbon:
    link: SankeyLink
    source_slot: int
    target_slot: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    width: int
    height: int
    column_lefts: tuple[int, ...]
    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]


def arrange(graph: Graph) -> Layout:
    """All places of a reduced graph; the same graph gives the same places."""
    if not graph.nodes:
        return Layout(WIDTH, 0, (), (), ())
    pieces = layered(graph)
    columns = least_crossing(pieces)
    heights = _heights(graph, pieces)
    named = graph.values.keys()
    gaps = {key: max(GAP, LABEL_PITCH - heights[key]) if key in named else STOP_GAP for key in heights}
    height = 2 * MARGIN + max(sum(heights[key] + gaps[key] for key in column) for column in columns)
    tops = _relaxed(pieces, columns, heights, gaps, height)
    lefts = _column_lefts(len(columns))
    boxes = _boxes(graph, columns, heights, tops, lefts)
    return Layout(WIDTH, height, lefts, boxes, _ribbons(graph, pieces, boxes, heights, tops, lefts))


def _heights(graph: Graph, pieces: Layered) -> dict[str, int]:
    largest = graph.largest_layer
    heights = {
        key: max(NODE_HEIGHT_MIN, proportion(value, largest, BAR_LENGTH))
        for key, value in graph.values.items()
    }
    for link, route in zip(graph.links, pieces.routes, strict=True):
        thickness = max(1, proportion(link.amount_minor, largest, BAR_LENGTH))
        heights.update((stop, thickness) for stop in route[1:-1])
    return heights


def _column_lefts(count: int) -> tuple[int, ...]:
    free = WIDTH - LAST_LABEL_WIDTH - NODE_WIDTH
    return tuple(i * free // (count - 1) if count > 1 else 0 for i in range(count))


def _relaxed(
    pieces: Layered,
    columns: Sequence[Sequence[str]],
    heights: Mapping[str, int],
    gaps: Mapping[str, int],
    bottom: int,
) -> dict[str, int]:
    """Pull each place towards the mean of its neighbours, in turns from either side, never out of order."""
    roomy = {key: heights[key] + gaps[key] for key in heights}
    centres: dict[str, int] = {}

    def settle(column: Sequence[str], wanted: Sequence[int]) -> None:
        settled = spread(wanted, [roomy[key] for key in column], MARGIN, bottom - MARGIN)
        centres.update(zip(column, settled, strict=True))

    for column in columns:
        settle(column, [bottom // 2] * len(column))
    for turn in range(ROUNDS):
        forward = turn % 2 == 0
        for i in range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1):
            pull = _pulls(pieces, i - 1 if forward else i, centres, forward=forward)
            settle(columns[i], [pull.get(key, centres[key]) for key in columns[i]])
    return {key: centre - heights[key] // 2 for key, centre in centres.items()}


def _pulls(pieces: Layered, between: int, centres: Mapping[str, int], *, forward: bool) -> dict[str, int]:
    weights, moments = defaultdict[str, int](int), defaultdict[str, int](int)
    for edge in pieces.edges[between]:
        here, there = (edge.target, edge.source) if forward else (edge.source, edge.target)
        weights[here] += edge.amount_minor
        moments[here] += edge.amount_minor * centres[there]
    return {key: moments[key] // weight for key, weight in weights.items()}


def _boxes(
    graph: Graph,
    columns: Sequence[Sequence[str]],
    heights: Mapping[str, int],
    tops: Mapping[str, int],
    lefts: Sequence[int],
) -> tuple[Box, ...]:
    """Slots are given column by column from the top, so that reading order is tab order."""
    nodes = {node.key: node for node in graph.nodes}
    out_minor = defaultdict[str, int](int)
    for link in graph.links:
        out_minor[link.source] += link.amount_minor
    boxes: list[Box] = []
    for i, column in enumerate(columns):
        for key in (key for key in column if key in nodes):
            idle = nodes[key].idle_minor
            idle_height = largest_remainder([out_minor[key], idle], heights[key])[1] if idle else 0
            boxes.append(
                Box(
                    node=nodes[key],
                    slot=len(boxes),
                    column=i,
                    left=lefts[i],
                    top=tops[key],
                    height=heights[key],
                    idle_height=idle_height,
                    value_minor=graph.values[key],
                )
            )
    return tuple(boxes)


def _ribbons(
    graph: Graph,
    pieces: Layered,
    boxes: Sequence[Box],
    heights: Mapping[str, int],
    tops: Mapping[str, int],
    lefts: Sequence[int],
) -> tuple[Ribbon, ...]:
    box_of = {box.node.key: box for box in boxes}
    out_spans = _sides(graph, pieces, box_of, tops, outward=True)
    in_spans = _sides(graph, pieces, box_of, tops, outward=False)
    ribbons = []
    for i, (link, route) in enumerate(zip(graph.links, pieces.routes, strict=True)):
        source, target = box_of[link.source], box_of[link.target]
        stops = tuple(
            Span(lefts[column], lefts[column] + NODE_WIDTH, tops[stop], heights[stop])
            for column, stop in enumerate(route[1:-1], source.column + 1)
        )
        ribbons.append(Ribbon(link, source.slot, target.slot, (out_spans[i], *stops, in_spans[i])))
    return tuple(ribbons)


def _sides(
    graph: Graph,
    pieces: Layered,
    box_of: Mapping[str, Box],
    tops: Mapping[str, int],
    *,
    outward: bool,
) -> dict[int, Span]:
    """Stack the ribbons of each node's side by where they lead; they fill it but for what is idle."""
    at_node = defaultdict[str, list[int]](list)
    for i, link in enumerate(graph.links):
        at_node[link.source if outward else link.target].append(i)
    spans: dict[int, Span] = {}
    for key, members in at_node.items():
        box = box_of[key]
        members.sort(key=lambda i: (tops[pieces.routes[i][1 if outward else -2]], i))
        filled = box.height - (box.idle_height if outward else 0)
        edge = box.left + (NODE_WIDTH if outward else 0)
        top = box.top
        for i, height in zip(
            members,
            largest_remainder([graph.links[i].amount_minor for i in members], filled),
            strict=True,
        ):
            spans[i] = Span(edge, edge, top, height)
            top += height
    return spans
