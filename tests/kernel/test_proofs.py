"""Proofs lead from a leaf, or from an older tree, to the root: against RFC 6962 as printed; broken, never."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.merkle import (
    EMPTY_ROOT,
    ProofError,
    consistency_ranges,
    inclusion_ranges,
    root,
    verify_consistency,
    verify_inclusion,
)

SIZES = 71
LEAVES = [hashlib.sha256(b"%d" % number).digest() for number in range(300)]


def tree(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), tree(leaves[k:])]
    return [*path(m - k, leaves[k:]), tree(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [tree(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), tree(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), tree(leaves[:k])]


def hashed(ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    return [root(LEAVES[low:high]) for low, high in ranges]


@pytest.mark.parametrize("size", range(1, SIZES))
def test_every_proof_of_small_trees_is_the_printed_one_and_holds(size: int) -> None:
    whole = tree(LEAVES[:size])
    for index in range(size):
        proof = hashed(inclusion_ranges(index, size))
        assert proof == path(index, LEAVES[:size])
        verify_inclusion(index, size, LEAVES[index], proof, whole)
    for old in range(1, size + 1):
        proof = hashed(consistency_ranges(old, size))
        assert proof == subproof(old, LEAVES[:size], whole=True)
        verify_consistency(old, size, tree(LEAVES[:old]), whole, proof)


def broken(proof: list[bytes], how: int) -> list[bytes]:
    """Another proof than the right one."""
    at = how % (len(proof) + 1)
    ways: list[Callable[[], list[bytes]]] = [
        lambda: [*proof[:at], LEAVES[how % 300], *proof[at:]],
        lambda: proof[:at] + proof[at + 1 :],
        lambda: [
            *proof[:at],
            *(bytes([row[0] ^ 1]) + row[1:] for row in proof[at : at + 1]),
            *proof[at + 1 :],
        ],
        lambda: [*proof[:at], *(row[:31] for row in proof[at : at + 1]), *proof[at + 1 :]],
        lambda: [*proof[:at], *(row + b"\x00" for row in proof[at : at + 1]), *proof[at + 1 :]],
        lambda: proof[::-1],
    ]
    return ways[how % len(ways)]()


@given(st.integers(1, 300), st.integers(0, 299), st.integers(0, 10_000))
def test_no_other_proof_holds(size: int, number: int, how: int) -> None:
    index, whole = number % size, root(LEAVES[:size])
    proof = hashed(inclusion_ranges(index, size))
    verify_inclusion(index, size, LEAVES[index], proof, whole)
    if (other := broken(proof, how)) != proof:
        with pytest.raises(ProofError):
            verify_inclusion(index, size, LEAVES[index], other, whole)
    old = index + 1
    grown = hashed(consistency_ranges(old, size))
    verify_consistency(old, size, root(LEAVES[:old]), whole, grown)
    if (other := broken(grown, how)) != grown:
        with pytest.raises(ProofError):
            verify_consistency(old, size, root(LEAVES[:old]), whole, other)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0), (2**70, 5), (5, -1)])
def test_there_is_no_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(0, 5), (0, 0), (6, 5), (-1, 5)])
def test_sizes_that_prove_nothing_are_refused(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        verify_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, [])


def test_one_size_has_one_root() -> None:
    verify_consistency(5, 5, LEAVES[0], LEAVES[0], [])
    with pytest.raises(ProofError):
        verify_consistency(5, 5, LEAVES[0], LEAVES[1], [])
    with pytest.raises(ProofError):
        verify_consistency(5, 5, LEAVES[0], LEAVES[0], [LEAVES[0]])
