"""The tree hash of RFC 6962, section 2.1: leaves and nodes are hashed with different prefixes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
DIGEST_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """The hash of each leaf; a call for every one of a million takes a tenth of the time of hashing."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The tree hash over leaf hashes; a lone right end rises unchanged, which gives RFC 6962's split."""
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    sha256 = hashlib.sha256
    while len(level) > 1:
        pairs = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


class ProofError(ValueError):
    """A proof that does not lead from what is claimed to the root."""


Range = tuple[int, int]
"""Leaves from the first to before the second: one full subtree, or the right end of the tree."""


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """The subtrees whose hashes prove a leaf, in the order of the proof (RFC 6962, section 2.1.1).

    Raises ProofError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    low, high, found = 0, size, list[Range]()
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return tuple(reversed(found))


def consistency_ranges(old: int, new: int) -> tuple[Range, ...]:
    """The subtrees whose hashes prove that a tree grew from an older one (RFC 6962, section 2.1.2).

    Nothing needs proof from size 0 on or to the same size. Raises ProofError where old > new or below 0.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} did not grow from one of {old}")
    if old in (0, new):
        return ()
    low, high, found = 0, new, list[Range]()
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    if low:
        found.append((low, high))
    return tuple(reversed(found))


def _split(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> None:
    """Raise ProofError unless the proof leads from this leaf hash to the root of the tree of this size."""
    ranges = inclusion_ranges(index, size)
    _check_hashes([leaf, expected, *proof])
    if len(proof) != len(ranges):
        raise ProofError(f"{len(proof)} hashes, {len(ranges)} wanted")
    found = leaf
    for (low, _), digest in zip(ranges, proof, strict=True):
        found = node_hash(digest, found) if low < index else node_hash(found, digest)
    if found != expected:
        raise ProofError("the proof does not lead to the root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless the proof shows that the tree of the new root begins with that of the old one.

    A tree of nothing proves nothing, so an old size of 0 is refused.
    """
    ranges = consistency_ranges(old, new)
    _check_hashes([old_root, new_root, *proof])
    if old == 0:
        raise ProofError("a tree of 0 leaves proves nothing")
    if len(proof) != len(ranges):
        raise ProofError(f"{len(proof)} hashes, {len(ranges)} wanted")
    is_subtree = old & (old - 1) == 0 or old == new  # then the proof does not repeat its root
    rebuilt = _grown(old, ranges, proof, old_root if is_subtree else None)
    if rebuilt != (old_root, new_root):
        raise ProofError("the proof does not lead from the old root to the new one")


def _grown(
    old: int, ranges: Sequence[Range], proof: Sequence[bytes], seed: bytes | None
) -> tuple[bytes, bytes]:
    """Both roots as the proof builds them: what lies left of the old size goes into each."""
    hashes = list(zip(ranges, proof, strict=True))
    first = seed
    if first is None:
        _, first = hashes.pop(0)
    before = after = first
    for (low, _), digest in hashes:
        if low < old:
            before, after = node_hash(digest, before), node_hash(digest, after)
        else:
            after = node_hash(after, digest)
    return before, after


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(digest) != DIGEST_BYTES for digest in hashes):
        raise ProofError(f"a hash has {DIGEST_BYTES} bytes")
