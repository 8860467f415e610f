"""What is done to notes, policies, decisions, postings, documents and files, and what the verifier says."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.verifier.given import CHECKPOINT, Members, checked, counted
from tests.verifier.minilog import (
    AUDITOR,
    DOCUMENT,
    LOG,
    NOW_S,
    ORIGIN,
    POLICY,
    WITNESSES,
    MiniLog,
    approval,
    content,
    decided,
    example,
    key,
    manifest,
    posting,
    written,
)

from tranche.kernel.approval import decision_hash
from tranche.kernel.canonical import decode
from tranche.kernel.merkle import root
from tranche.kernel.notes import Checkpoint, Head, Line, Note
from tranche.verifier.archive import Unreadable, ZipMembers
from tranche.verifier.report import Verdict


def noted(change: Callable[[Note], Note | bytes]) -> Members:
    members = example().whole()
    found = change(example().note())
    return {**members, CHECKPOINT: found if isinstance(found, bytes) else found.encoded()}


def signed(text: str, *lines: Line) -> Note:
    return Note(text, lines)


TEXT = example().checkpoint()
COSIGNED = tuple(one.cosign(TEXT, NOW_S) for one in WITNESSES)
STRANGER = key(ORIGIN + "/x")
SAME_NAME = key("another seed")


def bad(line: Line) -> Line:
    return replace(line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1]))


NOTES: dict[str, Callable[[Note], Note | bytes]] = {
    "35 another key": lambda _: signed(TEXT, replace(STRANGER.sign(TEXT), name=ORIGIN)),
    "35 unknown keys alone": lambda _: signed(TEXT, STRANGER.sign(TEXT)),
    "35 a bad signature beside good ones": lambda note: signed(TEXT, bad(LOG.sign(TEXT)), *note.lines[1:]),
    "35 a bad cosignature": lambda note: signed(TEXT, note.lines[0], bad(note.lines[1]), note.lines[2]),
    "36 the same name, another id": lambda _: signed(
        TEXT, replace(SAME_NAME.sign(TEXT), name=ORIGIN), *COSIGNED
    ),
    "37 the log's signature as a cosignature": lambda note: signed(
        TEXT, Line(WITNESSES[0].name, WITNESSES[0].vkey.id, LOG.sign(TEXT).signature), *note.lines
    ),
    "37 a cosignature as the log's": lambda note: signed(
        TEXT, Line(ORIGIN, LOG.vkey.id, note.lines[1].signature), *note.lines[1:]
    ),
    "38 carriage returns": lambda note: note.encoded().replace(b"\n", b"\r\n"),
    "38 a tab": lambda note: note.encoded().replace(b"/1\n", b"/1\t\n", 1),
    "38 no last line end": lambda note: note.encoded()[:-1],
    "38 a leading zero": lambda _: other_text(TEXT.replace("\n5\n", "\n05\n")),
    "38 another base64": lambda _: other_text(TEXT.replace("=\n", "\n")),
    "39 another origin": lambda _: other_text(TEXT.replace(ORIGIN, "other.example/1")),
    "40 another size": lambda note: note.encoded().replace(b"\n5\n", b"\n6\n", 1),
    "41 a further line": lambda _: other_text(example().checkpoint("more")),
}


def other_text(text: str) -> Note:
    return signed(text, LOG.sign(text), *(one.cosign(text, NOW_S) for one in WITNESSES))


@pytest.mark.parametrize("change", NOTES.values(), ids=NOTES.keys())
def test_what_is_done_to_a_note_is_invalid(change: Callable[[Note], Note | bytes]) -> None:
    assert checked(noted(change)).verdict is Verdict.INVALID


def test_40_a_signed_size_that_the_entries_have_not() -> None:
    text = Checkpoint(ORIGIN, Head(5, root(example().hashes[:4]))).text()

    assert checked(noted(lambda _: other_text(text))).verdict is Verdict.INVALID


def test_42_a_key_that_was_replaced_counts_up_to_its_size() -> None:
    until = f"# tranche-until {LOG.vkey.id.hex()} "

    assert checked(example().whole(), policy=POLICY + f"{until}4\n").verdict is Verdict.INVALID
    assert checked(example().whole(), policy=POLICY + f"{until}5\n").verdict is Verdict.VALID


def test_43_many_signatures_are_a_limit() -> None:
    many = [key(f"stranger {n}").sign(TEXT) for n in range(1)] * 100_000
    few = [replace(STRANGER.sign(TEXT), name=f"s{n}") for n in range(16)]

    assert checked(noted(lambda note: signed(TEXT, *note.lines, *many))).verdict is Verdict.UNREADABLE
    assert checked(noted(lambda note: signed(TEXT, *note.lines, *few))).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("at", "max_age_s", "verdict"),
    [
        (NOW_S, None, Verdict.VALID),
        (NOW_S + 10_000, None, Verdict.STALE),
        (NOW_S - 10_000, 3600, Verdict.STALE),
        (NOW_S - 10_000, None, Verdict.VALID),
        (2**63, None, Verdict.INVALID),
    ],
)
def test_44_the_time_of_a_witness(at: int, max_age_s: int | None, verdict: Verdict) -> None:
    members = noted(lambda _: example().note(at=at))

    assert checked(members, max_age_s=max_age_s).verdict is verdict


def test_53_keys_of_one_organisation_count_once() -> None:
    five = [key(f"w{n}.one.example", 4) for n in range(5)]
    policy = f"log {LOG.vkey.text()}\n" + "".join(
        f"witness w{n} {one.vkey.text()}\n" for n, one in enumerate(five)
    )
    policy += f"witness two {WITNESSES[1].vkey.text()}\ngroup one any w0 w1 w2 w3 w4\n"
    policy += "group all 2 one two\nquorum all\n"
    log = example()
    log.witnesses = tuple(five)

    assert checked(log.whole(), policy=policy).verdict is Verdict.NO_QUORUM


def test_74_a_pack_brings_no_policy_of_its_own() -> None:
    log = example()
    log.log, log.witnesses = key("thief"), (key("friend", 4),)
    own = f"log {log.log.vkey.text()}\nquorum none\n".encode()

    assert checked(counted({**log.whole(), "policy": own})).verdict is Verdict.INVALID
    report = checked(counted({**example().whole(), "policy": own}))
    assert (report.verdict, report.notes) == (Verdict.VALID, ["not looked at: policy"])


def with_entry(**changes: Any) -> Members:
    """A pack whose entry 1 was sealed with other fields, by whoever holds the log's key."""
    log = MiniLog()
    log.add("system.setup", {"kind": "system.setup"})
    return log.add("tranche.confirm_receipt", decided(**changes)).whole()


