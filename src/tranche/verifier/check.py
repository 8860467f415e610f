"""The steps of a verification, in the order of the log note: note and quorum, tree, lines, what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tranche.kernel import ed25519
from tranche.kernel.canonical import NotCanonical, decode
from tranche.kernel.entries import EntryError, Opening, log_leaf, open_line
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.log_proof import Receipt, ReceiptError, parse_receipt
from tranche.kernel.merkle import ProofError, leaf_hash, leaf_hashes, root, verify_inclusion
from tranche.kernel.notes import (
    COSIGNATURE,
    Check,
    Checkpoint,
    Note,
    NoteError,
    NoteTooLong,
    Vkey,
    parse_checkpoint,
    parse_note,
    verify_note,
)
from tranche.kernel.tiles import WIDTH, TileError, leaves_of, openings_path, tile_path
from tranche.verifier.archive import Members, Unreadable
from tranche.verifier.entries import (
    Keys,
    Opened,
    check_decision,
    check_journal,
    common_of,
    count_erased,
    documents_of,
    opened,
)
from tranche.verifier.report import Finding, Report, Verdict

FORMAT: Final = "tranche-evidence/v1"
FILES: Final = frozenset({"manifest.json", "checkpoint", "openings.jsonl", "journal.jsonl"})
PARTS: Final = ("tile/", "entry/", "openings/", "documents/")
FUTURE_S: Final = 300
LEAVES_MAX: Final = 10**8


class Broken(Exception):
    """A step that does not hold, so that later ones have nothing to stand on."""

    def __init__(self, verdict: Verdict, step: str, what: object, seq: int | None = None) -> None:
        super().__init__(str(what))
        self.verdict, self.step, self.seq = verdict, step, seq


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the verifier brings along: a policy, heads that were kept, and how old a cosignature may be."""

    policy: LogPolicy
    now_s: int
    kept: Sequence[bytes] = ()
    max_age_s: int | None = None
    check: Check = ed25519.verify


def verify(members: Members, wanted: Wanted, receipt: bytes | None = None) -> Report:
    """Check a pack, a published folder or one receipt; never raises for what it reads."""
    report = Report()
    try:
        _verify(members, wanted, receipt, report)
    except Broken as broken:
        report.find(broken.verdict, broken.step, broken, seq=broken.seq)
    except Unreadable as error:
        report.find(Verdict.UNREADABLE, "pack", error)
    return report


def published_leaves(
    members: Members, wanted: Wanted
) -> tuple[Checkpoint | None, Sequence[bytes], Sequence[Finding]]:
    """The head and every leaf of a published folder, or what does not hold of it."""
    report = Report()
    try:
        checkpoint = _head(_note(members.read("checkpoint")), wanted, report)
        return checkpoint, _leaves(members, checkpoint), report.findings
    except Broken as broken:
        report.find(broken.verdict, broken.step, broken, seq=broken.seq)
    except Unreadable as error:
        report.find(Verdict.UNREADABLE, "folder", error)
    return None, (), report.findings


def _verify(members: Members, wanted: Wanted, receipt: bytes | None, report: Report) -> None:
    single = _receipt(receipt) if receipt is not None else None
    note = single.note if single else _note(members.read("checkpoint"))
    checkpoint = _head(note, wanted, report)
    manifest = {} if single or "manifest.json" not in members.names else _manifest(members, checkpoint)
    report.view = str(manifest.get("view", ""))
    leaves = _leaves(members, checkpoint) if _is_whole(members) else None
    if single:
        entries = list(_of_receipts([(None, single)], checkpoint, note, report))
    else:
        entries = list(_lines(members, checkpoint, leaves, note, report))
    _compare_kept(checkpoint, leaves, wanted, common_of(entries), report)
    _check_entries(entries, members, report)


def _receipt(raw: bytes) -> Receipt:
    try:
        return parse_receipt(raw)
    except ReceiptError as error:
        raise Broken(Verdict.INVALID, "receipt", error) from error


def _note(raw: bytes) -> Note:
    try:
        return parse_note(raw)
    except NoteError as error:
        verdict = Verdict.UNREADABLE if isinstance(error, NoteTooLong) else Verdict.INVALID
        raise Broken(verdict, "note", error) from error


