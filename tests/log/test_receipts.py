"""What leaves the log: receipts that hold without it, and a folder from which all of it can be checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connections
from tests.log.operator import signer_in
from tests.office import Office
from tests.tampering import guards_off, tamper

from tranche.actions.log_acts import announce_key
from tranche.kernel.entries import EntryError, check_line, log_leaf
from tranche.kernel.log_proof import parse_receipt
from tranche.kernel.merkle import leaf_hash, root, verify_inclusion
from tranche.kernel.notes import parse_checkpoint, parse_note, verify_note
from tranche.kernel.tiles import leaves_of
from tranche.log import heads, publish, receipts
from tranche.log.keys import new_key
from tranche.log.signer import Signer


@pytest.fixture
def signer(mechanism: Path) -> Signer:
    Office().received()
    return signer_in(mechanism)


def entry_root(seq: int) -> bytes:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT root FROM log_entry WHERE seq = %s", [seq])
        return bytes(cursor.fetchone()[0])


def test_a_receipt_holds_without_the_log(signer: Signer) -> None:
    size = signer.checkpoint().head.size
    announce_key(new_key("another.example/1").vkey)
    signer.checkpoint()

    for seq in range(size):
        found = parse_receipt(receipts.receipt(seq, receipts.AUDITOR, "default").encoded())
        head = parse_checkpoint(found.note.text).head
        assert set(verify_note(found.note, [signer.key().vkey]).times) == {signer.key().vkey}
        assert head.size == size, "the first checkpoint that covers it"
        number, items = check_line(found.extra, entry_root(seq))
        assert number == found.index == seq
        assert {item.label for item in items} <= {"public", "donor", "auditor", ""}
        verify_inclusion(seq, head.size, leaf_hash(log_leaf(entry_root(seq))), found.proof, head.root)


def test_an_audience_is_shown_its_labels_alone(signer: Signer) -> None:
    size = signer.checkpoint().head.size
    opened = {"public": set[str](), "donor": set[str]()}
    for seq in range(size):
        for name, labels in (("public", receipts.PUBLIC), ("donor", receipts.of_donor("LT"))):
            raw = receipts.receipt(seq, labels, "default").extra
            if raw:
                opened[name] |= {item.label for item in check_line(raw, entry_root(seq))[1]}

    assert opened == {"public": {"public"}, "donor": {"public", "donor"}}


@pytest.mark.parametrize("seq", [-1, 10**6, 10**18])
def test_what_no_checkpoint_covers_has_no_receipt(signer: Signer, seq: int) -> None:
    signer.checkpoint()

    with pytest.raises(receipts.NotCovered):
        receipts.receipt(seq, using="default")


def test_an_unsigned_log_has_no_receipts_and_is_not_published(signer: Signer, tmp_path: Path) -> None:
    with pytest.raises(receipts.NotCovered):
        receipts.receipt(0, using="default")
    with pytest.raises(publish.NothingSigned):
        publish.publish(tmp_path / "public", "default")


def test_the_published_folder_proves_itself(signer: Signer, tmp_path: Path) -> None:
    first = signer.checkpoint().head
    publish.publish(tmp_path / "public", "default")
    announce_key(new_key("another.example/1").vkey)
    signer.checkpoint()
    publish.publish(tmp_path / "public", "default")

    note = parse_note((tmp_path / "public" / "checkpoint").read_bytes())
    head = parse_checkpoint(note.text).head
    bundle = (tmp_path / "public" / f"tile/entries/000.p/{head.size}").read_bytes()
    hashes = [leaf_hash(leaf) for leaf in leaves_of(bundle)]
    assert head.size == first.size + 1
    assert root(hashes) == head.root
    assert root(hashes[: first.size]) == first.root
    assert (tmp_path / "public" / f"tile/0/000.p/{head.size}").read_bytes() == b"".join(hashes)
    assert heads.whole_note(heads.at(head.size, "default"), "default") == note  # type: ignore[arg-type]


def test_published_openings_hold_nothing_that_is_not_public(signer: Signer, tmp_path: Path) -> None:
    size = signer.checkpoint().head.size
    publish.publish(tmp_path / "public", "default")

    lines = (tmp_path / "public" / f"openings/000.p/{size}.jsonl").read_bytes().splitlines()
    labels = {item[2] for line in lines for item in json.loads(line)["items"] if isinstance(item, list)}
    everything = b"".join(path.read_bytes() for path in (tmp_path / "public").rglob("*") if path.is_file())

    assert len(lines) < size
    assert labels == {"public"}
    for secret in (b"LT-UA-2024-T1", b"UA2132231", b"10000000", b"actor", b"approvals"):
        assert secret not in everything


def test_an_opening_that_was_edited_is_not_handed_out(signer: Signer) -> None:
    signer.checkpoint()
    guards_off()
    tamper("UPDATE log_opening SET doc = replace(doc, 'a', 'b') WHERE seq = 3")

    with pytest.raises(EntryError):
        receipts.receipt(3, receipts.AUDITOR, "default")
