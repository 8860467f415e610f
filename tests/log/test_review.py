"""What reviewers of the log did to it, and what finds it now."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from django.db import connections
from tests.actions.test_erasures import erase, placed
from tests.log.test_witness import asked, rewritten
from tests.office import Office
from tests.tampering import guards_off, tamper
from tests.verifier.given import checked
from tests.verifier.minilog import LOG, NOW_S, MiniLog, example

from tranche.actions.log_acts import say_restored
from tranche.cli import log_names, log_restore
from tranche.cli.exits import Halt
from tranche.cli.output import Output
from tranche.kernel.entries import EntryError, adopted_by, open_line
from tranche.kernel.log_policy import parse_policy
from tranche.kernel.notes import COSIGNATURE, Checkpoint, Note
from tranche.log import cosigned, erasures, heads, restore, tiles
from tranche.log.append import append
from tranche.log.keys import new_key
from tranche.log.signer import Signer
from tranche.log.verify import verify_log
from tranche.log.witness import Witness
from tranche.store import clock, outward, standstill
from tranche.store.errors import LogBehind
from tranche.store.write import WriteTx, write_transaction
from tranche.verifier.report import Verdict

QUIET = Output(quiet=True)


@pytest.fixture
def signer(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """Where the commands look for it."""
    monkeypatch.setattr("django.conf.settings.TRANCHE_SIGNER_DIR", signer.folder, raising=False)
    return signer


def appended(kind: str, **fields: object) -> int:
    """An entry as somebody writes it who has the program's own way to the log, and no decision."""

    def act(write: WriteTx) -> None:
        append(write, kind=kind, actor="x", object_type="log", object_id="x", fields=fields)  # type: ignore[arg-type]

    return write_transaction(key=f"{kind} {fields}", request={}, act=act).log_seq


def found() -> set[str]:
    return {one.code for one in verify_log("default")[1]}


def test_nobody_declares_an_old_entry_adopted(office: Office) -> None:
    with clock.at(office.now):
        appended("log.adopt", first=40, size=41, checkpoint="none")
    guards_off()
    tamper(
        "UPDATE log_entry SET object_type = 'adopted' WHERE seq = 40",
        "DELETE FROM log_opening WHERE seq = 40",
    )

    assert "log_opening" in found()
    with pytest.raises(EntryError):
        adopted_by(50, {"first": 40, "size": 41})


def test_nobody_erases_without_a_decision(office: Office) -> None:
    seq = placed(office)
    [item] = [one for one in erasures.erasable(seq, "") if one.name == "reason"]
    with clock.at(office.now):
        appended("log.erasure", erased=[{"leaf": item.leaf, "seq": seq}], basis="none")
    guards_off()
    _close(erasures.Erased(seq, item.leaf))

    assert erasures.decided("default") == {}
    assert "log_erased" in found()


def _close(*erased: erasures.Erased) -> None:
    with connections["default"].cursor() as cursor:

        def run(sql: str, params: list[object]) -> list[object]:
            cursor.execute(sql, params)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

        erasures.close(erased, run)


def test_what_is_no_persons_words_stays_open_whatever_is_said_of_it(office: Office) -> None:
    seq = placed(office)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT doc FROM log_opening WHERE seq = %s", [seq])
        doc = cursor.fetchone()[0]
    leaf = next(erasures._leaf(item) for item in open_line(doc.encode()).items if item.name == "approvals")
    with clock.at(office.now):
        appended("log.restore", epoch=1, heads=[], erased=[{"leaf": leaf, "seq": seq}])
    guards_off()
    _close(erasures.Erased(seq, leaf))

    assert "log_erased" in found()


def test_what_was_erased_again_after_a_restore_is_no_alarm(office: Office, signer: Signer) -> None:
    seq = placed(office)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT doc FROM log_opening WHERE seq = %s", [seq])
        doc = cursor.fetchone()[0].replace("'", "''")
    erase(office, seq)
    erasures.remember()
    guards_off()
    tamper(
        f"UPDATE log_opening SET doc = '{doc}', erased = 0 WHERE seq = {seq}",
        "UPDATE log_entry SET kind = 'log.adopted' WHERE kind = 'log.erasure'",
    )
    assert erasures.decided("default") == {}
    with clock.at(office.now):
        again = erasures.apply_again()
        say_restored(1, [], again)

    assert len(again) == 2
    assert "log_erased" not in found()


def test_the_verifier_believes_no_erasure_without_its_decision() -> None:
    log = example()
    log.add(
        "log.erasure", {"kind": "log.erasure", "day": "2026-11-20", "actor": "x", "erased": [], "basis": "x"}
    )
    report = checked(log.whole())

    assert report.verdict == Verdict.INVALID
    assert "no decision" in report.findings[0].what


def test_the_verifier_is_not_stopped_by_what_is_no_list_of_hashes() -> None:
    log = example()
    log.add("log.erasure", {"kind": "log.erasure", "day": "2026-11-20", "erased": [{"leaf": [], "seq": 1}]})

    assert checked(log.whole()).verdict == Verdict.VALID