def _head(note: Note, wanted: Wanted, report: Report) -> Checkpoint:
    """The checkpoint, signed by a log of the policy; what its witnesses lack is a finding and no end."""
    policy = wanted.policy
    try:
        times = verify_note(note, policy.keys, wanted.check).times
        checkpoint = parse_checkpoint(note.text)
    except NoteError as error:
        raise Broken(Verdict.INVALID, "note", error) from error
    by = [vkey for vkey in times if vkey in policy.logs and vkey.name == checkpoint.origin]
    if not by:
        raise Broken(Verdict.INVALID, "note", f"no key of the policy signed as {checkpoint.origin}")
    head = checkpoint.head
    if all(head.size > policy.until.get(vkey.id, head.size) for vkey in by):
        raise Broken(Verdict.INVALID, "note", "the key was replaced before this size")
    if checkpoint.extra:
        raise Broken(Verdict.INVALID, "note", "lines that this log does not write")
    report.origin, report.size, report.root = checkpoint.origin, head.size, head.root.hex()
    report.signed_by = [vkey.text() for vkey in by]
    _witnesses(times, wanted, report)
    return checkpoint


def _witnesses(times: Mapping[Vkey, int | None], wanted: Wanted, report: Report) -> None:
    cosigned = {vkey: at for vkey, at in times.items() if vkey.kind == COSIGNATURE and at is not None}
    report.cosigned = sorted((vkey.name, at) for vkey, at in cosigned.items())
    if not wanted.policy.is_satisfied(cosigned):
        report.find(Verdict.NO_QUORUM, "quorum", "fewer witnesses cosigned than the policy wants")
    if any(at > wanted.now_s + FUTURE_S for at in cosigned.values()):
        report.find(Verdict.STALE, "time", "a witness's time lies in the future")
    if wanted.max_age_s is not None:
        newest = max(cosigned.values(), default=None)
        if newest is None or newest < wanted.now_s - wanted.max_age_s:
            report.find(Verdict.STALE, "time", "no witness cosigned recently enough")


def _manifest(members: Members, checkpoint: Checkpoint) -> Mapping[str, Any]:
    """What the pack says of itself decides nothing, and must not contradict the checkpoint."""
    try:
        found = decode(members.read("manifest.json"))
    except NotCanonical as error:
        raise Broken(Verdict.INVALID, "manifest", error) from error
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise Broken(Verdict.UNREADABLE, "manifest", f"not a pack of the form {FORMAT}")
    if (found.get("origin"), found.get("size")) != (checkpoint.origin, checkpoint.head.size):
        raise Broken(Verdict.INVALID, "manifest", "the pack says another log or size than its checkpoint")
    if found.get("members") != len(members.names):
        raise Broken(Verdict.INVALID, "manifest", "the pack has not as many members as it says")
    return found


def _is_whole(members: Members) -> bool:
    return any(name.startswith("tile/entries/") for name in members.names)


def _leaves(members: Members, checkpoint: Checkpoint) -> list[bytes]:
    """Every leaf, from bundles whose tree has the root that was signed."""
    size, leaves, tops = checkpoint.head.size, list[bytes](), list[bytes]()
    if size > LEAVES_MAX:
        raise Unreadable(f"a log of {size} entries, at most {LEAVES_MAX}")
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        try:
            some = leaves_of(members.read(tile_path("entries", number, width)))
        except TileError as error:
            raise Broken(Verdict.INVALID, "tree", f"bundle {number}: {error}") from error
        if len(some) != width:
            raise Broken(Verdict.INVALID, "tree", f"bundle {number} holds {len(some)} entries, not {width}")
        hashes = leaf_hashes(some)
        _check_tile(members, number, width, hashes)
        tops.append(root(hashes))
        leaves += some
    if root(tops) != checkpoint.head.root:
        raise Broken(Verdict.INVALID, "tree", "the entries have another root than the one that was signed")
    return leaves


