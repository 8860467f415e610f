"""Labels that never overlap: estimated widths, wrapping, and the nearest places in least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LINES_MAX: Final = 2
NARROW: Final = frozenset("ijltfrI.,:;'|!()[] ·/-іїј\N{NO-BREAK SPACE}")
WIDE: Final = frozenset("mwMWOQGD@%&—жшщюфмыЖШЩЮФМДЛОС")
DIGIT_WIDTH, NARROW_WIDTH, WIDE_WIDTH, LATIN_WIDTH, UPPER_WIDTH, CYRILLIC_WIDTH = 556, 320, 860, 545, 680, 575
ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A label that wants its centre at `centre`; the lighter gives way where there is no room."""

    key: str
    centre: int
    height: int
    weight: int


@dataclass(frozen=True, slots=True)
class Placed:
    key: str
    centre: int
    wanted: int

    @property
    def moved(self) -> int:
        return abs(self.centre - self.wanted)


def place(items: Sequence[LabelBox], top: int, bottom: int) -> tuple[Placed, ...]:
    """Places in the given order, none overlapping, all inside; a column too full drops its lightest."""
    kept = list(items)
    while sum(item.height for item in kept) > bottom - top:
        kept.remove(min(kept, key=lambda item: (item.weight, item.key)))
    centres = spread([i.centre for i in kept], [i.height for i in kept], top, bottom)
    return tuple(Placed(i.key, centre, i.centre) for i, centre in zip(kept, centres, strict=True))


def spread(wanted: Sequence[int], heights: Sequence[int], top: int, bottom: int) -> tuple[int, ...]:
    """The centres nearest to `wanted` in least squares with the order kept and no overlap.

    Pool adjacent violators on the centres less the room that the boxes before take; clipping the pooled
    values to the bounds keeps them optimal. The boxes must fit between `top` and `bottom`.
    """
    offsets, taken = [], 0
    for height in heights:
        offsets.append(2 * taken + height)  # twice the offset, so that halves stay whole
        taken += height
    free_last = 2 * (bottom - taken)
    blocks: list[_Block] = []
    for want, offset in zip(wanted, offsets, strict=True):
        blocks.append(_Block(2 * want - offset, 1))
        while len(blocks) > 1 and blocks[-2].above(blocks[-1]):
            last = blocks.pop()
            blocks[-1] = _Block(blocks[-1].total + last.total, blocks[-1].boxes + last.boxes)
    pooled = [block.total // block.boxes for block in blocks for _ in range(block.boxes)]
    bounded = [min(max(value, 2 * top), free_last) // 2 * 2 for value in pooled]
    return tuple((value + offset) // 2 for value, offset in zip(bounded, offsets, strict=True))


class _Block(NamedTuple):
    total: int
    boxes: int

    def above(self, other: _Block) -> bool:
        return self.total * other.boxes > other.total * self.boxes


def text_width(content: str, size: int) -> int:
    """Estimated width in tenths of a pixel at a type size in tenths, with a tenth to spare."""
    return sum(_character_width(character) for character in content) * size * 11 // 10_000


def wrap(content: str, width: int, size: int, lines_max: int = LINES_MAX) -> tuple[str, ...]:
    """Lines that fit `width`; what does not fit the last line ends in an ellipsis."""
    lines: list[str] = []
    for word in content.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    kept = lines[:lines_max]
    if len(lines) > lines_max:
        kept[-1] = f"{kept[-1]} {lines[lines_max]}"
    return tuple(_cut(line, width, size) for line in kept)


def _cut(line: str, width: int, size: int) -> str:
    if text_width(line, size) <= width:
        return line
    while line and text_width(line + ELLIPSIS, size) > width:
        line = line[:-1].rstrip()
    return line + ELLIPSIS


def _character_width(character: str) -> int:
    """Thousandths of an em."""
    if character in NARROW:
        return NARROW_WIDTH
    if character in WIDE:
        return WIDE_WIDTH
    if character.isdigit():
        return DIGIT_WIDTH
    if (
        "\N{CYRILLIC CAPITAL LETTER IE WITH GRAVE}"
        <= character
        <= "\N{CYRILLIC SMALL LETTER GHE WITH UPTURN}"
    ):
        return CYRILLIC_WIDTH if character.islower() else UPPER_WIDTH
    return UPPER_WIDTH if character.isupper() else LATIN_WIDTH
