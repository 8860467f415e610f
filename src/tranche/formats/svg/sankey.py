"""The flow of one currency as a sankey: columns from origin to use, ribbons as wide as their amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tranche.formats.svg import writer
from tranche.formats.svg.labels import LabelBox, Placed, place, wrap
from tranche.formats.svg.palette import MIXED, SERIES, series_class
from tranche.formats.svg.sankey_graph import Graph
from tranche.formats.svg.sankey_layout import (
    LAST_LABEL_WIDTH,
    NODE_WIDTH,
    STUB_WIDTH,
    Box,
    Layout,
    Ribbon,
    Span,
    arrange,
)

HEAD: Final = 320
LINE: Final = 150
TYPE_SIZE: Final = 120
LABEL_GAP: Final = 60
LEADER_FROM: Final = 70  # a label moved farther than this shows by a line where it belongs


@dataclass(frozen=True, slots=True)
class SankeyWords:
    """Every word of the chart in the reader's language; `other` takes {count}, `idle` takes {amount}."""

    title: str
    summary: str
    columns: tuple[str, ...]
    other: str
    idle: str
    money: Callable[[int], str]
    share: Callable[[int, int], str]

    def name(self, graph: Graph, key: str, label: str) -> str:
        count = graph.folded.get(key)
        return self.other.format(count=count) if count else label


def draw(graph: Graph, words: SankeyWords, *, key: str, other_href: str = "") -> str:
    """The chart of a reduced graph; `other_href` is where a folded remainder leads."""
    layout = arrange(graph)
    colours = _colours(layout)
    names = [words.name(graph, box.node.key, box.node.label) for box in layout.boxes]
    body = [
        writer.element("defs", writer.hatch(key)),
        _headings(graph, layout, words),
        writer.element(
            "g",
            *(_ribbon(ribbon, names, colours, words) for ribbon in _widest_first(layout)),
            *(
                _node(box, names[box.slot], colours[box.slot], graph, words, key, other_href)
                for box in layout.boxes
            ),
            *_labels(layout, names, words),
            transform=f"translate(0 {writer.tenths(HEAD)})",
        ),
    ]
    height = layout.height + HEAD
    return writer.chart(key, "sankey", layout.width, height, words.title, words.summary, *body)


def _widest_first(layout: Layout) -> list[Ribbon]:
    return sorted(layout.ribbons, key=lambda r: (-r.link.amount_minor, r.source_slot, r.target_slot))


def _colours(layout: Layout) -> tuple[int, ...]:
    """Money of one source keeps its colour until it mixes with another's."""
    colours = [MIXED] * len(layout.boxes)
    inflows = defaultdict[int, set[int]](set)
    for ribbon in layout.ribbons:
        inflows[ribbon.target_slot].add(ribbon.source_slot)
    free = list(range(len(SERIES) - 1, 0, -1))
    by_column = sorted(layout.boxes, key=lambda b: (b.column, -b.value_minor, b.node.key))
    for box in by_column:
        sources = {colours[slot] for slot in inflows[box.slot]}
        if not sources:
            colours[box.slot] = free.pop() if free else MIXED
        elif len(sources) == 1:
            colours[box.slot] = sources.pop()
    return tuple(colours)


def _headings(graph: Graph, layout: Layout, words: SankeyWords) -> str:
    headings = []
    for left, layer in zip(layout.column_lefts, graph.layers, strict=True):
        number = layer[0].layer
        if number < len(words.columns):
            headings.append(
                writer.element("text", writer.text(words.columns[number]), x=left, y=140, class_="column")
            )
    return writer.element("g", *headings, font_size=115, font_weight="600", fill="#4b5a68")


def _ribbon(ribbon: Ribbon, names: Sequence[str], colours: Sequence[int], words: SankeyWords) -> str:
    source, target = ribbon.source_slot, ribbon.target_slot
    sentence = f"{names[source]} → {names[target]}: {words.money(ribbon.link.amount_minor)}"
    band = writer.element(
        "path",
        writer.element("title", writer.text(sentence)),
        d=_band(ribbon.spans),
        fill=SERIES[colours[source]],
        stroke=SERIES[colours[source]],
        stroke_width=5,
        class_=series_class(colours[source]),
    )
    return writer.link(
        ribbon.link.href,
        band,
        class_=f"r s{source} t{target}",
        fill_opacity=".26",
        stroke_opacity=".26",
        tabindex="-1",
        aria_label=sentence,
    )