def _check_tile(members: Members, number: int, width: int, hashes: Sequence[bytes]) -> None:
    """A tile beside its bundle must be the hashes of it."""
    name = tile_path(0, number, width)
    if name in members.names and members.read(name) != b"".join(hashes):
        raise Broken(Verdict.INVALID, "tree", f"tile {number} does not hold the hashes of its entries")


def _compare_kept(
    checkpoint: Checkpoint,
    leaves: Sequence[bytes] | None,
    wanted: Wanted,
    common: Mapping[str, int],
    report: Report,
) -> None:
    """A head that somebody kept must be a beginning of this log, also one of a name that the log left."""
    for raw in wanted.kept:
        kept = _kept(raw, wanted)
        upto = checkpoint.head.size if kept.origin == checkpoint.origin else common.get(kept.origin, -1)
        if kept.origin != checkpoint.origin and kept.head.size > upto:
            known = f"the log left that name at {upto} entries" if upto >= 0 else "it is another log's"
            report.notes.append(f"a kept head of {kept.origin} was not compared: {known}")
        elif kept.head.size > checkpoint.head.size:
            report.find(
                Verdict.CONTRADICTS, "kept", f"a head of {kept.head.size} entries was kept; here are fewer"
            )
        elif kept.head.size == checkpoint.head.size:
            if kept.head.root != checkpoint.head.root:
                report.find(Verdict.CONTRADICTS, "kept", f"two heads of {kept.head.size} entries: a fork")
        elif leaves is None:
            report.notes.append(
                f"the kept head of {kept.head.size} entries was not compared: that takes all entries"
            )
        elif root(leaf_hashes(leaves[: kept.head.size])) != kept.head.root:
            report.find(Verdict.CONTRADICTS, "kept", f"the first {kept.head.size} entries were others")


def _kept(raw: bytes, wanted: Wanted) -> Checkpoint:
    try:
        note = parse_note(raw)
        times = verify_note(note, wanted.policy.keys, wanted.check).times
        found = parse_checkpoint(note.text)
    except NoteError as error:
        raise Unreadable(f"a kept head: {error}") from error
    if not any(vkey in wanted.policy.logs for vkey in times):
        raise Unreadable("a kept head that no log of the policy signed")
    return found


def _lines(
    members: Members,
    checkpoint: Checkpoint,
    leaves: Sequence[bytes] | None,
    note: Note,
    report: Report,
) -> Iterator[Opened]:
    """Every entry that is opened, in the order of the log."""
    if leaves is None:
        names = sorted(name for name in members.names if name.startswith("entry/"))
        parsed = [(name, _receipt(members.read(name))) for name in names]
        parsed.sort(key=lambda pair: pair[1].index)
        yield from _of_receipts(parsed, checkpoint, note, report)
        return
    last = -1
    for name in opening_names(members, len(leaves)):
        for raw in members.read(name).splitlines():
            entry = _opened(raw, leaves, report)
            if entry.seq <= last:
                raise Broken(Verdict.INVALID, "lines", "lines out of order", entry.seq)
            last = entry.seq
            yield entry


