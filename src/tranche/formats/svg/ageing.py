"""Money by how long it has lain: a row for each class of age, a bar for each kind of money, one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tranche.formats.svg import writer
from tranche.formats.svg.labels import wrap
from tranche.formats.svg.scale import proportion

WIDTH: Final = 11_200
NAMES: Final = 2_000
AMOUNTS: Final = 2_000
BAR: Final = 150
PITCH: Final = 210
PADDING: Final = 180
HEAD: Final = 360
MARK: Final = 130
DIM, LINE, EDGE = "#4b5a68", "#d3dae1", "#6b7a88"
FILLS: Final = ("", "#4f83ac")
CLASSES: Final = ("b-idle", "b-paid")


@dataclass(frozen=True, slots=True)
class AgeRow:
    """One class of age: what lies in it of each kind, in the order of the legend, and where that leads."""

    label: str
    amounts: tuple[int, ...]
    hrefs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeingWords:
    """Every word in the reader's language; `kinds` names the bars of a row."""

    title: str
    summary: str
    kinds: tuple[str, ...]
    money: Callable[[int], str]


def ageing(rows: Sequence[AgeRow], words: AgeingWords, *, key: str) -> str:
    """The youngest class first; a kind without money in a class has an amount of zero and no bar."""
    most = max((amount for row in rows for amount in row.amounts), default=0)
    pitch = PITCH * len(words.kinds) + PADDING
    height = HEAD + len(rows) * pitch
    axis = writer.element(
        "path",
        d=writer.path("M", NAMES, HEAD - 80, "V", height - PADDING // 2),
        stroke=EDGE,
        stroke_width=10,
        class_="edge",
    )
    body = [writer.element("defs", writer.hatch(key)), _legend(words, key), axis]
    for number, row in enumerate(rows):
        body.append(_row(row, HEAD + number * pitch, most, words, key))
    return writer.chart(key, "ageing", WIDTH, height, words.title, words.summary, *body)


def _legend(words: AgeingWords, key: str) -> str:
    parts = []
    left = NAMES
    for number, kind in enumerate(words.kinds):
        parts.append(_bar(number, left, 40, MARK, MARK, key))
        parts.append(_text(kind, left + MARK + 80, 145, fill=DIM, class_="quiet"))
        left += 3_200
    return writer.element("g", *parts, font_size=120)


def _row(row: AgeRow, top: int, most: int, words: AgeingWords, key: str) -> str:
    middle = top + PITCH * len(words.kinds) // 2
    parts = [
        _text(line, 0, middle + 10, font_size=124, class_="name")
        for line in wrap(row.label, NAMES - 120, 124, 1)
    ]
    for number, (amount, href) in enumerate(zip(row.amounts, row.hrefs, strict=True)):
        at = top + number * PITCH
        length = proportion(amount, most, WIDTH - NAMES - AMOUNTS)
        sentence = f"{row.label}, {words.kinds[number]}: {words.money(amount)}"
        shapes = [writer.element("title", writer.text(sentence))]
        if amount:
            shapes.append(_bar(number, NAMES, at, max(length, 20), BAR, key))
        look = "name" if amount else "quiet"
        fill = None if amount else DIM
        shapes.append(
            _text(words.money(amount), NAMES + max(length, 20) + 90, at + 118, fill=fill, class_=look)
        )
        parts.append(writer.link(href, *shapes, class_="row", aria_label=sentence))
    rule = writer.element(
        "path",
        d=writer.path("M", 0, top - PADDING // 2, "H", WIDTH),
        stroke=LINE,
        stroke_width=10,
        class_="grid",
    )
    return writer.element("g", rule, *parts)


def _bar(number: int, left: int, top: int, width: int, height: int, key: str) -> str:
    fill = FILLS[number] or f"url(#{key}-hatch)"
    look = {"fill": fill, "class_": CLASSES[number]}
    if not FILLS[number]:
        look |= {"stroke": EDGE, "class_": "gap edge"}
    return writer.element(
        "rect",
        x=left,
        y=top,
        width=width,
        height=height,
        stroke_width=None if FILLS[number] else 10,
        **look,
    )


def _text(content: str, x: int, y: int, **look: str | int | None) -> str:
    return writer.element("text", writer.text(content), x=x, y=y, **look)