HASH = decision_hash(content().encode()).hex()
DECISIONS = {
    "another content": {"content": content(proposer="P-9")},
    "an approval of another decision": {"approvals": [approval("00" * 32)]},
    "a statement that was edited": {
        "approvals": [{**approval(HASH), "statement": str(approval(HASH)["statement"]).replace("P-2", "P-3")}]
    },
    "a statement that is not canonical": {"approvals": [{**approval(HASH), "statement": "{}x"}]},
    "the proposer's own approval": {"approvals": [approval(HASH, "P-1")]},
    "one person twice": {"approvals": [approval(HASH), approval(HASH, nonce="2")]},
    "another method": {"approvals": [{**approval(HASH), "method": "webauthn"}]},
    "another posting": {"ledger.entries": [{"id": 1, "sha256": "00" * 32}]},
    "postings by no range": {"ledger.entries": {"first": 1, "last": 10**9, "count": 1, "root": "x"}},
    "postings with another root": {"ledger.entries": {"first": 0, "last": 1, "count": 1, "root": "x"}},
}


@pytest.mark.parametrize("changes", DECISIONS.values(), ids=DECISIONS.keys())
def test_61_what_the_holder_of_the_key_made_up_is_invalid(changes: dict[str, Any]) -> None:
    assert checked(with_entry()).verdict is Verdict.VALID

    assert checked(with_entry(**changes)).verdict is Verdict.INVALID


