"""A database held against heads that were kept of its log, and how the log changes keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.log.operator import signer_in
from tests.log.test_signer import cut_log_to
from tests.office import Office

from tranche.actions.log_acts import announce_key
from tranche.cli.exits import Halt
from tranche.cli.log_names import rotate_key
from tranche.cli.output import Output
from tranche.kernel.log_policy import parse_policy
from tranche.kernel.notes import COSIGNATURE, Head, Note
from tranche.log import heads, policies, restore, tiles
from tranche.log.keys import new_key
from tranche.log.signer import Signer
from tranche.store import clock, standstill
from tranche.store.errors import LogBehind
from tranche.worker.rounds import work_round

WITNESS = new_key("witness.example", COSIGNATURE)


@pytest.fixture
def signer(mechanism: Path) -> Signer:
    Office()
    signer = signer_in(mechanism)
    signer.checkpoint()
    return signer


def another() -> int:
    return announce_key(new_key("another.example/1").vkey)


def verdicts(*known: restore.Known) -> list[str]:
    return [one.verdict for one in restore.compare(known)]


def test_heads_that_were_kept_are_the_beginning_of_the_log_or_not(signer: Signer) -> None:
    first = signer.signed_last()
    another()
    newer = signer.checkpoint().head
    forged = Head(first.size, newer.root)

    assert verdicts(*(restore.Known("x", head) for head in (first, newer, forged))) == [
        restore.AGREES,
        restore.AGREES,
        restore.OTHER,
    ]
    assert verdicts(restore.Known("x", Head(newer.size + 1, newer.root))) == [restore.BEHIND]


def test_what_the_database_cannot_say_stands_outside_it(signer: Signer) -> None:
    work_round()
    signed = signer.signed_last()
    cut_log_to(signed.size - 1)

    with pytest.raises(LogBehind, match=f"{signed.size} were signed"):
        another()

    assert "were signed" in standstill.why_stopped()
    assert [one.source for one in restore.known_here(signer)] == [restore.SIGNER, restore.INSTALLATION]


def test_a_head_that_the_signer_refuses_stops_every_write(signer: Signer) -> None:
    cut_log_to(signer.signed_last().size - 1)
    tiles.rebuild()
    done = work_round()

    assert done.signed.trouble
    assert (done.expired, done.told, done.mailed.sent) == (0, 0, 0)
    with pytest.raises(LogBehind):
        another()


@pytest.mark.parametrize("spoilt", ["", "12", "x y", "3 zz"])
def test_a_spoilt_memory_of_the_head_stops_every_write(mechanism: Path, spoilt: str) -> None:
    (mechanism / standstill.HEAD_FILE).write_text(spoilt)

    with pytest.raises(LogBehind, match="holds no head"):
        another()


def test_only_heads_of_this_log_are_compared(signer: Signer) -> None:
    signed = heads.latest("default")
    assert signed is not None
    stranger = new_key("another.example/1")
    policy = parse_policy(f"log {signer.key().vkey.text()}\nlog {stranger.vkey.text()}\nquorum none\n")
    text = signed.note.text.replace("log.example/tranche/1", "third.example/1")

    assert restore.known_kept(signed.note.encoded(), "mine", policy, {}).head == signed.head
    for raw in (b"", Note(text, (stranger.sign(text),)).encoded(), Note(signed.note.text, ()).encoded()):
        with pytest.raises(restore.KeptUnreadable, match="mine"):
            restore.known_kept(raw, "mine", policy, {})


def test_as_many_witnesses_as_the_policy_wants_must_stand_behind_the_heads(signer: Signer) -> None:
    signed = heads.latest("default")
    assert signed is not None
    witnesses = f"witness w {WITNESS.vkey.text()}\ngroup all any w\nquorum all\n"
    policy = parse_policy(f"log {signer.key().vkey.text()}\n{witnesses}")
    alone = restore.known_kept(signed.note.encoded(), "mine", policy, {})
    cosigned = Note(signed.note.text, (*signed.note.lines, WITNESS.cosign(signed.note.text, 1)))
    seen = restore.known_kept(cosigned.encoded(), "witness", policy, {})

    assert not restore.is_witnessed(restore.compare([alone]), policy)
    assert restore.is_witnessed(restore.compare([alone, seen]), policy)


def test_two_keys_sign_for_thirty_days_and_then_one(signer: Signer, mechanism: Path) -> None:
    old = signer.key().vkey
    rotate_key(finish=False, output=Output(quiet=True))
    both = signer.checkpoint()
    new = signer.next_key()
    assert new is not None
    assert {line.key_id for line in both.note.lines} == {old.id, new.vkey.id}
    with pytest.raises(Halt, match="signs beside"):
        rotate_key(finish=False, output=Output(quiet=True))
    with pytest.raises(Halt, match="for 0 days"):
        rotate_key(finish=True, output=Output(quiet=True))

    with clock.at(clock.now() + timedelta(days=30)):
        rotate_key(finish=True, output=Output(quiet=True))
        alone = signer.checkpoint()

    assert [line.key_id for line in alone.note.lines] == [new.vkey.id]
    assert signer.key() == new
    assert policies.parsed("default").until == {old.id: alone.head.size - 1}
