"""What the owner of the database does to it, by the numbers of the log note, and what finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import connections
from tests.log.test_signer import cut_log_to
from tests.office import Office
from tests.tampering import guards_off, tamper

from tranche.actions.log_acts import announce_key
from tranche.kernel.entries import Item, open_line, sealed
from tranche.kernel.notes import HeadBehind, Note
from tranche.kernel.tiles import consistency_proof
from tranche.kernel.witness_request import Request
from tranche.ledger.verify import verify
from tranche.log import heads, receipts, tiles
from tranche.log.keys import new_key
from tranche.log.publish import publish
from tranche.log.restore import BEHIND, compare, known_here
from tranche.log.signer import STATE_FILE, Signer
from tranche.log.verify import verify_log
from tranche.log.witness import Witness
from tranche.store import schema, selfcheck
from tranche.store.write import ALIAS

NOW_S = 1_795_167_000
LAST = "(SELECT max(id) FROM journal_entry)"


def of_log() -> set[str]:
    return {one.code for one in verify_log("default")[1]}


def of_ledger() -> set[str]:
    return {one.code for one in verify(using="default").differences}


def test_54_a_guard_that_was_taken_away_is_found_at_the_start(signer: Signer) -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER log_entry_no_update"
            if connection.vendor == "sqlite"
            else "ALTER TABLE log_entry DISABLE TRIGGER log_entry_no_update"
        )

    found = selfcheck.self_check()
    assert "guard" in {one.code for one in found}
    assert schema.guards(connection) != schema.shipped_guards(connection.vendor)


@pytest.mark.parametrize("table", ["log_opening", "log_entry", "log_checkpoint"])
def test_54_a_table_that_was_made_anew_is_found(signer: Signer, table: str) -> None:
    guards_off()
    tamper(f"DELETE FROM {table} WHERE {'size' if table == 'log_checkpoint' else 'seq'} >= 0")

    kept = signer.signed_last()
    if table == "log_checkpoint":
        assert signer.checkpoint().head == kept  # what was signed is signed again, byte for byte
    else:
        assert of_log()


BOOK: dict[str, tuple[str, str]] = {
    "55 a movement edited": ("UPDATE movement SET amount = amount + 1", "log_hash"),
    "56 a journal entry without a log entry": (
        f"UPDATE journal_entry SET log_seq = log_seq + 1000 WHERE id = {LAST}",
        "log_missing",
    ),
    "57 a log entry without its journal entry": (
        f"DELETE FROM movement WHERE entry_id = {LAST}; DELETE FROM journal_entry WHERE id = {LAST}",
        "log_hash",
    ),
    "58 a journal entry under another log entry": (
        f"UPDATE journal_entry SET log_seq = log_seq - 1 WHERE id = {LAST}",
        "log_hash",
    ),
    "59 the next number set by hand": ("UPDATE log_head SET next_seq = next_seq + 1", "log_head"),
}


@pytest.mark.parametrize("attack", BOOK)
def test_what_was_done_to_the_book_is_found_by_the_log(office: Office, attack: str) -> None:
    assert of_ledger() == set()
    sql, code = BOOK[attack]
    guards_off()
    tamper(sql)

    assert code in of_ledger()


def test_13_two_values_of_one_name_are_found(signer: Signer) -> None:
    """The program seals no such entry; a forged one fits its root."""
    names = [("kind", "auditor"), ("amount", "public"), ("amount", "donor"), *[("", "")] * 5]
    items = [Item(bytes([n] * 16), name, label, 1 if name else None) for n, (name, label) in enumerate(names)]
    forged = sealed(items)
    guards_off()
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE log_entry SET root = %s WHERE seq = 40", [forged.root])
        cursor.execute("UPDATE log_opening SET doc = %s WHERE seq = 40", [forged.line(40).decode()])

    assert "log_opening" in of_log()


@pytest.mark.parametrize(
    "fault", ["UPDATE log_tree SET size = 1", "DELETE FROM log_tile", "DELETE FROM log_tree"]
)
def test_60_trees_and_tiles_are_made_anew_from_the_entries(signer: Signer, fault: str) -> None:
    before = tiles.tree("default")
    guards_off()
    tamper(fault)
    assert of_log()

    tiles.rebuild()
    assert tiles.tree("default") == before
    assert of_log() == set()


def test_63_a_tree_that_somebody_moved_meanwhile_is_left_as_it_is(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce_key(new_key("another.example/1").vkey)
    monkeypatch.setattr(tiles, "MOVE", f"{tiles.MOVE} AND 1 = 0")
    before = tiles.tree("default")

    with pytest.raises(tiles.HeadMoved):
        tiles.extend()

    monkeypatch.undo()
    assert tiles.tree("default") == before
    assert tiles.extend_all().size == before.size + 1


def test_69_an_older_backup_is_signed_by_nobody(signer: Signer) -> None:
    cut_log_to(signer.signed_last().size - 2)
    tiles.rebuild()

    with pytest.raises(HeadBehind):
        signer.checkpoint()
    assert [one.verdict for one in compare(known_here(signer))] == [BEHIND]


@pytest.mark.parametrize(("grown", "status"), [(0, 409), (5, 422)])
def test_70_without_the_signers_state_the_witness_still_remembers(
    signer: Signer, tmp_path: Path, grown: int, status: int
) -> None:
    witness = Witness(tmp_path / "witness")
    witness.create("witness.example")
    witness.trust(signer.key().vkey.text())
    signed = heads.latest("default")
    assert signed is not None
    first = Request(0, (), signed.note)
    assert witness.cosign(first.encoded(), NOW_S).status == 200

    cut_log_to(signed.head.size - 2)
    tiles.rebuild()
    for _ in range(grown):
        announce_key(new_key("another.example/1").vkey)
    forgetful = _without_state(signer, tmp_path)
    again = forgetful.checkpoint()
    old = min(signed.head.size, again.head.size) if grown == 0 else signed.head.size
    proof = consistency_proof(old, again.head.size, tiles.reader(ALIAS)) if grown else ()
    asked = Request(old, proof, Note(again.note.text, again.note.lines))

    assert witness.cosign(asked.encoded(), NOW_S).status == status


def _without_state(signer: Signer, folder: Path) -> Signer:
    """The same key and a state of nothing, as who wants to rewrite would have it."""
    copied = Signer(folder / "copied")
    copied.create(signer.key().name)
    shutil.copy(signer.folder / "log-key", copied.folder / "log-key")
    assert (copied.folder / STATE_FILE).is_file()
    return copied


def test_73_nothing_that_is_not_public_leaves_with_the_published_log(signer: Signer, tmp_path: Path) -> None:
    publish(tmp_path / "public", "default")
    files = b"".join(path.read_bytes() for path in (tmp_path / "public").rglob("*") if path.is_file())
    hidden = {
        item.encoded()
        for seq in range(tiles.tree("default").size)
        for _, raw in receipts.lines(seq, seq + 1, receipts.AUDITOR, ALIAS)
        for item in open_line(raw).items
        if item.label != "public"
    }

    assert len(hidden) > 100
    assert not any(raw in files for raw in hidden)