def _band(spans: Sequence[Span]) -> str:
    """Along the upper edge there and along the lower edge back."""
    steps: list[str | int] = ["M", spans[0].right, spans[0].top]
    for near, far in pairwise(spans):
        bend = (near.right + far.left) // 2
        steps += ["C", bend, near.top, bend, far.top, far.left, far.top, "H", far.right]
    steps += ["V", spans[-1].top + spans[-1].height]
    for far, near in pairwise(spans[::-1]):
        bend = (near.right + far.left) // 2
        low, high = far.top + far.height, near.top + near.height
        steps += ["H", far.left, "C", bend, low, bend, high, near.right, high]
    return writer.path(*steps, "Z")


def _node(
    box: Box, name: str, colour: int, graph: Graph, words: SankeyWords, key: str, other_href: str
) -> str:
    said = [name, words.money(box.value_minor), words.share(box.value_minor, graph.largest_layer)]
    if box.node.idle_minor:
        said.append(words.idle.format(amount=words.money(box.node.idle_minor)))
    sentence = ", ".join(said)
    shapes = [
        writer.element("title", writer.text(sentence)),
        writer.element(
            "rect",
            x=box.left,
            y=box.top,
            width=NODE_WIDTH,
            height=box.height,
            fill=SERIES[colour],
            class_=series_class(colour),
        ),
    ]
    if box.idle_height:
        shapes.append(
            writer.element(
                "rect",
                x=box.left + NODE_WIDTH,
                y=box.top + box.height - box.idle_height,
                width=STUB_WIDTH,
                height=box.idle_height,
                fill=f"url(#{key}-hatch)",
                class_="idle",
            )
        )
    href = other_href if box.node.key in graph.folded else box.node.href
    return writer.link(href, *shapes, class_=f"n n{box.slot}", aria_label=sentence)


def _labels(layout: Layout, names: Sequence[str], words: SankeyWords) -> list[str]:
    """Beside each node, on the right; those of a column are moved apart, never over one another."""
    pitch = layout.column_lefts[1] if len(layout.column_lefts) > 1 else layout.width - NODE_WIDTH
    written = []
    for column, left in enumerate(layout.column_lefts):
        last = column == len(layout.column_lefts) - 1
        boxes = {box.node.key: box for box in layout.boxes if box.column == column}
        stub = STUB_WIDTH if any(box.idle_height for box in boxes.values()) else 0
        width = (LAST_LABEL_WIDTH if last else pitch - NODE_WIDTH) - stub - 2 * LABEL_GAP
        lines = {key: _lines(box, names[box.slot], width, words) for key, box in boxes.items()}
        items = [LabelBox(k, b.centre, LINE * len(lines[k]) + 20, b.value_minor) for k, b in boxes.items()]
        for placed in place(items, 0, layout.height):
            edge = left + NODE_WIDTH + (STUB_WIDTH if boxes[placed.key].idle_height else 0)
            written.append(_label(placed, lines[placed.key], edge))
    return written


def _lines(box: Box, name: str, width: int, words: SankeyWords) -> tuple[str, ...]:
    amount = words.money(box.value_minor)
    idle = words.idle.format(amount=words.money(box.node.idle_minor))
    shown = (amount, idle) if 0 < box.node.idle_minor < box.value_minor else (amount,)
    return (*wrap(name, width, TYPE_SIZE + 4, 1), *(wrap(text, width, TYPE_SIZE - 5, 1)[0] for text in shown))


def _label(placed: Placed, lines: Sequence[str], edge: int) -> str:
    first = placed.centre - LINE * len(lines) // 2 + 115
    leader = ""
    if placed.moved > LEADER_FROM:
        leader = writer.element(
            "path",
            d=writer.path("M", edge, placed.wanted, "L", edge + LABEL_GAP - 10, placed.centre),
            stroke="#6b7a88",
            stroke_width=8,
            fill="none",
            class_="leader",
        )
    texts = [
        writer.element(
            "text",
            writer.text(line),
            x=edge + LABEL_GAP,
            y=first + i * LINE,
            class_="quiet" if i else "name",
            font_weight=None if i else "600",
            font_size=TYPE_SIZE - 5 if i else TYPE_SIZE,
        )
        for i, line in enumerate(lines)
    ]
    return leader + writer.element(
        "g",
        *texts,
        class_="label",
        aria_hidden="true",
        stroke="#ffffff",
        stroke_width=35,
        stroke_linejoin="round",
        paint_order="stroke",
        pointer_events="none",
    )
