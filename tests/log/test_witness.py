"""A witness cosigns what continues what it cosigned, and keeps what it refused."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.verifier.minilog import LOG, NOW_S, ORIGIN, MiniLog, example, key

from tranche.kernel.merkle import consistency_ranges, root
from tranche.kernel.notes import ED25519, Checkpoint, Head, Note, NoteError, parse_note, verify_note
from tranche.kernel.witness_request import Request, parse_request
from tranche.log.keys import SigningKey, check
from tranche.log.witness import DATABASE, KeyKnown, Reply, Witness, WitnessError

NAME = "witness.example"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    found = Witness(tmp_path / "witness")
    found.create(NAME)
    found.trust(LOG.vkey.text())
    return found


def asked(log: MiniLog, old: int, size: int) -> Request:
    """What the log asks about its first entries."""
    hashes = log.hashes
    text = Checkpoint(ORIGIN, Head(size, root(hashes[:size]))).text()
    proof = tuple(root(hashes[low:high]) for low, high in consistency_ranges(old, size))
    return Request(old, proof, Note(text, (log.log.sign(text),)))


def ask(witness: Witness, request: Request | bytes) -> Reply:
    raw = request if isinstance(request, bytes) else request.encoded()
    return witness.cosign(raw, NOW_S)


def test_a_head_is_cosigned_and_then_one_that_continues_it(witness: Witness) -> None:
    log = example()
    first, second = ask(witness, asked(log, 0, 3)), ask(witness, asked(log, 3, 5))

    assert (first.status, second.status) == (200, 200)
    assert second.line is not None
    note = Note(asked(log, 3, 5).note.text, (second.line,))
    assert verify_note(note, [witness.vkey()], check).times == {witness.vkey(): NOW_S}
    assert witness.logs() == ((ORIGIN, 5),)
    assert witness.refusals() == ()


def test_the_same_head_again_is_cosigned_afresh(witness: Witness) -> None:
    ask(witness, asked(example(), 0, 5))

    again = witness.cosign(asked(example(), 5, 5).encoded(), NOW_S + 60)

    assert again.status == 200
    assert again.line is not None
    assert int.from_bytes(again.line.signature[:8], "big") == NOW_S + 60


def rewritten() -> MiniLog:
    log = example()
    log.entries[0], log.entries[2] = log.entries[2], log.entries[0]
    return log


@pytest.mark.parametrize(
    ("request_", "status", "size"),
    [
        (asked(rewritten(), 4, 4), 422, 0),  # 45 a fork at one size
        (asked(rewritten(), 4, 5), 422, 0),  # 47 regrown past it
        (asked(example(), 2, 3), 409, 4),  # 46 an older state
        (asked(example(), 0, 5), 409, 4),
        (Request(6, (), asked(example(), 0, 5).note), 400, 0),
        (replace(asked(example(), 4, 5), proof=(bytes(32),) * 3), 422, 0),
    ],
)
def test_what_does_not_continue_is_refused_and_kept(
    witness: Witness, request_: Request, status: int, size: int
) -> None:
    before = asked(example(), 0, 4)
    ask(witness, before)

    reply = ask(witness, request_)

    assert (reply.status, reply.size, reply.line) == (status, size, None)
    assert reply.encoded() == f"refused {status} {size}\n".encode()
    if status != 422:  # a question about another size is no evidence of anything
        assert witness.refusals() == ()
        return
    [kept] = witness.refusals()
    assert (kept.origin, kept.status) == (ORIGIN, status)
    cosigned = parse_note(kept.cosigned)
    assert parse_note(kept.refused) == request_.note
    assert (cosigned.text, cosigned.lines[:-1]) == (before.note.text, before.note.lines)
    assert verify_note(cosigned, [witness.vkey()], check).times == {witness.vkey(): NOW_S}
    assert witness.logs() == ((ORIGIN, 4),)


def test_52_two_heads_are_evidence_that_anybody_can_check(witness: Witness) -> None:
    ask(witness, asked(example(), 0, 5))
    ask(witness, asked(rewritten(), 5, 5))

    [kept] = witness.refusals()
    for raw in (kept.refused, kept.cosigned):
        assert set(verify_note(parse_note(raw), [LOG.vkey]).times) == {LOG.vkey}
    assert parse_note(kept.refused).text != parse_note(kept.cosigned).text


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"old 0\n\nnothing", 400),
        (asked(example(), 0, 5).encoded().replace(b"old 0", b"old 00"), 400),
        (asked(example(), 0, 5).encoded().replace(b"old 0\n", b"old 0\n" + b"AAAA\n"), 400),
        (replace(asked(example(), 0, 5), proof=(bytes(32),) * 64).encoded(), 400),
        (asked(example(), 0, 5).encoded().replace(ORIGIN.encode(), b"other.example/1"), 404),
    ],
)
def test_51_what_is_no_request_has_its_status(witness: Witness, raw: bytes, status: int) -> None:
    assert ask(witness, raw).status == status
    assert witness.refusals() == ()


def test_51_a_head_that_the_log_did_not_sign(witness: Witness) -> None:
    request = asked(example(), 0, 5)
    stranger = key("stranger").sign(request.note.text)
    line = request.note.lines[0]
    bad = replace(line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1]))

    for lines in ((stranger,), (replace(stranger, name=ORIGIN),), (bad,)):
        assert ask(witness, replace(request, note=Note(request.note.text, lines))).status == 403
    assert witness.logs() == ((ORIGIN, 0),)


def test_48_a_hundred_at_once_never_go_back(witness: Witness) -> None:
    log = example(40)
    ask(witness, asked(log, 0, 20))
    requests = [asked(log, 20, size) for size in range(21, 41)] * 5

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda request: ask(witness, request), requests))

    assert [reply.status for reply in replies].count(200) == 1
    assert {reply.status for reply in replies} == {200, 409}
    [(_, size)] = witness.logs()
    assert {reply.size for reply in replies if reply.status == 409} == {size}


def test_49_an_answer_that_was_lost_is_given_when_asked_again(witness: Witness) -> None:
    """The head was kept before the answer: the log asks from there, and the witness signs the same head."""
    lost = asked(example(), 0, 5)
    ask(witness, lost)

    again = ask(witness, lost)

    assert (again.status, again.size) == (409, 5)
    assert ask(witness, asked(example(), 5, 5)).status == 200


def test_50_a_witness_without_its_memory_signs_nothing(witness: Witness) -> None:
    (witness.folder / DATABASE).unlink()

    with pytest.raises(WitnessError, match="retired"):
        ask(witness, asked(example(), 0, 5))


def test_a_failure_keeps_nothing(witness: Witness) -> None:
    ask(witness, asked(example(), 0, 3))
    with sqlite3.connect(witness.folder / DATABASE) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON witness_log BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    database.close()

    with pytest.raises(sqlite3.Error, match="full"):
        ask(witness, asked(example(), 3, 5))

    assert witness.logs() == ((ORIGIN, 3),)


def test_a_log_is_trusted_once_and_by_its_own_key(witness: Witness) -> None:
    with pytest.raises(KeyKnown, match="known already"):
        witness.trust(LOG.vkey.text())
    for text in ("", "nothing", witness.vkey().text()):
        with pytest.raises(NoteError):
            witness.trust(text)
    with pytest.raises(FileExistsError):
        witness.create(NAME)


def test_a_request_has_one_form() -> None:
    request = asked(example(), 3, 5)

    assert parse_request(request.encoded()) == request


def test_a_further_key_of_a_log_is_trusted_and_an_old_one_dropped(witness: Witness) -> None:
    log = example()
    text = Checkpoint(ORIGIN, Head(3, root(log.hashes[:3]))).text()
    named = SigningKey(ORIGIN, ED25519, bytes(32))
    request = Request(0, (), Note(text, (named.sign(text),)))
    assert ask(witness, request).status == 403

    witness.trust(named.vkey.text())
    assert ask(witness, request).status == 200
    witness.drop(LOG.vkey.text())
    assert ask(witness, asked(log, 3, 5)).status == 403
    with pytest.raises(KeyKnown, match="is not known"):
        witness.drop(LOG.vkey.text())
    assert witness.logs() == ((ORIGIN, 3),)
