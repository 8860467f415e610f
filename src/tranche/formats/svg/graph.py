"""The steps of a procedure as boxes from top to bottom: one row runs side by side, lines say what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tranche.formats.svg import writer
from tranche.formats.svg.labels import wrap

WIDTH: Final = 11_200
BOX: Final = 3_300
HEIGHT: Final = 1_150
GAP_ACROSS: Final = 350
GAP_DOWN: Final = 620
ACROSS_MAX: Final = 3  # boxes of one row that stay readable
DIM, EDGE, BRAND = "#4b5a68", "#6b7a88", "#0b3d63"


@dataclass(frozen=True, slots=True)
class GraphStep:
    """One box; `is_any` says that one of the steps before it is enough."""

    key: str
    title: str
    owner: str
    note: str
    after: tuple[str, ...]
    is_any: bool = False


@dataclass(frozen=True, slots=True)
class GraphWords:
    title: str
    summary: str
    any_of: str


def draw(layers: Sequence[Sequence[GraphStep]], words: GraphWords, *, key: str) -> str:
    """The whole graph; a layer that is too wide goes on in the next row."""
    rows = [layer[n : n + ACROSS_MAX] for layer in layers for n in range(0, len(layer), ACROSS_MAX)]
    places = {
        step.key: (_left(column, len(row)), line * (HEIGHT + GAP_DOWN) + 20)
        for line, row in enumerate(rows)
        for column, step in enumerate(row)
    }
    steps = [step for row in rows for step in row]
    lines = [_line(places[before], places[step.key]) for step in steps for before in step.after]
    edges = writer.element(
        "path", d=" ".join(lines), fill="none", stroke=EDGE, stroke_width=12, class_="edge"
    )
    boxes = [_box(step, *places[step.key], words) for step in steps]
    height = len(rows) * (HEIGHT + GAP_DOWN) - GAP_DOWN + 40
    return writer.chart(
        key, "graph", WIDTH, max(height, 40), words.title, words.summary, *([edges] if lines else []), *boxes
    )


def _left(column: int, count: int) -> int:
    whole = count * BOX + (count - 1) * GAP_ACROSS
    return (WIDTH - whole) // 2 + column * (BOX + GAP_ACROSS)


def _line(source: tuple[int, int], target: tuple[int, int]) -> str:
    """Down from the middle of one box to the middle of another, with the point of an arrow."""
    x, y = source[0] + BOX // 2, source[1] + HEIGHT
    end, bottom = target[0] + BOX // 2, target[1]
    turn = bottom - GAP_DOWN // 2
    down = writer.path("M", x, y, "V", turn, "H", end, "V", bottom - 10)
    return down + writer.path(
        " M", end - 60, bottom - 110, "L", end, bottom - 10, "L", end + 60, bottom - 110
    )


def _box(step: GraphStep, left: int, top: int, words: GraphWords) -> str:
    frame = writer.element(
        "rect",
        x=left,
        y=top,
        width=BOX,
        height=HEIGHT,
        fill="#ffffff",
        stroke=BRAND,
        stroke_width=14,
        class_="mark-hollow",
    )
    title = [
        writer.element(
            "text", writer.text(line), x=left + 120, y=top + 230 + 170 * n, font_size=140, font_weight="600"
        )
        for n, line in enumerate(wrap(step.title, BOX - 240, 140, 2))
    ]
    said = [step.owner, step.note]
    quiet = [
        writer.element(
            "text",
            writer.text(line[0]),
            x=left + 120,
            y=top + 700 + 190 * n,
            font_size=115,
            fill=DIM,
            class_="quiet",
        )
        for n, text in enumerate(said)
        if text and (line := wrap(text, BOX - 240, 115, 1))
    ]
    one = [
        writer.element(
            "text",
            writer.text(words.any_of),
            x=left + BOX // 2 + 100,
            y=top - 120,
            font_size=110,
            fill=DIM,
            class_="quiet",
        )
    ]
    many = one if step.is_any and len(step.after) > 1 else []
    sentence = ", ".join(part for part in (step.title, *said) if part)
    return writer.element("g", writer.element("title", writer.text(sentence)), frame, *title, *quiet, *many)
