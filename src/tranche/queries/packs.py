"""Evidence packs: entries of the log for one audience, provable without us (log note, "Evidence pack").

A pack of some entries holds a receipt for each; a pack of all of them holds the whole tree and every line.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.db import connections

from tranche.formats.files import whole_file
from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.entries import Item, check_line
from tranche.kernel.journal import journal_text
from tranche.kernel.log_proof import Receipt
from tranche.kernel.merkle import DIGEST_BYTES
from tranche.kernel.notes import Note, parse_checkpoint
from tranche.kernel.tiles import WIDTH, inclusion_proof, tile_path, tiles_of
from tranche.ledger.journal import entry as journal_entry
from tranche.log import heads, receipts, tiles
from tranche.store import evidence
from tranche.verifier.check import FORMAT
from tranche.verifier.entries import REGISTERED, Opened, documents_of, facts_of, opened

ALWAYS: Final = ("log.key", "log.fork", "log.erasure")
EACH: Final = 1000
MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the same entries give the same bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries, for whom: those about these references and decisions, of these days, or all there are.

    `days` are the first and the last one, as the entries say them.

    `may_know` leaves out of the chosen entries, by their numbers, those that the reader may not know of.
    """

    refs: frozenset[str]
    labels: frozenset[str]
    view: str
    is_whole: bool = False
    days: tuple[str, str] | None = None
    may_know: Callable[[Collection[int]], Collection[int]] | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written."""

    entries: int
    size: int
    documents: int
    postings: int


class NothingFound(LookupError):
    """No entry under a signed head is about what was asked for."""


def write_pack(path: Path, wanted: Wanted, using: str = "read") -> Packed:
    """Write a pack under the newest checkpoint; raises NothingFound, kernel.entries.EntryError."""
    signed = heads.latest(using)
    if signed is None:
        raise NothingFound
    note, size = heads.whole_note(signed, using), signed.head.size
    chosen = _chosen(wanted, size, using)
    with whole_file(path) as out:
        return _write(out, wanted, note, size, chosen, using)


def _chosen(wanted: Wanted, size: int, using: str) -> dict[int, tuple[Item, ...]]:
    """The items of the entries that go in, by number: those asked for, and what these rest on."""
    registered: dict[str, tuple[int, tuple[Item, ...]]] = {}
    found: dict[int, tuple[Item, ...]] = {}
    is_found = wanted.is_whole
    for seq, items in _entries(size, using):
        entry = opened(seq, items)
        if entry.text("kind") in REGISTERED:
            registered[str(facts_of(entry).get("handle"))] = (seq, items)
        is_about = _is_about(entry, wanted.refs) or _is_of(entry, wanted.days)
        is_found = is_found or is_about
        if wanted.is_whole or is_about or entry.text("kind") in ALWAYS:
            found[seq] = items
    if not is_found:
        raise NothingFound
    for seq, items in list(found.items()):
        for row in opened(seq, items).rows("approvals"):
            found |= dict([registered[row["credential"]]]) if row.get("credential") in registered else {}
    known = wanted.may_know(found) if wanted.may_know else found
    return {seq: found[seq] for seq in sorted(known)}


def _entries(size: int, using: str) -> Iterator[tuple[int, tuple[Item, ...]]]:
    for first in range(0, size, EACH):
        with connections[using].cursor() as cursor:
            cursor.execute(receipts.OPENINGS, [first, min(first + EACH, size)])
            rows = cursor.fetchall()
        for seq, root, doc in rows:
            yield seq, check_line(doc.encode(), bytes(root))[1]


def _is_about(entry: Opened, refs: Collection[str]) -> bool:
    """Whether the entry names one of the references, one that continues it, or that decision."""
    records = entry.values.get("records")
    named = [entry.text("ref"), *(records if isinstance(records, list) else ())]
    return entry.mapping("decision").get("id") in refs or any(
        name == ref or str(name).startswith(f"{ref}-") for name in named for ref in refs
    )


def _is_of(entry: Opened, days: tuple[str, str] | None) -> bool:
    """Whether the entry was recorded on one of these days."""
    return days is not None and days[0] <= entry.text("day") <= days[1]


def _write(
    out: BinaryIO,
    wanted: Wanted,
    note: Note,
    size: int,
    chosen: Mapping[int, tuple[Item, ...]],
    using: str,
) -> Packed:
    origin = parse_checkpoint(note.text).origin
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        _member(pack, "checkpoint", note.encoded())
        entries = _write_whole(pack, wanted, size, using) if wanted.is_whole else 0
        entries = entries or _write_receipts(pack, wanted, note, size, list(chosen), using)
        shown = [
            opened(seq, [item for item in items if item.label in wanted.labels])
            for seq, items in chosen.items()
        ]
        postings = _write_journal(pack, shown, using)
        documents = _write_documents(pack, shown)
        manifest: dict[str, Canonical] = {
            "format": FORMAT,
            "members": len(pack.namelist()) + 1,
            "origin": origin,
            "size": size,
            "view": wanted.view,
        }
        _member(pack, "manifest.json", encode(manifest))
    return Packed(entries, size, documents, postings)


def _member(pack: zipfile.ZipFile, name: str, raw: bytes) -> None:
    row = zipfile.ZipInfo(name, MOMENT)
    row.compress_type = zipfile.ZIP_DEFLATED
    row.external_attr = 0o644 << 16
    pack.writestr(row, raw)


def _write_whole(pack: zipfile.ZipFile, wanted: Wanted, size: int, using: str) -> int:
    """Every leaf and every line that opens something; gives how many lines."""
    read, count, lines = tiles.reader(using), 0, list[bytes]()
    for level, number, width in tiles_of(size):
        _member(pack, tile_path(level, number, width), read(level, number)[: width * DIGEST_BYTES])
        if level == 0:
            _member(pack, tile_path("entries", number, width), tiles.bundle(number, width, using))
            first = number * WIDTH
            some = [raw for _, raw in receipts.lines(first, first + width, wanted.labels, using)]
            lines += some
            count += len(some)
    _member(pack, "openings.jsonl", b"".join(raw + b"\n" for raw in lines))
    return count


def _write_receipts(
    pack: zipfile.ZipFile, wanted: Wanted, note: Note, size: int, seqs: Sequence[int], using: str
) -> int:
    """A receipt for each entry that opens something to this audience; gives how many."""
    read, count = tiles.reader(using), 0
    for seq in seqs:
        for _, raw in receipts.lines(seq, seq + 1, wanted.labels, using):
            receipt = Receipt(seq, inclusion_proof(seq, size, read), note, raw)
            _member(pack, f"entry/{seq}.tlog-proof", receipt.encoded())
            count += 1
    return count


def _write_journal(pack: zipfile.ZipFile, shown: Iterable[Opened], using: str) -> int:
    """The postings that the entries name, each as it was hashed."""
    numbers: set[int] = set()
    for entry in shown:
        summary = entry.mapping("ledger.entries")
        numbers |= set(range(summary["first"], summary["last"] + 1)) if summary else set()
        numbers |= {row["id"] for row in entry.rows("ledger.entries")}
    lines = [journal_text(journal_entry(number, using)).encode() + b"\n" for number in sorted(numbers)]
    if lines:
        _member(pack, "journal.jsonl", b"".join(lines))
    return len(lines)


def _write_documents(pack: zipfile.ZipFile, shown: Iterable[Opened]) -> int:
    """The documents that came with the decisions, by their hash; one that is lost is left out."""
    wanted = {sha256 for entry in shown for sha256, _ in documents_of(entry)}
    found = sorted(sha256 for sha256 in wanted if not evidence.check(sha256))
    for sha256 in found:
        _member(pack, f"documents/{sha256}", evidence.get(sha256))
    return len(found)
