"""Bars that start at zero: what each priority needs and has, and one amount cut by what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tranche.formats.svg import writer
from tranche.formats.svg.labels import LabelBox, place, text_width, wrap
from tranche.formats.svg.scale import largest_remainder, proportion

WIDTH: Final = 11_200
DIM, EDGE, LINE, INK = "#4b5a68", "#6b7a88", "#d3dae1", "#14202b"
NAMES: Final = 3_000
FIGURES: Final = 2_700
ROW: Final = 460
HEAD: Final = 330
QUARTERS: Final = (0, 25, 50, 75, 100)
BAR: Final = 340
SLIT: Final = 20  # paper between neighbouring parts


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A need and what stands against it; accepted money is part of what is allocated."""

    key: str
    label: str
    need_minor: int
    allocated_minor: int
    accepted_minor: int
    href: str = ""

    @property
    def gap_minor(self) -> int:
        return max(self.need_minor - self.allocated_minor, 0)


@dataclass(frozen=True, slots=True)
class CoverageWords:
    """Every word in the reader's language; `covered` takes {share}, `gap` takes {amount}."""

    title: str
    summary: str
    allocated: str
    accepted: str
    uncovered: str
    covered: str
    gap: str
    money: Callable[[int], str]
    share: Callable[[int, int], str]


