"""What is done to leaves, tiles, proofs and kept heads, and what the verifier says."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.verifier.given import BUNDLE, RECEIPT, TILE, Given, Members, checked, counted
from tests.verifier.minilog import (
    NOW_S,
    POLICY,
    example,
)

from tranche.kernel.log_policy import parse_policy
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Verdict


def leaf_edit(at: int, raw: bytes) -> Callable[[Members], Members]:
    def attack(members: Members) -> Members:
        changed = bytearray(members[BUNDLE])
        changed[at : at + len(raw)] = raw
        return {**members, BUNDLE: bytes(changed)}

    return attack


def bundle_of(leaves: list[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)


def leaves(change: Callable[[list[bytes]], None]) -> Callable[[Members], Members]:
    def attack(members: Members) -> Members:
        found = example().leaves
        change(found)
        return {**members, BUNDLE: bundle_of(found)}

    return attack


def swap(found: list[bytes]) -> None:
    found[1], found[2] = found[2], found[1]


TREE: dict[str, Callable[[Members], Members]] = {
    "16 a leaf": leaf_edit(30, b"AAAA"),
    "18 two leaves swapped": leaves(swap),
    "19 a leaf twice": leaves(lambda found: found.insert(1, found[1])),
    "20 a leaf gone": leaves(lambda found: found.remove(found[1])),
    "21 a leaf too many": leaves(lambda found: found.insert(2, found[0][:-2] + b"=\n")),
    "25 a length of nothing": leaf_edit(0, b"\x00\x00"),
    "25 the longest length": leaf_edit(0, b"\xff\xff"),
    "25 a length past the end": leaf_edit(4 * 64, b"\x00\xff"),
    "26 a leaf that is a node": leaves(lambda found: found.__setitem__(0, bytes(64))),
    "27 other entries under right tiles": lambda members: {**members, BUNDLE: bundle_of([b"x" * 62] * 5)},
    "22 a tile alone": lambda members: {**members, TILE: members[TILE][:-1] + b"\x00"},
    "24 a tile too short": lambda members: {**members, TILE: members[TILE][:-1]},
    "24 a tile too long": lambda members: {**members, TILE: members[TILE] + b"\x00"},
    "28 the tail cut": lambda members: {**members, BUNDLE: bundle_of(example().leaves[:4])},
}


@pytest.mark.parametrize("attack", TREE.values(), ids=TREE.keys())
def test_what_is_done_to_the_tree_is_invalid(attack: Callable[[Members], Members]) -> None:
    assert checked(attack(example().whole())).verdict is Verdict.INVALID


def test_23_a_bundle_under_another_width_is_no_pack() -> None:
    members = example().whole()
    members["tile/entries/000.p/4"] = members.pop(BUNDLE)

    assert checked(members).verdict is Verdict.UNREADABLE


def shorter(size: int) -> Members:
    log = example()
    log.entries = log.entries[:size]
    return log.whole()


def test_28_a_cut_log_contradicts_a_kept_head() -> None:
    kept = example().note().encoded()

    report = checked(shorter(4), kept=[kept])

    assert report.verdict is Verdict.CONTRADICTS
    assert checked(shorter(4)).verdict is Verdict.VALID, "nobody but a witness or a kept head can tell"


def test_71_a_rewritten_log_contradicts_a_kept_head() -> None:
    other = example()
    other.entries[0], other.entries[2] = other.entries[2], other.entries[0]

    for kept in (shorter_note(3), example().note().encoded()):
        assert checked(other.whole(), kept=[kept]).verdict is Verdict.CONTRADICTS
    assert checked(example().whole(), kept=[shorter_note(3)]).verdict is Verdict.VALID


def shorter_note(size: int) -> bytes:
    log = example()
    log.entries = log.entries[:size]
    return log.note().encoded()


def test_71_a_stolen_key_without_witnesses_fills_no_quorum() -> None:
    log = example()
    log.witnesses = ()

    assert checked(log.whole()).verdict is Verdict.NO_QUORUM


def test_29_files_newer_than_the_checkpoint_are_left_aside() -> None:
    members = counted({**example().whole(), "tile/0/000.p/6": b"\x00" * 192})

    assert checked(members).verdict is Verdict.VALID


def receipt(**changes: Any) -> bytes:
    found = example().receipt(1)
    return replace(found, **changes).encoded()


PROOFS = {
    "31 one off": lambda: receipt(index=2),
    "31 past the end": lambda: receipt(index=5),
    "31 huge": lambda: receipt(index=2**62),
    "31 negative": lambda: receipt().replace(b"index 1\n", b"index -1\n"),
    "31 leading zero": lambda: receipt().replace(b"index 1\n", b"index 01\n"),
    "32 a hash too many": lambda: receipt(proof=(*example().receipt(1).proof, bytes(32))),
    "32 a hash too few": lambda: receipt(proof=example().receipt(1).proof[:-1]),
    "32 another order": lambda: receipt(proof=example().receipt(1).proof[::-1]),
    "32 31 bytes": lambda: receipt(proof=(bytes(31), *example().receipt(1).proof[1:])),
    "32 33 bytes": lambda: receipt(proof=(bytes(33), *example().receipt(1).proof[1:])),
    "34 another line": lambda: receipt(extra=example().line(2)),
    "34 a line that is none": lambda: receipt(extra=b"{}"),
    "34 no JSON": lambda: receipt(extra=b"\xff"),
}


@pytest.mark.parametrize("make", PROOFS.values(), ids=PROOFS.keys())
def test_what_is_done_to_a_proof_is_invalid(make: Callable[[], bytes]) -> None:
    assert checked({**example().some(1), RECEIPT: make()}).verdict is Verdict.INVALID
    alone = verify(Given({}), Wanted(parse_policy(POLICY), NOW_S + 60), make())
    assert alone.verdict is Verdict.INVALID


def test_a_receipt_alone_is_valid() -> None:
    found = verify(Given({}), Wanted(parse_policy(POLICY), NOW_S + 60), example().receipt(1).encoded())

    assert (found.verdict, found.entries) == (Verdict.VALID, 1)


def test_a_receipt_under_another_checkpoint_is_invalid() -> None:
    log = example(6)

    assert checked({**example().some(1), RECEIPT: log.receipt(1).encoded()}).verdict is Verdict.INVALID
    members = example().some(1)
    members["entry/2.tlog-proof"] = members.pop(RECEIPT)
    assert checked(members).verdict is Verdict.INVALID


def test_a_receipt_that_opens_nothing_checks_nothing_and_is_not_called_valid() -> None:
    closed = receipt(extra=b"")
    alone = verify(Given({}), Wanted(parse_policy(POLICY), NOW_S + 60), closed)

    assert alone.verdict is Verdict.UNREADABLE
    assert checked({**example().some(1), RECEIPT: closed}).verdict is Verdict.UNREADABLE
