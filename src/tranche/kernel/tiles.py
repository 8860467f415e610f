"""The tree of a log in tiles of 256 hashes (C2SP tlog-tiles): growing it, and hashes of any of its parts.

Tile n of level l holds the hashes of the full subtrees of 256^l leaves from the 256 n-th on; the last tile of
a level may be partial. The functions read tiles by a function and never write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from tranche.kernel.merkle import (
    DIGEST_BYTES,
    EMPTY_ROOT,
    Range,
    consistency_ranges,
    inclusion_ranges,
    node_hash,
    root,
)
from tranche.kernel.notes import Head

WIDTH: Final = 256
LEVEL_BITS: Final = 8
TILE_BYTES: Final = WIDTH * DIGEST_BYTES
LEAF_BYTES_MAX: Final = 65_535

ReadTile = Callable[[int, int], bytes]
"""The bytes of a tile by level and number, at least as many hashes as are asked of it."""


class TileError(ValueError):
    """A tile or bundle that has not the form of one, or lacks what it must hold."""


def grow(size: int, leaves: Sequence[bytes], read: ReadTile) -> dict[tuple[int, int], bytes]:
    """The tiles that change when these leaf hashes join a tree of this size, by level and number."""
    changed: dict[tuple[int, int], bytes] = {}
    level, begin, hashes = 0, size, list(leaves)
    while hashes:
        first, filled = divmod(begin, WIDTH)
        before = hashes_of(read(level, first), 0, filled) if filled else []
        whole = before + hashes
        hashes = []
        for number, at in enumerate(range(0, len(whole), WIDTH), first):
            tile = whole[at : at + WIDTH]
            changed[level, number] = b"".join(tile)
            if len(tile) == WIDTH:
                hashes.append(root(tile))
        level, begin = level + 1, first
    return changed


def head(size: int, read: ReadTile) -> Head:
    """The head of the tree of this size, from its right edge."""
    return Head(size, part(0, size, read) if size else EMPTY_ROOT)


def inclusion_proof(index: int, size: int, read: ReadTile) -> tuple[bytes, ...]:
    """The hashes that prove one leaf in the tree of this size; raises ProofError, TileError."""
    return _parts(inclusion_ranges(index, size), read)


def consistency_proof(old: int, new: int, read: ReadTile) -> tuple[bytes, ...]:
    """The hashes that prove that a tree grew from an older one; raises ProofError, TileError."""
    return _parts(consistency_ranges(old, new), read)


def _parts(ranges: Iterable[Range], read: ReadTile) -> tuple[bytes, ...]:
    """The hash of each range; ranges lie beside each other, so that a tile serves many and is read once."""
    once = cache(read)
    return tuple(part(low, high, once) for low, high in ranges)


def part(low: int, high: int, read: ReadTile) -> bytes:
    """The hash of the leaves from low to before high, full subtrees joined from the right."""
    pieces = [_full(begin, bits, read) for begin, bits in _full_subtrees(low, high)]
    found = pieces.pop()
    while pieces:
        found = node_hash(pieces.pop(), found)
    return found


def _full_subtrees(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Where each of the largest full subtrees begins, and the power of two that it holds."""
    while low < high:
        bits = (high - low).bit_length() - 1
        yield low, bits
        low += 1 << bits


def _full(begin: int, bits: int, read: ReadTile) -> bytes:
    """A full subtree lies within one tile: a run of a power of two of its hashes."""
    level, rest = divmod(bits, LEVEL_BITS)
    count = 1 << rest
    number, at = divmod(begin >> (level * LEVEL_BITS), WIDTH)
    return root(hashes_of(read(level, number), at, at + count))


def hashes_of(tile: bytes, first: int, end: int) -> list[bytes]:
    """The hashes of a tile from one to before another; raises TileError where they are not there."""
    if len(tile) % DIGEST_BYTES or len(tile) > TILE_BYTES or len(tile) < end * DIGEST_BYTES:
        raise TileError(f"a tile of {len(tile)} bytes, where {end} hashes are wanted")
    return [
        tile[at : at + DIGEST_BYTES] for at in range(first * DIGEST_BYTES, end * DIGEST_BYTES, DIGEST_BYTES)
    ]


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile of this width is found: `tile/<level>/x001/x234/067`, a partial one under its width.

    The level "entries" is that of the bundles.
    """
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    named = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{named}" + (f".p/{width}" if width < WIDTH else "")


def openings_path(number: int, width: int = WIDTH) -> str:
    """Where the public lines of the entries of one tile are found, beside the tiles."""
    return tile_path("openings", number, width).removeprefix("tile/") + ".jsonl"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a tree of this size."""
    level = 0
    while size:
        full, rest = divmod(size, WIDTH)
        yield from ((level, number, WIDTH) for number in range(full))
        if rest:
            yield level, full, rest
        level, size = level + 1, full


def bundle(leaves: Sequence[bytes]) -> bytes:
    """The entries of one tile, each after its length in two bytes."""
    if any(len(leaf) > LEAF_BYTES_MAX for leaf in leaves):
        raise TileError("a leaf is too long for a bundle")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def leaves_of(raw: bytes) -> list[bytes]:
    """The entries of a bundle; raises TileError where a length does not fit."""
    found, at = list[bytes](), 0
    size = len(raw)
    while at < size:
        begin = at + 2
        end = begin + (raw[at] << 8 | raw[at + 1]) if begin < size else size + 1
        if end > size or end == begin:
            raise TileError(f"an entry that begins at {at} of the {size} bytes of a bundle does not fit")
        found.append(raw[begin:end])
        at = end
    if len(found) > WIDTH:
        raise TileError(f"a bundle of {len(found)} entries")
    return found
