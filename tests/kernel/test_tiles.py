"""Tiles grow as the tree does, whatever the steps, and give its heads and proofs; bundles give its leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tranche.kernel.merkle import root, verify_consistency, verify_inclusion
from tranche.kernel.tiles import (
    TileError,
    bundle,
    consistency_proof,
    grow,
    head,
    inclusion_proof,
    leaves_of,
    tile_path,
    tiles_of,
)

LEAVES = [hashlib.sha256(b"%d" % number).digest() for number in range(70_000)]


class Kept(dict[tuple[int, int], bytes]):
    """Tiles in memory."""

    def read(self, level: int, number: int) -> bytes:
        return self[level, number]

    def grown(self, size: int, more: int) -> int:
        self.update(grow(size, LEAVES[size : size + more], self.read))
        return size + more


def by_hand(leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """Every tile, made level by level from all leaves."""
    found: dict[tuple[int, int], bytes] = {}
    level, hashes = 0, list(leaves)
    while hashes:
        parts = [hashes[at : at + 256] for at in range(0, len(hashes), 256)]
        found |= {(level, number): b"".join(part) for number, part in enumerate(parts)}
        level, hashes = level + 1, [root(part) for part in parts if len(part) == 256]
    return found


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_tiles_are_the_same_whatever_the_steps(steps: list[int]) -> None:
    kept, size = Kept(), 0
    for more in steps:
        size = kept.grown(size, more)
        assert head(size, kept.read).root == root(LEAVES[:size])

    assert dict(kept) == by_hand(LEAVES[:size])
    assert sorted((level, number, width) for level, number, width in tiles_of(size)) == sorted(
        (level, number, len(tile) // 32) for (level, number), tile in kept.items()
    )


@pytest.fixture(scope="module")
def large() -> Kept:
    """A tree of three levels: one full tile of the second, and a little more."""
    kept = Kept()
    kept.grown(0, 70_000)
    return kept


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_heads_and_proofs_of_any_size_come_from_later_tiles(large: Kept, size: int) -> None:
    whole = head(size, large.read)

    assert whole.root == root(LEAVES[:size])
    for index in {0, size // 3, size - 1, min(255, size - 1), min(256, size - 1)}:
        proof = inclusion_proof(index, size, large.read)
        verify_inclusion(index, size, LEAVES[index], proof, whole.root)
    for old in {1, size // 2 or 1, size, max(1, size - 1)}:
        proof = consistency_proof(old, size, large.read)
        verify_consistency(old, size, root(LEAVES[:old]), whole.root, proof)


def test_a_proof_reads_each_tile_once(large: Kept) -> None:
    asked: list[tuple[int, int]] = []

    def read(level: int, number: int) -> bytes:
        asked.append((level, number))
        return large.read(level, number)

    inclusion_proof(300, 70_000, read)

    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("length", [8_191, 8_193, 8_224, 31, 0])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TileError):
        head(200, lambda _level, _number: b"x" * length)


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (1, 67, 256, "tile/1/067"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        ("entries", 1_000, 44, "tile/entries/x001/000.p/44"),
    ],
)
def test_tiles_lie_where_others_look_for_them(level: int | str, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path


def test_a_bundle_gives_its_leaves_back() -> None:
    leaves = [b"x" * length for length in (1, 62, 255, 256, 65_535)]

    assert leaves_of(bundle(leaves)) == leaves
    assert leaves_of(b"") == []
    with pytest.raises(TileError):
        bundle([b"x" * 65_536])


@pytest.mark.parametrize(
    "raw", [b"\x00", b"\x00\x02x", b"\xff\xff" + b"x" * 62, b"\x00\x00", b"\x00\x01x" * 257]
)
def test_what_is_no_bundle_is_refused(raw: bytes) -> None:
    with pytest.raises(TileError):
        leaves_of(raw)