def opening_names(members: Members, size: int) -> list[str]:
    """The files with the lines of a log of this size; a published folder keeps those of smaller ones too."""
    widths = [(n, min(WIDTH, size - n * WIDTH)) for n in range(-(-size // WIDTH))]
    wanted = ["openings.jsonl", *(openings_path(number, width) for number, width in widths)]
    return [name for name in wanted if name in members.names]


def _opened(raw: bytes, leaves: Sequence[bytes], report: Report) -> Opened:
    line = _line(raw)
    if not 0 <= line.seq < len(leaves):
        raise Broken(Verdict.INVALID, "lines", "a line of an entry that the log does not have", line.seq)
    if log_leaf(line.root) != leaves[line.seq]:
        raise Broken(Verdict.INVALID, "lines", "the items do not hash to the root", line.seq)
    return _counted(line, report)


def _line(raw: bytes, seq: int | None = None) -> Opening:
    try:
        return open_line(raw)
    except EntryError as error:
        raise Broken(Verdict.INVALID, "lines", error, seq) from error


def _counted(line: Opening, report: Report) -> Opened:
    report.entries += 1
    report.opened += sum(1 for item in line.items if item.name)
    report.withheld += len(line.closed)
    return opened(line.seq, line.items, line.closed)


def _of_receipts(
    receipts: Sequence[tuple[str | None, Receipt]], checkpoint: Checkpoint, note: Note, report: Report
) -> Iterator[Opened]:
    """Each receipt proves its entry under the pack's one checkpoint."""
    last = -1
    for name, receipt in receipts:
        if receipt.note.text != note.text:
            raise Broken(Verdict.INVALID, "receipt", "a receipt under another checkpoint", receipt.index)
        if name is not None and name != f"entry/{receipt.index}.tlog-proof":
            raise Broken(Verdict.INVALID, "receipt", f"{name} is the receipt of another entry", receipt.index)
        if receipt.index <= last:
            raise Broken(Verdict.INVALID, "receipt", "two receipts of one entry", receipt.index)
        last = receipt.index
        if not receipt.extra:
            what = "nothing of the entry is open, so that nothing could be checked"
            raise Broken(Verdict.UNREADABLE, "lines", what, receipt.index)
        yield _proved(receipt, checkpoint, report)


def _proved(receipt: Receipt, checkpoint: Checkpoint, report: Report) -> Opened:
    head, line = checkpoint.head, _line(receipt.extra, receipt.index)
    if line.seq != receipt.index:
        raise Broken(Verdict.INVALID, "lines", f"the line of entry {line.seq}", receipt.index)
    leaf = leaf_hash(log_leaf(line.root))
    try:
        verify_inclusion(receipt.index, head.size, leaf, receipt.proof, head.root)
    except ProofError as error:
        raise Broken(Verdict.INVALID, "proof", error, receipt.index) from error
    return _counted(line, report)


def _check_entries(entries: Sequence[Opened], members: Members, report: Report) -> None:
    """What entries say of decisions, approvals, postings and documents."""
    keys, journal = Keys(), _journal(members)
    count_erased(entries, report)
    for entry in entries:
        keys.learn(entry)
        check_decision(entry, keys, report)
        check_journal(entry, journal, report)
        report.listing.append(_summary(entry))
    _note_others(members, report)
    wanted = {sha256: name for entry in entries for sha256, name in documents_of(entry)}
    for name in sorted(name for name in members.names if name.startswith("documents/")):
        sha256 = name.removeprefix("documents/")
        if hashlib.sha256(members.read(name)).hexdigest() != sha256:
            report.find(Verdict.INVALID, "documents", f"{name} is another document", item=wanted.get(sha256))
        elif sha256 not in wanted:
            report.find(Verdict.INVALID, "documents", f"{name} belongs to no entry of the pack")
        else:
            report.documents += 1


def _note_others(members: Members, report: Report) -> None:
    """What lies in a pack beside its parts is left aside, a policy above all, and named."""
    others = sorted(name for name in members.names if not name.startswith(PARTS) and name not in FILES)
    if others:
        report.notes.append(f"not looked at: {', '.join(others[:10])}")


def _journal(members: Members) -> dict[int, bytes]:
    """The postings of the pack by number, each as it was hashed."""
    found: dict[int, bytes] = {}
    if "journal.jsonl" not in members.names:
        return found
    for raw in members.read("journal.jsonl").splitlines():
        try:
            entry: Any = decode(raw)
        except NotCanonical as error:
            raise Broken(Verdict.INVALID, "ledger", f"a posting that is not canonical: {error}") from error
        if not isinstance(entry, Mapping) or not isinstance(entry.get("id"), int) or entry["id"] in found:
            raise Broken(Verdict.INVALID, "ledger", "a posting without its number, or twice")
        found[entry["id"]] = raw
    return found


def _summary(entry: Opened) -> str:
    amount = entry.mapping("amount")
    money = f", {amount.get('amount_minor')} {amount.get('currency')} (minor units)" if amount else ""
    parts = [entry.text("at") or entry.text("day"), entry.text("kind"), entry.text("ref")]
    return f"{entry.seq}: " + " ".join(part for part in parts if part) + money
