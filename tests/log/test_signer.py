"""The signer signs what continues what it signed, and nothing else, whatever the database says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.log.operator import ORIGIN, signer_in, together
from tests.office import Office
from tests.tampering import guards_off, tamper

from tranche.actions.log_acts import announce_key
from tranche.kernel import ed25519
from tranche.kernel.notes import ED25519, HeadBehind, HeadForked, NoteError, parse_checkpoint, verify_note
from tranche.log import heads, keys, tiles
from tranche.log.keys import KeyUnsafe, SigningKey, new_key, parse_key, read_key, write_key
from tranche.log.signer import KEY_FILE, STATE_FILE, Signer, SignerError


@pytest.fixture
def signer(mechanism: Path) -> Signer:
    Office()
    return signer_in(mechanism)


def checkpoints() -> list[int]:
    return [signed.head.size for signed in heads.checkpoints("default")]


def cut_log_to(size: int) -> None:
    """What a backup of that day holds: the later entries and all that was derived from them are gone."""
    guards_off()
    tamper(
        f"DELETE FROM log_checkpoint WHERE size > {size}",
        f"DELETE FROM log_opening WHERE seq >= {size}",
        f"DELETE FROM log_entry WHERE seq >= {size}",
        f"UPDATE log_head SET next_seq = {size}",
    )


def test_a_signed_head_is_that_of_the_entries_and_others_can_check_it(signer: Signer) -> None:
    signed = signer.checkpoint()

    key = signer.key().vkey
    assert signed.head == tiles.tree("default")
    assert parse_checkpoint(signed.note.text).origin == ORIGIN
    assert verify_note(signed.note, [key]).times == verify_note(signed.note, [key], keys.check).times
    assert set(verify_note(signed.note, [key]).times) == {key}
    assert signer.signed_last() == signed.head
    assert signer.checkpoint() == signed
    assert checkpoints() == [signed.head.size]


def test_a_log_that_grew_is_signed_again(signer: Signer) -> None:
    first = signer.checkpoint()
    announce_key(new_key("another.example/1").vkey)
    second = signer.checkpoint()

    assert second.head.size == first.head.size + 1
    assert checkpoints() == [first.head.size, second.head.size]


def test_an_older_database_is_not_signed(signer: Signer) -> None:
    signed = signer.checkpoint()
    cut_log_to(signed.head.size - 2)
    tiles.rebuild()

    with pytest.raises(HeadBehind):
        signer.checkpoint()

    assert checkpoints() == []
    assert signer.signed_last() == signed.head


def test_a_backup_that_grew_past_the_old_size_is_not_signed(signer: Signer) -> None:
    signed = signer.checkpoint()
    cut_log_to(signed.head.size - 1)
    tiles.rebuild()
    for _ in range(3):
        announce_key(new_key("another.example/1").vkey)

    with pytest.raises(HeadForked):
        signer.checkpoint()

    assert checkpoints() == []


def test_an_entry_that_was_rewritten_is_not_signed(signer: Signer) -> None:
    signed = signer.checkpoint()
    guards_off()
    tamper(
        "UPDATE log_entry SET root = (SELECT root FROM log_tree) WHERE seq = 1", "DELETE FROM log_checkpoint"
    )
    tiles.rebuild()

    with pytest.raises(HeadForked):
        signer.checkpoint()

    assert signer.signed_last() == signed.head


def test_a_crash_between_state_and_row_gives_the_same_note_again(signer: Signer) -> None:
    signed = signer.checkpoint()
    guards_off()
    tamper("DELETE FROM log_checkpoint")

    assert signer.checkpoint().note == signed.note


def test_another_head_that_is_kept_as_signed_is_found(signer: Signer) -> None:
    size = signer.checkpoint().head.size
    guards_off()
    tamper("UPDATE log_checkpoint SET root = (SELECT root FROM log_entry WHERE seq = 1)")

    with pytest.raises(SignerError, match=f"another head of {size} entries"):
        signer.checkpoint()


@pytest.mark.parametrize(
    "state", [None, b"", b"{}", b'{"origin":"another.example/1","root":"","size":0}', b'{"origin":1}']
)
def test_without_its_own_state_the_signer_signs_nothing(signer: Signer, state: bytes | None) -> None:
    path = signer.folder / STATE_FILE
    path.unlink() if state is None else path.write_bytes(state)

    with pytest.raises(SignerError):
        signer.checkpoint()

    assert checkpoints() == []


def test_a_key_is_made_once(signer: Signer) -> None:
    with pytest.raises(FileExistsError):
        signer.create(ORIGIN)
    (signer.folder / STATE_FILE).unlink()
    with pytest.raises(FileExistsError):
        signer.create(ORIGIN)


def test_several_signers_make_one_checkpoint(signer: Signer) -> None:
    failed = together(4, signer.checkpoint)

    assert failed == []
    assert len(checkpoints()) == 1


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    write_key(path, new_key(ORIGIN))
    path.chmod(0o640)

    with pytest.raises(KeyUnsafe, match="read by others"):
        read_key(path)


def test_a_key_has_one_text(tmp_path: Path) -> None:
    key = SigningKey("log.example/tranche/1", ED25519, bytes(range(32)))

    assert parse_key(key.text() + "\n") == key
    assert "0001020304" not in repr(key)
    for wrong in (
        key.text()[:-4],
        key.text().replace("PRIVATE", "PUBLIC"),
        "",
        key.text().replace("log", "lag"),
    ):
        with pytest.raises(NoteError):
            parse_key(wrong)
    with pytest.raises(NoteError):
        new_key("two words")


def test_the_native_check_decides_as_ours() -> None:
    key = new_key(ORIGIN)
    line = key.sign("a text\n")

    for message in (b"a text\n", b"another\n"):
        assert keys.check(key.vkey.public, message, line.signature) == ed25519.verify(
            key.vkey.public, message, line.signature
        )
    assert not keys.check(b"short", b"", b"")
