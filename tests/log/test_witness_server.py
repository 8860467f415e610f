"""A witness over HTTP decides as it does by files, and the log asks it from the size that it knows."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from tests.log.operator import signer_in
from tests.log.test_witness import asked, rewritten
from tests.office import Office
from tests.verifier.minilog import LOG, ORIGIN, example

from tranche.actions.log_acts import announce_key
from tranche.kernel.log_policy import LogPolicy, parse_policy
from tranche.kernel.notes import parse_note, verify_note
from tranche.log import cosigned, heads, policies
from tranche.log.ask import NotAsked, ask
from tranche.log.incidents import WITNESS_AHEAD
from tranche.log.keys import check, new_key
from tranche.log.signer import Signer
from tranche.log.witness import DATABASE, Witness
from tranche.log.witness_server import WitnessServer
from tranche.worker import witnesses
from tranche.worker.witnesses import ask_witnesses

NAME = "witness.example"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    found = Witness(tmp_path / "witness")
    found.create(NAME)
    found.trust(LOG.vkey.text())
    return found


@pytest.fixture
def port(witness: Witness) -> Iterator[int]:
    server = WitnessServer(("127.0.0.1", 0), witness)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def sent(
    port: int, method: str, path: str, body: bytes = b"", length: str | None = None
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Length": length} if length else {})
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def added(port: int, old: int, size: int, *, forked: bool = False) -> tuple[int, str, bytes]:
    log = rewritten() if forked else example()
    return sent(port, "POST", "/add-checkpoint", asked(log, old, size).encoded())


def test_a_head_is_cosigned_and_then_one_that_continues_it(witness: Witness, port: int) -> None:
    first, second = added(port, 0, 3), added(port, 3, 5)

    assert (first[0], second[0]) == (200, 200)
    note = parse_note((asked(example(), 3, 5).note.text + "\n").encode() + second[2])
    assert witness.vkey() in verify_note(note, [witness.vkey()], check).times


def test_45_46_47_what_does_not_continue_is_refused(port: int) -> None:
    added(port, 0, 4)

    assert added(port, 4, 4, forked=True)[0] == 422
    assert added(port, 4, 5, forked=True)[0] == 422
    status, kind, body = added(port, 2, 3)
    assert (status, kind, body) == (409, "text/x.tlog.size", b"4\n")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/add-checkpoint", b"", 400),
        ("POST", "/add-checkpoint", b"old 0\n\nnothing", 400),
        ("POST", "/add-checkpoint", b"old 0\n" + b"AAAA\n" * 64 + b"\nx", 400),
        ("POST", "/add-checkpoint", asked(example(), 0, 3).encoded().replace(b"log.", b"lag."), 404),
        ("POST", "/elsewhere", b"", 404),
        ("GET", "/", b"", 404),
        ("GET", f"/{'0' * 64}/checkpoint", b"", 404),
        ("PUT", "/add-checkpoint", b"", 501),
    ],
    ids=["empty", "no request", "64 hashes", "another log", "elsewhere", "root", "unknown", "put"],
)
def test_51_what_is_no_request_has_its_status(
    port: int, method: str, path: str, body: bytes, status: int
) -> None:
    assert sent(port, method, path, body)[0] == status


def test_a_body_over_the_limit_is_not_read(port: int) -> None:
    assert sent(port, "POST", "/add-checkpoint", length=str(2**40))[0] == 413
    assert sent(port, "POST", "/add-checkpoint", length="-1")[0] == 413


def test_a_monitor_reads_the_last_head_with_the_cosignature(witness: Witness, port: int) -> None:
    added(port, 0, 5)
    status, _, raw = sent(port, "GET", f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint")

    assert status == 200
    assert set(verify_note(parse_note(raw), [LOG.vkey, witness.vkey()], check).times) == {
        LOG.vkey,
        witness.vkey(),
    }


def test_a_witness_without_its_memory_cosigns_nothing(witness: Witness, port: int) -> None:
    (witness.folder / DATABASE).unlink()

    assert added(port, 0, 3)[0] == 500


@pytest.fixture
def signer(mechanism: Path, witness: Witness, port: int) -> Signer:
    """A log whose policy names the witness with its address."""
    witnesses._silent_until.clear()
    Office()
    signer = signer_in(mechanism)
    signer.checkpoint()
    witness.drop(LOG.vkey.text())
    witness.trust(signer.key().vkey.text())
    line = f"witness w {witness.vkey().text()} http://127.0.0.1:{port}/\n"
    (mechanism / "witnesses").write_text(line + "group all any w\nquorum all\n")
    return signer


def policy() -> LogPolicy:
    return policies.parsed("default")


def grown(signer: Signer) -> int:
    announce_key(new_key("another.example/1").vkey)
    return signer.checkpoint().head.size


def test_the_log_asks_and_keeps_the_cosignature(signer: Signer) -> None:
    assert ask("w", policy()) == (NAME, signer.signed_last().size)
    assert ask("w", policy()) == (NAME, signer.signed_last().size)
    assert ask_witnesses().cosigned == 0
    grown(signer)
    assert ask_witnesses().cosigned == 1
    assert len(heads.cosignatures(signer.signed_last().size, "default")) == 1


def test_the_log_asks_again_from_the_size_that_the_witness_knows(
    signer: Signer, witness: Witness, port: int
) -> None:
    request = cosigned.request_for("w", policy(), "default")
    witness.cosign(request.encoded(), 1_795_167_000)  # its answer was lost
    size = grown(signer)

    assert ask("w", policy()) == (NAME, size)
    named = hashlib.sha256(signer.key().name.encode()).hexdigest()
    signed = heads.at(size, "default")
    assert signed is not None
    assert parse_note(sent(port, "GET", f"/{named}/checkpoint")[2]).text == signed.note.text


def test_what_a_witness_holds_against_the_log_is_said(signer: Signer, witness: Witness) -> None:
    old = heads.latest("default")
    assert old is not None
    grown(signer)
    ask("w", policy())
    signed = heads.latest("default")
    assert signed is not None
    with_more = ask_again_as_if_smaller(signer, old)

    assert with_more.against == ((WITNESS_AHEAD, with_more.against[0][1]),)
    assert f"cosigned {signed.head.size} entries" in with_more.against[0][1]


def ask_again_as_if_smaller(signer: Signer, old: heads.Signed) -> witnesses.Carried:
    """Ask as a mechanism does whose database was set back to an older head."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heads, "latest", lambda using="read": old)
        return ask_witnesses()


def test_a_witness_that_is_silent_stops_nobody_and_is_left_in_peace(signer: Signer, mechanism: Path) -> None:
    text = (mechanism / "witnesses").read_text()
    (mechanism / "witnesses").write_text(text.replace("http://127.0.0.1:", "http://127.0.0.1:1"))
    carried = ask_witnesses()

    assert (carried.cosigned, len(carried.silent), carried.against) == (0, 1, ())
    assert ask_witnesses() == witnesses.Carried()


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/", "file:///etc/passwd"])
def test_only_the_web_is_asked(signer: Signer, witness: Witness, address: str) -> None:
    text = f"log {signer.key().vkey.text()}\nwitness w {witness.vkey().text()} {address}\nquorum none\n"

    with pytest.raises(NotAsked):
        ask("w", parse_policy(text))
