"""Every way to tamper with a pack, by the number that the log note gives it, and what the verifier says."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
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
from tranche.kernel.canonical import decode, encode
from tranche.kernel.entries import EntryError, Item, check_line
from tranche.kernel.log_policy import parse_policy
from tranche.kernel.merkle import leaf_hash, root
from tranche.kernel.notes import Checkpoint, Head, Line, Note
from tranche.verifier.archive import Unreadable, ZipMembers
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Report, Verdict

Members = dict[str, bytes]
WHOLE, SOME = "whole", "some"
OPENINGS, CHECKPOINT, BUNDLE, TILE, RECEIPT = (
    "openings.jsonl",
    "checkpoint",
    "tile/entries/000.p/5",
    "tile/0/000.p/5",
    "entry/1.tlog-proof",
)


class Given:
    """Members by name, as an attack finds them."""

    names: frozenset[str]

    def __init__(self, members: Members) -> None:
        self._members, self.names = members, frozenset(members)

    def read(self, name: str) -> bytes:
        if name not in self._members:
            raise Unreadable(name)
        return self._members[name]


def counted(members: Members) -> Members:
    """A pack whose maker has counted its members again."""
    said = json.loads(members["manifest.json"])
    return {**members, "manifest.json": encode({**said, "members": len(members)})}


def checked(members: Members, *, policy: str = POLICY, **wanted: Any) -> Report:
    return verify(Given(members), Wanted(parse_policy(policy), wanted.pop("now_s", NOW_S + 60), **wanted))


def lines_of(members: Members) -> list[Any]:
    return [json.loads(raw) for raw in members[OPENINGS].splitlines()]


def with_lines(members: Members, lines: list[Any]) -> Members:
    return {**members, OPENINGS: b"".join(encode(line) + b"\n" for line in lines)}


def item_of(line: Any, name: str) -> list[Any]:
    return next(item for item in line["items"] if isinstance(item, list) and item[1] == name)


def edited(change: Callable[[list[Any]], None]) -> Callable[[Members], Members]:
    """An attack on the lines of a pack of everything."""

    def attack(members: Members) -> Members:
        lines = lines_of(members)
        change(lines)
        return with_lines(members, lines)

    return attack


def value_bit(lines: list[Any]) -> None:
    item_of(lines[1], "amount")[3]["amount_minor"] ^= 1


def salt_bit(lines: list[Any]) -> None:
    item = item_of(lines[1], "amount")
    raw = bytearray(base64.b64decode(item[0]))
    raw[0] ^= 1
    item[0] = base64.b64encode(raw).decode()


def hash_bit(lines: list[Any]) -> None:
    lines[1]["items"][0] = base64.b64encode(bytes(32)).decode()


def values_swapped(lines: list[Any]) -> None:
    one, two = item_of(lines[1], "ref"), item_of(lines[2], "ref")
    one[3], two[3] = two[3], one[3]


def salts_swapped(lines: list[Any]) -> None:
    one, two = item_of(lines[1], "ref"), item_of(lines[1], "day")
    one[0], two[0] = two[0], one[0]


def item_moved(lines: list[Any]) -> None:
    at = lines[2]["items"].index(item_of(lines[2], "ref"))
    lines[2]["items"][at] = item_of(lines[1], "ref")


def renamed(lines: list[Any]) -> None:
    item_of(lines[1], "ref")[1] = "reason"


def relabelled(lines: list[Any]) -> None:
    item_of(lines[1], "ref")[2] = "public"


def blind_named(lines: list[Any]) -> None:
    blind = next(item for item in lines[2]["items"] if isinstance(item, list) and not item[1])
    blind[1:] = ["amount", "donor", {"amount_minor": 1, "currency": "EUR"}]


def unsorted_list(lines: list[Any]) -> None:
    lines[1]["items"].reverse()


def repeated_item(lines: list[Any]) -> None:
    lines[1]["items"][1] = lines[1]["items"][0]


def shorter_list(lines: list[Any]) -> None:
    lines[1]["items"] = lines[1]["items"][:4]


def uneven_list(lines: list[Any]) -> None:
    lines[1]["items"] = lines[1]["items"][:12]


def nothing_open(lines: list[Any]) -> None:
    raw = [
        json.dumps(i, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for i in lines[1]["items"]
    ]
    lines[1]["items"] = [base64.b64encode(leaf_hash(text.encode())).decode() for text in raw]


def wrong_number(lines: list[Any]) -> None:
    lines[1]["seq"] = 2


def two_lines_swapped(lines: list[Any]) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def beyond_the_end(lines: list[Any]) -> None:
    lines[4]["seq"] = 5


ITEM = {
    "1 a bit of a value": value_bit,
    "2 a bit of a salt": salt_bit,
    "3 a bit of an item's hash": hash_bit,
    "4 two values swapped": values_swapped,
    "5 two salts swapped": salts_swapped,
    "6 an item of another entry": item_moved,
    "7 an item renamed": renamed,
    "7 an item relabelled": relabelled,
    "10 a blind item shown as data": blind_named,
    "11 an unsorted list": unsorted_list,
    "11 an item twice": repeated_item,
    "11 four places": shorter_list,
    "11 twelve places": uneven_list,
    "11 a line that opens nothing": nothing_open,
    "31 another number": wrong_number,
    "31 a number past the end": beyond_the_end,
    "18 two lines swapped": two_lines_swapped,
}


@pytest.mark.parametrize("change", ITEM.values(), ids=ITEM.keys())
def test_what_is_done_to_an_item_is_invalid(change: Callable[[list[Any]], None]) -> None:
    members = example().whole()
    assert checked(members).verdict is Verdict.VALID

    assert checked(edited(change)(members)).verdict is Verdict.INVALID


def raw_line(members: Members, old: bytes, new: bytes) -> Members:
    assert old in members[OPENINGS]
    return {**members, OPENINGS: members[OPENINGS].replace(old, new, 1)}


NOT_CANONICAL = {
    "spaces": (b'"seq":1', b'"seq": 1'),
    "a float": (b'"seq":1}', b'"seq":1.0}'),
    "an escape": (b'"T-1"', b'"\\u0054-1"'),
    "a key twice": (b'"seq":1', b'"seq":1,"seq":1'),
    "decomposed letters": (b'"T-1"', '"T-i\u0301"'.encode()),
    "a minus zero": (b'"seq":0', b'"seq":-0'),
}


@pytest.mark.parametrize(("old", "new"), NOT_CANONICAL.values(), ids=NOT_CANONICAL.keys())
def test_9_a_line_has_one_form(old: bytes, new: bytes) -> None:
    assert checked(raw_line(example().whole(), old, new)).verdict is Verdict.INVALID


@pytest.mark.parametrize("length", [15, 17])
def test_9_a_salt_has_its_length(length: int) -> None:
    def change(lines: list[Any]) -> None:
        item_of(lines[1], "ref")[0] = base64.b64encode(bytes(length)).decode()

    assert checked(edited(change)(example().whole())).verdict is Verdict.INVALID


def test_9_a_salt_has_one_form_of_base64() -> None:
    def change(lines: list[Any]) -> None:
        salt = item_of(lines[1], "ref")[0]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        item_of(lines[1], "ref")[0] = salt[:-3] + alphabet[alphabet.index(salt[-3]) ^ 1] + "=="

    assert checked(edited(change)(example().whole())).verdict is Verdict.INVALID


def doubled() -> MiniLog:
    """13 One entry commits two values of one name; each audience is shown one of them."""
    log = example(1)
    items = [Item(bytes([n]) * 16, "", "", None) for n in range(6)]
    two = [
        Item(bytes([9 + n]) * 16, "amount", "donor", {"amount_minor": n, "currency": "EUR"}) for n in range(2)
    ]
    return log.add_items([*items, *two])


def test_8_13_a_name_stands_once() -> None:
    log = doubled()
    with pytest.raises(EntryError, match="stands twice"):
        check_line(log.line(1), log.entries[1].root)

    assert checked(log.whole()).verdict is Verdict.INVALID


def test_12_what_a_reader_may_not_see_is_withheld_and_not_wrong() -> None:
    report = checked(example().whole(frozenset({"public", "donor"})))

    assert report.verdict is Verdict.VALID
    assert report.withheld > 0


def test_14_a_salted_amount_is_not_found_by_trying() -> None:
    log = example()
    digests = {
        base64.b64decode(place)
        for place in json.loads(log.line(1, frozenset({"public"})))["items"]
        if isinstance(place, str)
    }
    guesses = {
        hashlib.sha256(
            b"\x00" + encode(["", "amount", "donor", {"amount_minor": n, "currency": "EUR"}])
        ).digest()
        for n in range(2_000)
    }

    assert not digests & guesses


def leaf_edit(at: int, raw: bytes) -> Callable[[Members], Members]:
    def attack(members: Members) -> Members:
        changed = bytearray(members[BUNDLE])
        changed[at : at + len(raw)] = raw
        return {**members, BUNDLE: bytes(changed)}

    return attack


def bundle_of(leaves: list[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)


def leaves(change: Callable[[list[bytes]], None]) -> Callable[[Members], Members]:
    def attack(members: Members) -> Members:
        found = example().leaves
        change(found)
        return {**members, BUNDLE: bundle_of(found)}

    return attack


def swap(found: list[bytes]) -> None:
    found[1], found[2] = found[2], found[1]


TREE: dict[str, Callable[[Members], Members]] = {
    "16 a leaf": leaf_edit(30, b"AAAA"),
    "18 two leaves swapped": leaves(swap),
    "19 a leaf twice": leaves(lambda found: found.insert(1, found[1])),
    "20 a leaf gone": leaves(lambda found: found.remove(found[1])),
    "21 a leaf too many": leaves(lambda found: found.insert(2, found[0][:-2] + b"=\n")),
    "25 a length of nothing": leaf_edit(0, b"\x00\x00"),
    "25 the longest length": leaf_edit(0, b"\xff\xff"),
    "25 a length past the end": leaf_edit(4 * 64, b"\x00\xff"),
    "26 a leaf that is a node": leaves(lambda found: found.__setitem__(0, bytes(64))),
    "27 other entries under right tiles": lambda members: {**members, BUNDLE: bundle_of([b"x" * 62] * 5)},
    "22 a tile alone": lambda members: {**members, TILE: members[TILE][:-1] + b"\x00"},
    "24 a tile too short": lambda members: {**members, TILE: members[TILE][:-1]},
    "24 a tile too long": lambda members: {**members, TILE: members[TILE] + b"\x00"},
    "28 the tail cut": lambda members: {**members, BUNDLE: bundle_of(example().leaves[:4])},
}


@pytest.mark.parametrize("attack", TREE.values(), ids=TREE.keys())
def test_what_is_done_to_the_tree_is_invalid(attack: Callable[[Members], Members]) -> None:
    assert checked(attack(example().whole())).verdict is Verdict.INVALID


def test_23_a_bundle_under_another_width_is_no_pack() -> None:
    members = example().whole()
    members["tile/entries/000.p/4"] = members.pop(BUNDLE)

    assert checked(members).verdict is Verdict.UNREADABLE


def shorter(size: int) -> Members:
    log = example()
    log.entries = log.entries[:size]
    return log.whole()


def test_28_a_cut_log_contradicts_a_kept_head() -> None:
    kept = example().note().encoded()

    report = checked(shorter(4), kept=[kept])

    assert report.verdict is Verdict.CONTRADICTS
    assert checked(shorter(4)).verdict is Verdict.VALID, "nobody but a witness or a kept head can tell"


def test_71_a_rewritten_log_contradicts_a_kept_head() -> None:
    other = example()
    other.entries[0], other.entries[2] = other.entries[2], other.entries[0]

    for kept in (shorter_note(3), example().note().encoded()):
        assert checked(other.whole(), kept=[kept]).verdict is Verdict.CONTRADICTS
    assert checked(example().whole(), kept=[shorter_note(3)]).verdict is Verdict.VALID


def shorter_note(size: int) -> bytes:
    log = example()
    log.entries = log.entries[:size]
    return log.note().encoded()


def test_71_a_stolen_key_without_witnesses_fills_no_quorum() -> None:
    log = example()
    log.witnesses = ()

    assert checked(log.whole()).verdict is Verdict.NO_QUORUM


def test_29_files_newer_than_the_checkpoint_are_left_aside() -> None:
    members = counted({**example().whole(), "tile/0/000.p/6": b"\x00" * 192})

    assert checked(members).verdict is Verdict.VALID


def receipt(**changes: Any) -> bytes:
    found = example().receipt(1)
    return replace(found, **changes).encoded()


PROOFS = {
    "31 one off": lambda: receipt(index=2),
    "31 past the end": lambda: receipt(index=5),
    "31 huge": lambda: receipt(index=2**62),
    "31 negative": lambda: receipt().replace(b"index 1\n", b"index -1\n"),
    "31 leading zero": lambda: receipt().replace(b"index 1\n", b"index 01\n"),
    "32 a hash too many": lambda: receipt(proof=(*example().receipt(1).proof, bytes(32))),
    "32 a hash too few": lambda: receipt(proof=example().receipt(1).proof[:-1]),
    "32 another order": lambda: receipt(proof=example().receipt(1).proof[::-1]),
    "32 31 bytes": lambda: receipt(proof=(bytes(31), *example().receipt(1).proof[1:])),
    "32 33 bytes": lambda: receipt(proof=(bytes(33), *example().receipt(1).proof[1:])),
    "34 another line": lambda: receipt(extra=example().line(2)),
    "34 a line that is none": lambda: receipt(extra=b"{}"),
    "34 no JSON": lambda: receipt(extra=b"\xff"),
}


@pytest.mark.parametrize("make", PROOFS.values(), ids=PROOFS.keys())
def test_what_is_done_to_a_proof_is_invalid(make: Callable[[], bytes]) -> None:
    assert checked({**example().some(1), RECEIPT: make()}).verdict is Verdict.INVALID
    alone = verify(Given({}), Wanted(parse_policy(POLICY), NOW_S + 60), make())
    assert alone.verdict is Verdict.INVALID


def test_a_receipt_alone_is_valid() -> None:
    found = verify(Given({}), Wanted(parse_policy(POLICY), NOW_S + 60), example().receipt(1).encoded())

    assert (found.verdict, found.entries) == (Verdict.VALID, 1)


def test_a_receipt_under_another_checkpoint_is_invalid() -> None:
    log = example(6)

    assert checked({**example().some(1), RECEIPT: log.receipt(1).encoded()}).verdict is Verdict.INVALID
    members = example().some(1)
    members["entry/2.tlog-proof"] = members.pop(RECEIPT)
    assert checked(members).verdict is Verdict.INVALID


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