class Part(StrEnum):
    """What became of money, from done to not yet begun; each has its own look."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    PAID = "paid"
    CONTRACTED = "contracted"
    ALLOCATED = "allocated"
    IDLE = "idle"
    RETURNED = "returned"
    LOST = "lost"


FILLS: Final = {
    Part.ACCEPTED: "#0b3d63",
    Part.DELIVERED: "#2c618c",
    Part.PAID: "#4f83ac",
    Part.CONTRACTED: "#83abc9",
    Part.ALLOCATED: "#b8cfe1",
    Part.IDLE: "",
    Part.RETURNED: "#8a6d1f",
    Part.LOST: "#9a4a2a",
}


@dataclass(frozen=True, slots=True)
class MoneyPart:
    part: Part
    label: str
    amount_minor: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class MoneyWords:
    title: str
    summary: str
    money: Callable[[int], str]
    share: Callable[[int, int], str]


def coverage(rows: Sequence[CoverageRow], words: CoverageWords, *, key: str) -> str:
    """One bar a priority on a scale of its own need: solid accepted, pale allocated, hatched gap."""
    height = HEAD + len(rows) * ROW + 60
    left, right = NAMES, WIDTH - FIGURES
    axis = []
    for percent in QUARTERS:
        x = left + proportion(percent, 100, right - left)
        axis.append(
            writer.element(
                "path",
                d=writer.path("M", x, HEAD - 60, "V", height - 40),
                stroke=LINE,
                stroke_width=10,
                class_="grid",
            )
        )
        axis.append(
            _text(words.share(percent, 100), x, HEAD - 110, text_anchor="middle", fill=DIM, class_="quiet")
        )
    body = [
        writer.element("defs", writer.hatch(key)),
        writer.element("g", *axis, font_size=110),
        *(_coverage_row(row, HEAD + i * ROW, words, key, left, right) for i, row in enumerate(rows)),
    ]
    return writer.chart(key, "coverage", WIDTH, height, words.title, words.summary, *body)


def _coverage_row(row: CoverageRow, top: int, words: CoverageWords, key: str, left: int, right: int) -> str:
    length, middle = right - left, top + ROW // 2
    allocated = proportion(min(row.allocated_minor, row.need_minor), row.need_minor, length)
    accepted = proportion(min(row.accepted_minor, row.need_minor), row.need_minor, length)
    share = words.covered.format(share=words.share(row.allocated_minor, row.need_minor))
    gap = words.gap.format(amount=words.money(row.gap_minor)) if row.gap_minor else ""
    said = [
        row.label,
        share,
        f"{words.allocated} {words.money(row.allocated_minor)}",
        f"{words.accepted} {words.money(row.accepted_minor)}",
        gap,
    ]
    shapes = [
        _rect(left, length, middle - 100, 200, fill=f"url(#{key}-hatch)", class_="gap"),
        _rect(left, allocated, middle - 100, 200, fill=FILLS[Part.ALLOCATED], class_="b-allocated"),
        _rect(left, accepted, middle - 55, 110, fill=FILLS[Part.ACCEPTED], class_="b-accepted"),
        _rect(left, length, middle - 100, 200, fill="none", stroke=EDGE, stroke_width=8, class_="edge"),
    ]
    texts = [
        _text(line, 0, middle + 42, font_size=124, class_="name")
        for line in wrap(row.label, NAMES - 160, 124, 1)
    ]
    texts.append(_text(share, right + 140, middle - 20, font_size=120, font_weight="600", class_="name"))
    texts.append(_text(gap, right + 140, middle + 130, font_size=110, fill=DIM, class_="quiet"))
    sentence = ", ".join(part for part in said if part)
    title = writer.element("title", writer.text(sentence))
    return writer.link(row.href, title, *texts, *shapes, class_="row", aria_label=sentence)


def money_bar(parts: Sequence[MoneyPart], words: MoneyWords, *, key: str) -> str:
    """One whole amount; the lengths of its parts add up to the bar, and each part is named below it."""
    shown = [part for part in parts if part.amount_minor]
    lengths = largest_remainder([part.amount_minor for part in shown], WIDTH)
    lefts = [sum(lengths[:i]) for i in range(len(lengths))]
    whole = sum(part.amount_minor for part in shown)
    labels = _money_labels(shown, lefts, lengths, words)
    body = [writer.element("defs", writer.hatch(key))]
    for part, left, length in zip(shown, lefts, lengths, strict=True):
        sentence = f"{part.label}: {words.money(part.amount_minor)}, {words.share(part.amount_minor, whole)}"
        width = max(length - SLIT, 10)
        fill = FILLS[part.part] or f"url(#{key}-hatch)"
        shapes = [
            writer.element("title", writer.text(sentence)),
            _rect(left, width, 0, BAR, fill=fill, class_=f"b-{part.part}"),
            labels.get(part.part, ""),
        ]
        if part.part is Part.IDLE:
            shapes.insert(
                2,
                _rect(
                    left + 5,
                    max(width - 10, 5),
                    5,
                    BAR - 10,
                    fill="none",
                    stroke=EDGE,
                    stroke_width=10,
                    class_="edge",
                ),
            )
        body.append(writer.link(part.href, *shapes, class_="row", aria_label=sentence))
    return writer.chart(key, "money-bar", WIDTH, BAR + 560 if shown else 0, words.title, words.summary, *body)


def _money_labels(
    parts: Sequence[MoneyPart], lefts: Sequence[int], lengths: Sequence[int], words: MoneyWords
) -> dict[str, str]:
    """Names below the bar, each as near its part as the others leave room; the table names those left out."""
    texts = {part.part: (part.label, words.money(part.amount_minor)) for part in parts}
    items = [
        LabelBox(
            part.part,
            left + length // 2,
            max(text_width(texts[part.part][0], 122), text_width(texts[part.part][1], 115)) + 120,
            part.amount_minor,
        )
        for part, left, length in zip(parts, lefts, lengths, strict=True)
    ]
    written = {}
    for placed in place(items, 0, WIDTH):
        name, amount = texts[Part(placed.key)]
        leader = writer.path("M", placed.wanted, BAR, "L", placed.centre, BAR + 140)
        written[placed.key] = (
            writer.element("path", d=leader, stroke=EDGE, stroke_width=8, fill="none", class_="edge")
            + _text(
                name,
                placed.centre,
                BAR + 290,
                font_size=122,
                font_weight="600",
                text_anchor="middle",
                class_="name",
            )
            + _text(
                amount,
                placed.centre,
                BAR + 450,
                font_size=115,
                fill=DIM,
                text_anchor="middle",
                class_="quiet",
            )
        )
    return written


def _rect(left: int, width: int, top: int, height: int, **look: str | int | None) -> str:
    return writer.element("rect", x=left, y=top, width=width, height=height, **look)


def _text(content: str, x: int, y: int, **look: str | int | None) -> str:
    return writer.element("text", writer.text(content), x=x, y=y, **look) if content else ""
