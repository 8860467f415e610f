"""The log looked at as a whole by its own operator: openings, entries, tiles and every checkpoint.

It finds what was changed beside the program; who holds the log's key can make a log that agrees with itself,
which is what witnesses and kept checkpoints are for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connections

from tranche.kernel.differences import Difference, Differences
from tranche.kernel.entries import ADOPTED, EntryError, Opening, log_leaf, open_line
from tranche.kernel.log_policy import PolicyError
from tranche.kernel.merkle import EMPTY_ROOT, leaf_hashes
from tranche.kernel.notes import TIME_BYTES, Head, NoteError, Vkey, parse_checkpoint, parse_note, verify_note
from tranche.kernel.standing import OF_THE_LOG, OWN_PASSWORD, SET_UP, UNATTENDED
from tranche.kernel.tiles import TileError, grow, head, tiles_of
from tranche.kernel.transitions import rows_of
from tranche.log import heads, read, receipts, tiles
from tranche.log.erasures import again, decided
from tranche.log.keys import check
from tranche.log.policies import parsed
from tranche.log.read import adopted, is_adopted

EVERY: Final = frozenset({"kind", "day", "at", "actor", "object"})
EACH: Final = 1024
ROWS: Final = """
SELECT e.seq, e.root, e.object_type, o.doc, o.erased FROM log_entry e LEFT JOIN log_opening o ON o.seq = e.seq
WHERE e.seq >= %s ORDER BY e.seq LIMIT %s
"""
TILES: Final = "SELECT level, n, data FROM log_tile"


class _Tree:
    """The tree as the entries make it, grown in memory."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}

    def read(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def add(self, leaves: list[bytes]) -> None:
        self.tiles |= grow(self.size, leaves, self.read)
        self.size += len(leaves)

    def head(self, size: int) -> Head:
        return head(size, self.read)


def verify_log(
    using: str = "read", progress: Callable[[int], None] | None = None
) -> tuple[int, tuple[Difference, ...]]:
    """How many entries there are, and what is not as it was sealed, grown and signed."""
    differences, tree, parts = Differences(), _Tree(), parts_of(using)
    while roots := bodies(tree.size, EACH, parts, using, differences):
        tree.add(leaf_hashes(log_leaf(root) for root in roots))
        if progress is not None:
            progress(tree.size)
    differences.compare("log_head", tree.size, read.head(using), row="log_head")
    _check_tiles(tree, using, differences)
    _check_checkpoints(tree, using, differences)
    _check_lines(using, differences)
    return tree.size, tuple(differences.found)


@dataclass(frozen=True, slots=True)
class Parts:
    """What need not be open: the numbers of adopted entries, and by entry the hashes of what was erased."""

    adopted: tuple[range, ...]
    erased: Mapping[int, frozenset[str]]


def parts_of(using: str) -> Parts:
    """What the log itself says of them; an entry about it that cannot be read is named with its opening."""
    erased: dict[int, set[str]] = {}
    for one in {*decided(using), *again(using)}:
        erased.setdefault(one.seq, set()).add(one.leaf)
    try:
        ranges = adopted(using)
    except EntryError:
        ranges = ()
    return Parts(ranges, {seq: frozenset(leaves) for seq, leaves in erased.items()})


def bodies(first: int, count: int, parts: Parts, using: str, differences: Differences) -> list[bytes]:
    """The roots of so many entries, each held against its stored items."""
    with connections[using].cursor() as cursor:
        cursor.execute(ROWS, [first, count])
        rows = cursor.fetchall()
    for at, (seq, root, object_type, doc, count) in enumerate(rows, first):
        differences.compare("log_gap", at, seq)
        is_part = object_type == ADOPTED and is_adopted(seq, parts.adopted)
        if doc is not None or not is_part:
            closed = None if is_part else parts.erased.get(seq, frozenset())
            _check_opening(seq, bytes(root), doc, closed, differences)
        if doc is not None and not is_part:
            wanted = len(parts.erased.get(seq, ()))
            differences.compare("log_erased", wanted, count, row=f"log_opening {seq}")
    return [bytes(root) for _, root, *_ in rows]


def _check_opening(
    seq: int, root: bytes, doc: str | None, erased: frozenset[str] | None, differences: Differences
) -> None:
    """`erased` are the hashes that stand for what decisions erased here; None where only a part came back."""
    where = f"log_opening {seq}"
    if doc is None:
        differences.note("log_opening", "an opening", "none", row=where)
        return
    try:
        found = open_line(doc.encode())
        if found.root != root:
            raise EntryError("the items do not hash to the root")
    except EntryError as error:
        differences.note("log_opening", "what the entry was sealed with", error, row=where)
        return
    differences.compare("log_seq", seq, found.seq, row=where)
    if erased is not None:
        differences.compare("log_erased", sorted(erased), sorted(found.closed), row=where)
    if erased:
        names = {item.name for item in found.items}
        differences.compare("log_erased", [], sorted(_wanted(found) - names), row=where)


def _wanted(found: Opening) -> frozenset[str]:
    """What stays open of an entry whatever is erased: all that is no person's words."""
    kind = next((str(item.value) for item in found.items if item.name == "kind"), "")
    if kind in SET_UP | OF_THE_LOG | OWN_PASSWORD | UNATTENDED:
        return EVERY
    return EVERY | ({"decision", "approvals", "rows"} if rows_of(kind) else {"decision"})


def _check_tiles(tree: _Tree, using: str, differences: Differences) -> None:
    """The stored tiles and head are those of as many entries as they say."""
    stored = tiles.tree(using)
    if stored.size > tree.size:
        differences.note("log_tree", f"at most {tree.size} entries", stored.size, row="log_tree")
        return
    root = tree.head(stored.size).root if stored.size else EMPTY_ROOT
    differences.compare("log_tree", root.hex(), stored.root.hex(), row="log_tree")
    with connections[using].cursor() as cursor:
        cursor.execute(TILES)
        found = {(level, n): bytes(data) for level, n, data in cursor.fetchall()}
    wanted = {(level, n): width for level, n, width in tiles_of(stored.size)}
    for key in sorted(wanted.keys() | found.keys()):
        expected = tree.read(*key)[: 32 * wanted[key]] if key in wanted else b""
        if expected != found.get(key, b""):
            where = f"log_tile {key[0]} {key[1]}"
            differences.note("log_tile", "the hashes of the entries", "others", row=where)


def _check_checkpoints(tree: _Tree, using: str, differences: Differences) -> None:
    """Every checkpoint is signed by a key of the log and says the root of the entries."""
    try:
        keys = receipts.log_keys(using)
    except (EntryError, NoteError) as error:
        differences.note("log_key", "a key of the log", error)
        return
    for signed in heads.checkpoints(using):
        _check_signed(signed, tree, keys, differences)


def check_signed_note(signed: heads.Signed, keys: tuple[Vkey, ...], differences: Differences) -> bool:
    """A key of the log signed this head, as it stands in its row."""
    where = f"log_checkpoint {signed.head.size}"
    try:
        by = verify_note(signed.note, keys, check).times
        said = parse_checkpoint(signed.note.text)
    except NoteError as error:
        differences.note("log_checkpoint", "a checkpoint of this log", error, row=where)
        return False
    if said.origin not in {key.name for key in by} or said.head != signed.head:
        differences.note("log_checkpoint", "a head that the log's key signed", said.origin, row=where)
    return True


def _check_signed(
    signed: heads.Signed, tree: _Tree, keys: tuple[Vkey, ...], differences: Differences
) -> None:
    where = f"log_checkpoint {signed.head.size}"
    if not check_signed_note(signed, keys, differences):
        return
    if signed.head.size > tree.size:
        differences.note("log_checkpoint", f"at most {tree.size} entries", signed.head.size, row=where)
        return
    try:
        root = tree.head(signed.head.size).root
    except TileError as error:
        differences.note("log_checkpoint", "entries under it", error, row=where)
        return
    differences.compare("log_checkpoint", root.hex(), signed.head.root.hex(), row=where)


def _check_lines(using: str, differences: Differences) -> None:
    """Every cosignature is the line of its key and time, and holds where the policy knows the key."""
    try:
        witnesses = {vkey.id: vkey for vkey in parsed(using).witnesses.values()}
    except (PolicyError, EntryError, NoteError, UnicodeDecodeError):  # said by the commands that need it
        witnesses = {}
    notes = {signed.head.size: signed.note for signed in heads.checkpoints(using)}
    for size, row in heads.every_cosignature(using):
        where = f"log_cosignature {size} {row.key_id}"
        try:
            note = parse_note((notes[size].text + "\n" + row.line).encode())
            [line] = note.lines
            said = (line.key_id.hex(), int.from_bytes(line.signature[:TIME_BYTES], "big"))
            differences.compare("log_cosignature", said, (row.key_id, row.time_s), row=where)
            known = witnesses.get(line.key_id)
            if known is not None and known not in verify_note(note, [known], check).times:
                raise NoteError("another name than that of its key")
        except (NoteError, ValueError, KeyError) as error:
            differences.note("log_cosignature", "a cosignature of a signed head", error, row=where)