JOURNAL = {
    "another posting under its number": posting(2).replace(b'"id":2', b'"id":1') + b"\n",
    "not canonical": posting(1).replace(b'"id":1', b'"id": 1') + b"\n",
    "a posting twice": (posting(1) + b"\n") * 2,
    "no number": b"{}\n",
}


@pytest.mark.parametrize("raw", JOURNAL.values(), ids=JOURNAL.keys())
def test_55_postings_are_those_that_were_sealed(raw: bytes) -> None:
    assert checked({**example().whole(), "journal.jsonl": raw}).verdict is Verdict.INVALID


def test_documents_are_those_that_were_sealed() -> None:
    members = example().whole()
    name = f"documents/{hashlib.sha256(DOCUMENT).hexdigest()}"

    assert checked(members).documents == 1
    assert checked({**members, name: DOCUMENT + b"."}).verdict is Verdict.INVALID
    other = f"documents/{hashlib.sha256(b'x').hexdigest()}"
    assert checked(counted({**members, other: b"x"})).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (b"{}", Verdict.UNREADABLE),
        (b"[", Verdict.INVALID),
        (manifest(7, 6), Verdict.INVALID),
        (manifest(7, 5, origin="x"), Verdict.INVALID),
        (manifest(6, 5), Verdict.INVALID),
        (manifest(7, 5, format="tranche-evidence/v2"), Verdict.UNREADABLE),
    ],
)
def test_a_manifest_does_not_contradict_the_checkpoint(raw: bytes, verdict: Verdict) -> None:
    assert checked({**example().whole(), "manifest.json": raw}).verdict is verdict


def zipped(path: Path, name: str, raw: bytes, **changes: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        row = zipfile.ZipInfo(name)
        row.compress_type = zipfile.ZIP_DEFLATED
        for attribute, value in changes.items():
            setattr(row, attribute, value)
        pack.writestr(row, raw)
    return path


@pytest.mark.parametrize(
    ("name", "raw", "changes"),
    [
        ("bomb", bytes(2**24), {}),
        ("../checkpoint", b"x", {}),
        ("/checkpoint", b"x", {}),
        ("a/../b", b"x", {}),
        ("a//b", b"x", {}),
        ("a\\b", b"x", {}),
        ("a b", b"x", {}),
        ("checkpoint", b"x", {"external_attr": 0o120777 << 16}),
    ],
)
def test_75_unsafe_members_are_not_read(
    tmp_path: Path, name: str, raw: bytes, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unreadable):
        ZipMembers(zipped(tmp_path / "pack.zip", name, raw, **changes))


def test_75_a_member_that_stands_twice_or_lies_about_its_length(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("checkpoint", b"x")
        with pytest.warns(UserWarning, match="Duplicate"):
            pack.writestr("checkpoint", b"y")
    with pytest.raises(Unreadable, match="twice"):
        ZipMembers(path)
    (tmp_path / "none.zip").write_bytes(b"no zip")
    with pytest.raises(Unreadable):
        ZipMembers(tmp_path / "none.zip")


def test_a_pack_file_reads_as_its_members(tmp_path: Path) -> None:
    members = example().whole()
    found = ZipMembers(written(tmp_path / "pack.zip", members))

    assert {name: found.read(name) for name in found.names} == members
    with pytest.raises(Unreadable):
        found.read("missing")


def test_every_label_of_the_auditor_is_open() -> None:
    line = decode(example().line(1, AUDITOR))

    assert all(isinstance(place, list) for place in line["items"])  # type: ignore[index,call-overload,union-attr]
