"""Notes, policies and receipts: the example of the design, every change of one byte, and what is refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tranche.kernel.entries import EntryError, check_line, log_leaf
from tranche.kernel.log_policy import LogPolicy, PolicyError, parse_policy
from tranche.kernel.log_proof import ReceiptError, parse_receipt
from tranche.kernel.merkle import EMPTY_ROOT, ProofError, leaf_hash, node_hash, verify_inclusion
from tranche.kernel.notes import (
    COSIGNATURE,
    ED25519,
    TIME_MAX,
    Checkpoint,
    Head,
    HeadBehind,
    HeadForked,
    HeadRefused,
    Line,
    Note,
    NoteError,
    Vkey,
    advance,
    cosign_text,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    verify_note,
)

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "log"
RECEIPT = (GOLDEN / "receipt.tlog-proof").read_bytes()
POLICY = (GOLDEN / "policy").read_text()
ROOT = bytes.fromhex("44496680cdca52ade96ea1363598b07360af7360e4301e07bbee261d8521aa90")
ENTRY = bytes.fromhex("8c0369c3ab392b5d9e30cbbc014e6ad7ccbfe90cf2d28e894a5b824bf9ca037e")
COSIGNED = 1_795_167_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def vkey(name: str = "log.test", kind: int = ED25519, key: Ed25519PrivateKey = KEY) -> Vkey:
    return Vkey(name, kind, key.public_key().public_bytes_raw())


def signed(text: str, by: Vkey, key: Ed25519PrivateKey = KEY) -> Line:
    return Line(by.name, by.id, key.sign(text.encode()))


def cosigned(text: str, at: int, by: Vkey) -> Line:
    return Line(by.name, by.id, at.to_bytes(8, "big") + KEY.sign(cosign_text(text, at)))


TEXT = Checkpoint("log.test", Head(0, EMPTY_ROOT)).text()


def holds(raw: bytes, policy: LogPolicy) -> bool:
    """Whether a receipt proves what it opens, and the quorum is there."""
    receipt = parse_receipt(raw)
    found = parse_checkpoint(receipt.note.text)
    known = verify_note(receipt.note, policy.keys).times
    verify_inclusion(
        receipt.index, found.head.size, leaf_hash(log_leaf(ENTRY)), receipt.proof, found.head.root
    )
    number, _ = check_line(receipt.extra, ENTRY)
    is_log = any(key in known and key.name == found.origin for key in policy.logs)
    return number == receipt.index and is_log and policy.is_satisfied(known)


def test_the_example_of_the_design_holds_byte_for_byte() -> None:
    receipt, policy = parse_receipt(RECEIPT), parse_policy(POLICY)
    times = verify_note(receipt.note, policy.keys).times
    second = bytes.fromhex("1e4f39b5da0894ae4398fb60ae5165f3efc9ed67ea3650aa3d3617941edcb4c5")
    first = leaf_hash(log_leaf(ENTRY))

    assert receipt.encoded() == RECEIPT
    assert {key.name: at for key, at in times.items()} == {
        "log.example/tranche/1": None,
        "witness.example": COSIGNED,
    }
    assert parse_checkpoint(receipt.note.text) == Checkpoint("log.example/tranche/1", Head(2, ROOT))
    assert node_hash(first, second) == ROOT
    assert receipt.proof == (second,)
    assert check_line(receipt.extra, ENTRY)[1][0].value == "2026-11-20"
    assert holds(RECEIPT, policy)
    assert policy.until == {bytes.fromhex("bc46856d"): 120_000}
    assert [key.text() for key in policy.keys] == [
        word for line in POLICY.splitlines() for word in line.split() if word.count("+") >= 2
    ]


def test_no_change_of_one_byte_of_a_receipt_holds() -> None:
    """Every byte, in three ways."""
    policy, held = parse_policy(POLICY), []
    for at in range(len(RECEIPT)):
        for change in (1, 0x20, 0x80):
            other = RECEIPT[:at] + bytes([RECEIPT[at] ^ change]) + RECEIPT[at + 1 :]
            try:
                if holds(other, policy):
                    held.append((at, change))
            except (ReceiptError, NoteError, ProofError, EntryError):
                continue

    assert held == []


def test_an_unknown_key_is_left_aside_and_a_known_one_must_be_right() -> None:
    ours, theirs = vkey(), vkey("other.test", key=OTHER)
    good, bad = signed(TEXT, ours), Line(theirs.name, theirs.id, KEY.sign(b"something else"))

    assert verify_note(Note(TEXT, (good, bad)), [ours]).times == {ours: None}
    assert verify_note(Note(TEXT, (bad,)), [ours]).times == {}
    with pytest.raises(NoteError):
        verify_note(Note(TEXT, (good, bad)), [ours, theirs])


def test_a_cosignature_is_no_signature_and_back() -> None:
    log, witness = vkey(), vkey("w.test", COSIGNATURE)

    with pytest.raises(NoteError):
        verify_note(Note(TEXT, (Line(witness.name, witness.id, KEY.sign(TEXT.encode())),)), [witness])
    with pytest.raises(NoteError):
        verify_note(Note(TEXT, (Line(log.name, log.id, cosigned(TEXT, 7, witness).signature),)), [log])
    assert log.id != vkey(kind=COSIGNATURE).id


def test_the_newest_cosignature_counts_and_no_time_beyond_every_calendar() -> None:
    witness = vkey("w.test", COSIGNATURE)
    lines = tuple(cosigned(TEXT, at, witness) for at in (5, 9, 7))

    assert verify_note(Note(TEXT, lines), [witness]).times == {witness: 9}
    with pytest.raises(NoteError):
        verify_note(Note(TEXT, (cosigned(TEXT, TIME_MAX + 1, witness),)), [witness])


def encoded(signature: str = "log.test " + base64.b64encode(b"1234" + b"s" * 64).decode()) -> bytes:
    return f"{TEXT}\n\u2014 {signature}\n".encode()


@pytest.mark.parametrize(
    "raw",
    [
        encoded()[:-1],
        encoded().replace(b"\n", b"\r\n", 1),
        encoded().replace(b"log", b"l\tog", 1),
        encoded().replace(b"log", b"l\x7fog", 1),
        encoded().replace(b"log", b"l\xffog", 1),
        encoded().replace("\u2014".encode(), b"-"),
        encoded("log.test MTIzNA=="),
        encoded("log.test MTIzNB==="),
        encoded("log.test QR=="),
        encoded("log+test MTIzNHM="),
        encoded(" MTIzNHM="),
        TEXT.encode(),
        TEXT.encode() + b"\n",
        b"",
        encoded() + "\u2014 log.test MTIzNHM=\n".encode() * 100,
        encoded() + b"x" * 2**20,
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        parse_note(raw)


def test_a_note_may_have_many_signatures_and_empty_lines_in_its_text() -> None:
    text = "one\n\ntwo\n"
    note = parse_note(f"{text}\n{'— log.test MTIzNHM=' + chr(10)}".encode() + "— a MTIzNHM=\n".encode() * 99)

    assert (note.text, len(note.lines)) == (text, 100)
    assert parse_note(note.encoded()) == note


@pytest.mark.parametrize(
    "text",
    [
        "log.test\n01\n" + TEXT.split("\n")[2] + "\n",
        "log.test\n-1\n" + TEXT.split("\n")[2] + "\n",
        "log.test\n1\nQUJD\n",
        "log.test\n1\n",
        "\n0\n" + TEXT.split("\n")[2] + "\n",
        TEXT + "\n",
        "log.test\n" + "9" * 20 + "\n" + TEXT.split("\n")[2] + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_what_others_append_to_a_checkpoint_is_kept() -> None:
    found = parse_checkpoint(TEXT + "an extension\n")

    assert found.extra == ("an extension",)
    assert found.text() == TEXT + "an extension\n"


@pytest.mark.parametrize(
    "text",
    [
        vkey().text().replace("log.test", "log.text"),
        vkey().text()[:-4],
        "log.test",
        vkey("log test").text(),
        vkey(kind=2).text(),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_vkey(text)


# the one rule of signer and witness


def grown(size: int) -> Head:
    """A log of so many equal leaves, at sizes that need no proof but hashes of our own."""
    leaf = leaf_hash(b"x")
    return Head(size, leaf if size == 1 else node_hash(leaf, leaf))


def test_a_head_goes_on_from_the_last_one() -> None:
    one, two = grown(1), grown(2)

    assert advance(None, 0, [], one) == one
    assert advance(one, 1, [one.root], two) == two
    assert advance(two, 2, [], two) == two
    assert advance(None, 0, [], Head(0, EMPTY_ROOT)) == Head(0, EMPTY_ROOT)


@pytest.mark.parametrize(
    ("last", "old", "proof", "new", "status"),
    [
        (grown(2), 1, [], grown(2), 409),
        (grown(2), 0, [], grown(1), 409),
        (grown(2), 2, [], grown(1), 400),
        (None, 1, [], grown(2), 409),
        (grown(2), 2, [], Head(2, ROOT), 422),
        (grown(1), 1, [ROOT], grown(2), 422),
        (grown(1), 1, [], grown(2), 422),
        (None, 0, [ROOT], grown(2), 422),
        (None, 0, [], Head(0, ROOT), 422),
        (None, 0, [], Head(3, EMPTY_ROOT), 422),
    ],
)
def test_a_head_that_does_not_go_on_is_refused(
    last: Head | None, old: int, proof: list[bytes], new: Head, status: int
) -> None:
    with pytest.raises(HeadRefused) as caught:
        advance(last, old, proof, new)

    assert caught.value.status == status
    assert isinstance(caught.value, HeadBehind) is (status == 409)
    assert isinstance(caught.value, HeadForked) is (status == 422)
    if isinstance(caught.value, HeadBehind):
        assert caught.value.size == (last.size if last else 0)


# policies


def keyed(number: int, kind: int = COSIGNATURE) -> Vkey:
    private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return Vkey(f"w{number}.test", kind, private.public_key().public_bytes_raw())


LOG = f"log {keyed(200, ED25519).text()} https://log.test/\n"


def policy(*rest: str, witnesses: int = 5) -> LogPolicy:
    named = [f"witness w{number} {keyed(number).text()}\n" for number in range(1, witnesses + 1)]
    return parse_policy(LOG + "".join(named) + "".join(f"{line}\n" for line in rest))


@pytest.mark.parametrize(
    ("signed_by", "enough"),
    [([], False), ([1], False), ([1, 2], False), ([1, 3], True), ([3, 5], False), ([2, 4, 5], True)],
)
def test_organisations_count_and_not_keys(signed_by: list[int], enough: bool) -> None:
    found = policy("group a any w1 w2", "group b any w3", "group c all w4 w5", "group q 2 a b c", "quorum q")

    assert found.is_satisfied({keyed(number) for number in signed_by}) is enough


def test_many_witnesses_and_no_quorum_are_taken() -> None:
    assert len(policy("quorum w40", witnesses=40).witnesses) == 40
    assert policy("", "# a remark", "quorum none").is_satisfied(set())


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("quorum w9",),
        ("quorum none", "quorum none"),
        ("group g any w9", "quorum g"),
        ("group g any g", "quorum g"),
        ("group g 3 w1 w2", "quorum g"),
        ("group g 0 w1 w2", "quorum g"),
        ("group g some w1", "quorum g"),
        ("group g any", "quorum none"),
        ("group g any w1 w1", "quorum g"),
        ("group w1 any w2", "quorum none"),
        ("group none any w2", "quorum none"),
        (f"witness again {keyed(1).text()}", "quorum none"),
        (f"witness log {keyed(9, ED25519).text()}", "quorum none"),
        (f"log {keyed(9).text()}", "quorum none"),
        ("witness", "quorum none"),
        ("trust everybody", "quorum none"),
        ("# tranche-until 00000000 5", "quorum none"),
        (f"# tranche-until {keyed(200, ED25519).id.hex()} 05", "quorum none"),
    ],
)
def test_a_policy_that_says_nothing_clear_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError):
        policy(*lines)


def test_a_policy_without_a_log_is_refused() -> None:
    with pytest.raises(PolicyError):
        parse_policy("quorum none\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        RECEIPT.replace(b"@v1", b"@v2"),
        RECEIPT.replace(b"index 0\n", b"index 00\n"),
        RECEIPT.replace(b"index 0\n", b""),
        RECEIPT.replace(b"index 0\n", b"index -1\n"),
        RECEIPT.replace(b"Hk85", b"Hk8"),
        RECEIPT.replace(b"extra ey", b"extra  ey"),
        RECEIPT.partition(b"\n\n")[0],
        RECEIPT.replace(b"index 0\n", b"index 0\n" + b"Hk85tdoIlK5DmPtgrlFl8+/J7WfqNlCqPTYXlB7ctMU=\n" * 63),
    ],
)
def test_what_is_no_receipt_is_refused(raw: bytes) -> None:
    with pytest.raises(ReceiptError):
        parse_receipt(raw)
