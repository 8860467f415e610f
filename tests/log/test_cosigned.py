"""What the log keeps of its witnesses: lines that hold under its own heads, by witnesses that it knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.log.operator import signer_in
from tests.office import Office

from tranche.actions.log_acts import announce_key
from tranche.kernel.log_policy import LogPolicy, parse_policy
from tranche.log import cosigned, heads, receipts
from tranche.log.keys import new_key
from tranche.log.policies import parsed
from tranche.log.signer import Signer
from tranche.log.witness import Witness

NOW_S = 1_795_167_000


@pytest.fixture
def signer(sqlite_mechanism: Path) -> Signer:
    Office()
    return signer_in(sqlite_mechanism)


@pytest.fixture
def witness(signer: Signer, tmp_path: Path) -> Witness:
    found = Witness(tmp_path / "witness")
    found.create("witness.example")
    found.trust(signer.key().vkey.text())
    return found


def policy(signer: Signer, witness: Witness) -> LogPolicy:
    return parse_policy(
        f"log {signer.key().vkey.text()}\nwitness ministry {witness.vkey().text()}\nquorum ministry\n"
    )


def test_each_head_is_asked_for_from_the_one_before(signer: Signer, witness: Witness) -> None:
    known = policy(signer, witness)
    for round_ in range(3):
        head = signer.checkpoint().head
        request = cosigned.request_for("ministry", known, "default")
        reply = witness.cosign(request.encoded(), NOW_S + round_)
        assert cosigned.take(reply.encoded(), known) == ("witness.example", head.size)
        announce_key(new_key("another.example/1").vkey)

    assert [
        len(heads.cosignatures(signed.head.size, "default")) for signed in heads.checkpoints("default")
    ] == [
        1,
        1,
        1,
    ]
    note = heads.whole_note(heads.checkpoints("default")[0], "default")
    assert len(note.lines) == 2


def test_the_same_reply_twice_is_kept_once(signer: Signer, witness: Witness) -> None:
    known = policy(signer, witness)
    size = signer.checkpoint().head.size
    reply = witness.cosign(cosigned.request_for("ministry", known, "default").encoded(), NOW_S).encoded()

    assert cosigned.take(reply, known) == cosigned.take(reply, known)
    assert len(heads.cosignatures(size, "default")) == 1


def test_a_receipt_takes_the_head_with_most_witnesses(signer: Signer, witness: Witness) -> None:
    known = policy(signer, witness)
    signer.checkpoint()
    announce_key(new_key("another.example/1").vkey)
    second = signer.checkpoint().head.size
    request = cosigned.request_for("ministry", known, "default")
    cosigned.take(witness.cosign(request.encoded(), NOW_S).encoded(), known)

    found = receipts.receipt(0, using="default")

    assert f"\n{second}\n" in found.note.text
    assert len(found.note.lines) == 2


def test_what_is_no_answer_of_a_known_witness_is_refused(
    signer: Signer, witness: Witness, tmp_path: Path
) -> None:
    known = policy(signer, witness)
    signer.checkpoint()
    stranger = Witness(tmp_path / "stranger")
    stranger.create("stranger.example")
    stranger.trust(signer.key().vkey.text())
    request = cosigned.request_for("ministry", known, "default")
    foreign = stranger.cosign(request.encoded(), NOW_S).encoded()
    own = witness.cosign(request.encoded(), NOW_S).encoded()

    for raw in (b"", b"hello", foreign, own[:-8] + b"AAAAAA=\n", b"\xff\xfe"):
        with pytest.raises(cosigned.ReplyRefused):
            cosigned.take(raw, known)
    assert cosigned.take(b"refused 409 7\n", known) == cosigned.Declined(409, 7)


def test_nobody_unknown_is_asked(signer: Signer, witness: Witness) -> None:
    with pytest.raises(LookupError):
        cosigned.request_for("ministry", policy(signer, witness), "default")
    signer.checkpoint()
    with pytest.raises(cosigned.UnknownWitness):
        cosigned.request_for("nobody", policy(signer, witness), "default")


def test_the_operators_file_is_read_where_the_key_is_another_users(
    signer: Signer, witness: Witness, sqlite_mechanism: Path
) -> None:
    signer.checkpoint()
    (sqlite_mechanism / "witnesses").write_text(
        f"witness ministry {witness.vkey().text()}\nquorum ministry\n", encoding="utf-8"
    )
    signer.folder.rename(sqlite_mechanism / "elsewhere")

    assert parsed("default") == policy(Signer(sqlite_mechanism / "elsewhere"), witness)
