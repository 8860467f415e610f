"""No single byte of a receipt or a small pack can be another one: it is never valid then."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.verifier.minilog import NOW_S, POLICY, example, written

from tranche.kernel.log_policy import parse_policy
from tranche.log.keys import check
from tranche.verifier.archive import NoMembers, Unreadable, ZipMembers
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Verdict

WANTED = Wanted(parse_policy(POLICY), NOW_S + 60, check=check)
RECEIPT = example().receipt(1).encoded()


def of_receipt(raw: bytes) -> Verdict:
    return verify(NoMembers(), WANTED, raw).verdict


def test_no_byte_of_a_receipt_can_be_another_one() -> None:
    assert of_receipt(RECEIPT) is Verdict.VALID
    passed = []
    for at in range(len(RECEIPT)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(RECEIPT)
            changed[at] ^= mask
            if of_receipt(bytes(changed)) in (Verdict.VALID, Verdict.STALE):
                passed.append((at, mask))

    assert passed == []


def test_no_byte_of_a_pack_can_be_another_one_without_its_members_staying_the_same(tmp_path: Path) -> None:
    """What may differ is the container's own, such as a time in it: names and bytes are as they were."""
    path = written(tmp_path / "pack.zip", example().some(0, 1))
    raw, original = path.read_bytes(), ZipMembers(path)
    whole = {name: original.read(name) for name in original.names}
    passed = []
    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 0x01
        path.write_bytes(changed)
        try:
            members = ZipMembers(path)
            verdict = verify(members, WANTED).verdict
            if verdict is Verdict.VALID and {name: members.read(name) for name in members.names} != whole:
                passed.append(at)
        except Unreadable:
            continue

    assert passed == []


@settings(max_examples=1500, deadline=None)
@given(data=st.data())
def test_a_receipt_that_was_cut_joined_or_overwritten_is_never_valid(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(RECEIPT)))
    end = data.draw(st.integers(start, min(len(RECEIPT), start + 80)))
    put = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([RECEIPT[:40], b"\n", b"=", b"A"])))
    changed = RECEIPT[:start] + put + RECEIPT[end:]

    if changed != RECEIPT:  # without a witness's line it is a valid receipt that lacks its quorum
        assert of_receipt(changed) not in (Verdict.VALID, Verdict.STALE)


@pytest.mark.parametrize("raw", [b"", b"c2sp.org/tlog-proof@v1", b"\x00" * 100, RECEIPT * 2])
def test_what_is_no_receipt_is_invalid(raw: bytes) -> None:
    assert of_receipt(raw) is Verdict.INVALID
