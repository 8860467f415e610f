"""Evidence packs: entries of the log for one audience, provable without us (log note, "Evidence pack").

A pack of some entries holds a receipt for each; a pack of all of them holds the whole tree and every line.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.db import connections

from tranche.formats.files import whole_file
from tranche.kernel.canonical import Canonical, NotCanonical, decode, encode
from tranche.kernel.entries import Item, check_line
from tranche.kernel.journal import journal_text
from tranche.kernel.log_proof import Receipt
from tranche.kernel.merkle import DIGEST_BYTES
from tranche.kernel.notes import Note, parse_checkpoint
from tranche.kernel.tiles import WIDTH, inclusion_proof, tile_path, tiles_of
from tranche.ledger.journal import entry as journal_entry
from tranche.log import heads, receipts, tiles
from tranche.store import evidence

FORMAT: Final = "tranche-evidence/v1"
ALWAYS: Final = ("log.key",)
REGISTERED: Final = frozenset({"authority.register_credential", "authority.add_credential"})
EACH: Final = 1000
MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the same entries give the same bytes
ROWS: Final = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.seq >= %s AND e.seq < %s ORDER BY e.seq
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries, for whom: everything about these references and decisions, or all there is."""

    refs: frozenset[str]
    labels: frozenset[str]
    view: str
    is_whole: bool = False


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
    keys: dict[str, int] = {}
    found: dict[int, tuple[Item, ...]] = {}
    every: dict[int, tuple[Item, ...]] = {}
    for seq, items in _entries(size, using):
        values = {item.name: item.value for item in items}
        if values.get("kind") in REGISTERED:
            keys |= dict.fromkeys(_handles(values), seq)
            every[seq] = items
        if wanted.is_whole or values.get("kind") in ALWAYS or _is_about(values, wanted.refs):
            found[seq] = items
    if not wanted.is_whole and not any(_is_about(_values(items), wanted.refs) for items in found.values()):
        raise NothingFound
    for items in list(found.values()):
        for row in _rows(_values(items).get("approvals")):
            at = keys.get(str(row.get("credential")))
            if at is not None:
                found[at] = every[at]
    return dict(sorted(found.items()))


def _entries(size: int, using: str) -> Iterator[tuple[int, tuple[Item, ...]]]:
    for first in range(0, size, EACH):
        with connections[using].cursor() as cursor:
            cursor.execute(ROWS, [first, min(first + EACH, size)])
            rows = cursor.fetchall()
        for seq, root, doc in rows:
            yield seq, check_line(doc.encode(), bytes(root))[1]


def _values(items: Iterable[Item]) -> dict[str, Any]:
    return {item.name: item.value for item in items if item.name}


def _is_about(values: Mapping[str, Any], refs: Collection[str]) -> bool:
    """Whether the entry names one of the references, one that continues it, or that decision."""
    decision = values.get("decision")
    identifier = decision.get("id") if isinstance(decision, Mapping) else None
    records = values.get("records")
    named = [values.get("ref"), *(records if isinstance(records, Sequence) else ())]
    return identifier in refs or any(
        isinstance(name, str) and any(name == ref or name.startswith(f"{ref}-") for ref in refs)
        for name in named
    )


def _handles(values: Mapping[str, Any]) -> list[str]:
    facts = _content(values).get("facts")
    handle = facts.get("handle") if isinstance(facts, Mapping) else None
    return [handle] if isinstance(handle, str) else []


def _content(values: Mapping[str, Any]) -> Mapping[str, Any]:
    text = values.get("content")
    try:
        found = decode(text.encode()) if isinstance(text, str) else {}
    except NotCanonical:
        return {}
    return found if isinstance(found, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [row for row in listed if isinstance(row, Mapping)]


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
        opened = [_open(items, wanted.labels) for items in chosen.values()]
        postings = _write_journal(pack, opened, using)
        documents = _write_documents(pack, opened)
        manifest: dict[str, Canonical] = {
            "format": FORMAT,
            "members": len(pack.namelist()) + 1,
            "origin": origin,
            "size": size,
            "view": wanted.view,
        }
        _member(pack, "manifest.json", encode(manifest))
    return Packed(entries, size, documents, postings)


def _open(items: Iterable[Item], labels: frozenset[str]) -> dict[str, Any]:
    return _values(item for item in items if item.label in labels)


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


def _write_journal(pack: zipfile.ZipFile, opened: Iterable[Mapping[str, Any]], using: str) -> int:
    """The postings that the entries name, each as it was hashed."""
    numbers: set[int] = set()
    for values in opened:
        named = values.get("ledger.entries")
        if isinstance(named, Mapping) and named:
            numbers |= set(range(named["first"], named["last"] + 1))
        numbers |= {row["id"] for row in _rows(named)}
    lines = [journal_text(journal_entry(number, using)).encode() + b"\n" for number in sorted(numbers)]
    if lines:
        _member(pack, "journal.jsonl", b"".join(lines))
    return len(lines)


def _write_documents(pack: zipfile.ZipFile, opened: Iterable[Mapping[str, Any]]) -> int:
    """The documents that came with the decisions, by their hash; one that is lost is left out."""
    wanted: set[str] = set()
    for values in opened:
        arguments = _content(values).get("arguments")
        if isinstance(arguments, Mapping):
            wanted |= {str(row.get("sha256")) for row in _rows(arguments.get("evidence"))}
    found = sorted(sha256 for sha256 in wanted if not evidence.check(sha256))
    for sha256 in found:
        _member(pack, f"documents/{sha256}", evidence.get(sha256))
    return len(found)
