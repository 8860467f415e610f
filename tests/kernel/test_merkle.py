"""The tree hash is that of RFC 6962, by its own definition and known values."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.merkle import EMPTY_ROOT, leaf_hash, node_hash, root

VECTORS = Path(__file__).resolve().parents[2] / "../shared/data/transparency-log/tessera-testdata/log"
KNOWN = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Roots of the eight leaves that implementations of Certificate Transparency test with."""
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def oracle(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, as printed: split at the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + oracle(leaves[:split]) + oracle(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == KNOWN[size]


@pytest.mark.parametrize("size", range(71))
def test_every_size_follows_the_definition(size: int) -> None:
    leaves = [str(n).encode() for n in range(size)]

    assert root([leaf_hash(leaf) for leaf in leaves]) == oracle(leaves)


@given(st.lists(st.binary(max_size=8), max_size=300))
def test_random_leaves_follow_the_definition(leaves: list[bytes]) -> None:
    assert root([leaf_hash(leaf) for leaf in leaves]) == oracle(leaves)


def test_nothing_has_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_a_leaf_is_never_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right)


def test_the_list_that_is_given_stays_as_it_was() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]

    root(hashes)

    assert hashes == [leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.conformance
@pytest.mark.parametrize("size", range(1, 16))
def test_the_signed_roots_of_another_log_come_out(size: int) -> None:
    if not VECTORS.exists():
        pytest.skip("the data folder with the test log is not beside the project")
    tile = (VECTORS / f"tile/0/000.p/{size}").read_bytes()
    signed = (VECTORS / f"checkpoint.{size}").read_text(encoding="utf-8").splitlines()[2]

    found = root([tile[place : place + 32] for place in range(0, len(tile), 32)])

    assert base64.b64encode(found).decode() == signed