def test_a_fork_does_not_wash_a_rewrite_away(office: Office, signer: Signer) -> None:
    guards_off()
    tamper("UPDATE log_entry SET root = (SELECT root FROM log_tree) WHERE seq = 40")
    tiles.rebuild()

    with pytest.raises(Halt, match="was rewritten"):
        log_names.fork("", QUIET)


def test_a_kept_head_of_the_old_name_is_compared_after_a_fork() -> None:
    log = example()
    kept = log.note().encoded()
    other = MiniLog(list(reversed(example().entries)))
    fork = {"kind": "log.fork", "day": "2026-11-20", "before": "log.example/tranche/1", "common": 5}
    for forked, verdict in ((example(), Verdict.VALID), (other, Verdict.CONTRADICTS)):
        forked.add("log.fork", fork)  # type: ignore[arg-type]
        assert checked(forked.whole(), kept=[kept]).verdict == verdict


@pytest.mark.parametrize("text", [b"", b"x", b"-5 00", b"5 zz", b"7 00", b"\xff\xfe"])
def test_a_spoilt_memory_stops_writing_and_has_a_way_out(
    office: Office, signer: Signer, mechanism: Path, text: bytes
) -> None:
    (mechanism / standstill.HEAD_FILE).write_bytes(text)
    with clock.at(office.now), pytest.raises(LogBehind):
        appended("log.restore", epoch=1, heads=[])
    assert standstill.why_stopped()

    with clock.at(office.now):
        log_restore.check_restore([], QUIET)
        appended("log.restore", epoch=2, heads=[])
    assert standstill.signed_head() == signer.signed_last()


def test_a_stopping_reason_in_other_letters_is_one(mechanism: Path) -> None:
    (mechanism / standstill.STOP_FILE).write_bytes(b"\xff\xfe")

    assert standstill.why_stopped()


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE log_entry SET root = (SELECT root FROM log_tree) WHERE seq = 40",
        "DELETE FROM log_opening WHERE seq = (SELECT max(seq) FROM log_entry);"
        "DELETE FROM log_entry WHERE seq = (SELECT max(seq) FROM log_entry)",
    ],
)
def test_a_restore_is_not_called_sound_by_its_tiles_alone(office: Office, signer: Signer, fault: str) -> None:
    guards_off()
    tamper(fault)

    with clock.at(office.now), pytest.raises(Halt, match="not as they were sealed"):
        log_restore.check_restore([], QUIET)
    assert standstill.why_stopped()


def test_a_witness_alone_says_nothing_about_the_log(office: Office, signer: Signer) -> None:
    signed = heads.latest("default")
    assert signed is not None
    witness = new_key("witness.example", COSIGNATURE)
    policy = parse_policy(f"log {signer.key().vkey.text()}\nwitness w {witness.vkey.text()}\nquorum w\n")
    text = Checkpoint(signer.key().name, signed.head).text()

    with pytest.raises(restore.KeptUnreadable, match="no key of this log"):
        restore.known_kept(Note(text, (witness.cosign(text, NOW_S),)).encoded(), "witness", policy, {})


def test_a_cosignature_of_the_future_is_not_kept(office: Office, signer: Signer) -> None:
    signed = heads.latest("default")
    assert signed is not None
    witness = new_key("witness.example", COSIGNATURE)
    policy = parse_policy(f"log {signer.key().vkey.text()}\nwitness w {witness.vkey.text()}\nquorum w\n")
    for at in (10**15, int(time.time()) + 3600):
        with pytest.raises(cosigned.ReplyRefused, match="not come yet"):
            cosigned.take(witness.cosign(signed.note.text, at).text().encode(), policy)

    assert heads.instant_of(10**18).year == 9999


def test_a_refusal_is_kept_once_and_without_what_others_added(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness")
    witness.create("witness.example")
    witness.trust(LOG.vkey.text())
    witness.cosign(asked(example(), 0, 4).encoded(), NOW_S)
    forked = asked(rewritten(), 4, 4)
    stranger = new_key("stranger.example/1")
    noisy = Note(forked.note.text, (*forked.note.lines, stranger.sign(forked.note.text)))
    for note in (noisy, forked.note, noisy):
        assert witness.cosign(forked.__class__(4, forked.proof, note).encoded(), NOW_S).status == 422

    [kept] = witness.refusals()
    assert kept.refused == forked.note.encoded()


@pytest.fixture
def dripping() -> Iterator[int]:
    """A server that answers a byte now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        try:
            while True:
                peer, _ = listener.accept()
                with peer:
                    peer.recv(65536)
                    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10**4:
                        peer.sendall(bytes([letter]))
                        time.sleep(0.05)
        except OSError:
            return

    thread = Thread(target=drip, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.close()


def test_a_slow_answer_is_not_waited_for(dripping: int) -> None:
    begin = time.monotonic()
    with pytest.raises(OSError, match="whole answer"):
        outward.ask(f"http://127.0.0.1:{dripping}/", b"x", seconds_max=1, bytes_max=100)

    assert time.monotonic() - begin < 20


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "file:///etc/passwd", "http:///x", "nowhere"])
def test_only_web_addresses_are_asked(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        outward.ask(address, seconds_max=1, bytes_max=100)
