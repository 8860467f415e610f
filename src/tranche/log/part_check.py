"""A part of the log looked at each night: bodies against roots, roots against tiles, tiles against the head.

Within a week everything has been looked at once. `tranche log verify` looks at all of it at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings

from tranche.formats.files import write_durably
from tranche.kernel.differences import Difference, Differences
from tranche.kernel.entries import EntryError, log_leaf
from tranche.kernel.merkle import DIGEST_BYTES, leaf_hashes, root
from tranche.kernel.notes import NoteError
from tranche.kernel.tiles import WIDTH, ReadTile, TileError, hashes_of, head
from tranche.log import heads, receipts, tiles
from tranche.log.verify import Parts, bodies, check_signed_note, parts_of

FILE: Final = "self-check.json"
NIGHTS: Final = 7
LEAST: Final = 4 * WIDTH
"""So many entries are looked at in a night where there are few."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Which entries were looked at, and what is not as it was sealed and grown."""

    first: int
    end: int
    differences: tuple[Difference, ...]


def due(today: date) -> bool:
    """Whether nothing was looked at yet on this day."""
    return _state()[0] != today.isoformat()


def look(today: date, using: str = "read") -> Looked:
    """Look at the next part, and remember where to go on."""
    size = tiles.tree(using).size
    first = _state()[1]
    first = first if first < size else 0
    share = max(LEAST, -(-size // NIGHTS))
    end = min(size, first + -(-share // WIDTH) * WIDTH)
    found, parts = Differences(), parts_of(using)
    for number in range(first // WIDTH, -(-end // WIDTH)):
        _check_bundle(number, min(WIDTH, size - number * WIDTH), parts, using, found)
    _check_head(size, using, found)
    state = {"day": today.isoformat(), "next": end if end < size else 0}
    write_durably(_path(), [json.dumps(state).encode()])
    return Looked(first, end, tuple(found.found))


def _check_bundle(number: int, width: int, parts: Parts, using: str, differences: Differences) -> None:
    """The bodies of one tile's entries, the tile itself, and the hash of it in the tile above."""
    first = number * WIDTH
    leaves = leaf_hashes(log_leaf(root_) for root_ in bodies(first, width, parts, using, differences))
    differences.compare("log_gap", width, len(leaves), row=f"log_entry {first} to {first + width - 1}")
    try:
        for level, at, digest, tile in _above(number, leaves, tiles.reader(using)):
            begin, where = at % WIDTH * DIGEST_BYTES, f"log_tile {level} {at // WIDTH}"
            found = tile[begin : begin + len(digest)]
            differences.compare("log_tile", digest.hex(), found.hex(), row=where)
    except TileError as error:
        differences.note("log_tile", "a tile", error, row=f"above log_entry {first}")


def _above(number: int, leaves: list[bytes], read: ReadTile) -> Iterator[tuple[int, int, bytes, bytes]]:
    """What must stand where, beside the tile there: these leaves, and the root of each full tile above."""
    yield 0, number * WIDTH, b"".join(leaves), read(0, number)
    level, below = 0, leaves
    while len(below) == WIDTH:
        level += 1
        above = read(level, number // WIDTH)
        yield level, number, root(below), above
        number, place = divmod(number, WIDTH)
        below = hashes_of(above, 0, WIDTH) if place == WIDTH - 1 else []


def _check_head(size: int, using: str, differences: Differences) -> None:
    """The tiles lead to the head that was signed last."""
    signed = heads.latest(using)
    if signed is None:
        return
    try:
        found = head(min(signed.head.size, size), tiles.reader(using))
    except TileError as error:
        differences.note("log_tile", "every tile", error, row="log_tree")
        return
    differences.compare("log_checkpoint", signed.head.root.hex(), found.root.hex(), row="log_tree")
    try:
        check_signed_note(signed, receipts.log_keys(using), differences)
    except (EntryError, NoteError) as error:
        differences.note("log_key", "a key of the log", error)


def _state() -> tuple[str, int]:
    """The day of the last look and where the next one begins; a file that says nothing begins anew."""
    try:
        match json.loads(_path().read_text(encoding="utf-8")):
            case {"day": str(day), "next": int(at)} if at >= 0:
                return day, at
    except (FileNotFoundError, ValueError):
        pass
    return "", 0


def _path() -> Path:
    return Path(settings.TRANCHE_DATA_DIR) / FILE
