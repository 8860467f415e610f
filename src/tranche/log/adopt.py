"""Entries that a restored database lost, taken from the published files: their roots, and what is public.

What they opened to others is gone and has to be entered again; that they existed, and in which order, is not.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tranche.kernel.canonical import Canonical, from_base64
from tranche.kernel.entries import ADOPTED, LEAF_PREFIX, EntryError, Opening, log_leaf, open_line
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.merkle import leaf_hashes, root
from tranche.kernel.notes import Head
from tranche.log import tiles
from tranche.log.append import append
from tranche.store import clock
from tranche.store.write import WriteTx, write_transaction
from tranche.verifier.archive import FolderMembers
from tranche.verifier.check import Wanted, opening_names, published_leaves

KIND: Final = "log.adopted"
HAVE: Final = "SELECT root FROM log_entry ORDER BY seq"
GROW: Final = "UPDATE log_head SET next_seq = next_seq + 1 WHERE id = 1"


class NotAdoptable(ValueError):
    """Published files that do not continue this database, or that the policy does not vouch for."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published log that was checked: its signed head (base64), its leaves, its public lines by number."""

    note: str
    leaves: Sequence[bytes]
    lines: dict[int, tuple[Opening, bytes]]


def read_published(folder: Path, policy: LogPolicy) -> Published:
    """Check a folder of `tranche log publish`; raises NotAdoptable."""
    members = FolderMembers(folder)
    wanted = Wanted(policy, int(clock.now().timestamp()))
    checkpoint, leaves, findings = published_leaves(members, wanted)
    if findings or checkpoint is None:
        raise NotAdoptable("; ".join(finding.what for finding in findings))
    lines = {}
    try:
        for line, raw in _lines(members, len(leaves)):
            if line.seq < len(leaves) and log_leaf(line.root) == leaves[line.seq]:
                lines[line.seq] = (line, raw)
    except EntryError as error:
        raise NotAdoptable(f"a public line: {error}") from error
    note = base64.b64encode(members.read("checkpoint")).decode()
    return Published(note, leaves, lines)


def _lines(members: FolderMembers, size: int) -> Iterator[tuple[Opening, bytes]]:
    for name in opening_names(members, size):
        for raw in members.read(name).splitlines():
            yield open_line(raw), raw


def adopt(published: Published, known: Iterable[Head], actor: str) -> tuple[int, int]:
    """Add what is missing after the entries there are, and say so, in one write.

    Gives the number of the first one added and of the entry that says so. Raises NotAdoptable, with nothing
    written, where the entries here, or a head that is known here, are not the beginning of what they are.
    """
    leaves = published.leaves
    for head in known:
        if head.size > len(leaves):
            raise NotAdoptable(f"they end at {len(leaves)} entries, and {head.size} were signed")
        if root(leaf_hashes(leaves[: head.size])) != head.root:
            raise NotAdoptable(f"the head of {head.size} entries that is known here is not theirs")
    first: list[int] = []

    def act(write: WriteTx) -> None:
        have = [log_leaf(bytes(row[0])) for row in write.execute(HAVE)]
        if have != list(leaves[: len(have)]):
            raise NotAdoptable("the entries here are not the beginning of the log that was published")
        if len(have) == len(leaves):
            raise NotAdoptable("nothing is missing here of what was published")
        first.append(len(have))
        for seq in range(len(have), len(leaves)):
            _add(write, seq, leaves[seq], published.lines.get(seq))
        append(
            write,
            kind="log.adopt",
            actor=actor,
            object_type="log",
            object_id=str(first[0]),
            fields={"checkpoint": published.note, "first": first[0], "size": len(leaves)},
        )

    request: Canonical = {"log.adopt": len(leaves)}
    write_transaction(key=str(uuid.uuid4()), request=request, act=act, is_repair=True)
    tiles.extend_all()
    return first[0], len(leaves)


def _add(write: WriteTx, seq: int, leaf: bytes, opened: tuple[Opening, bytes] | None) -> None:
    kinds = [item.value for item in opened[0].items if item.name == "kind"] if opened else []
    entry_root = from_base64(leaf.removeprefix(LEAF_PREFIX).rstrip(b"\n").decode())
    row = (seq, str(kinds[0]) if kinds else KIND, entry_root, ADOPTED, "")
    write.insert("log_entry", "seq, kind, root, object_type, object_id", [row])
    if opened:
        write.insert("log_opening", "seq, doc", [(seq, opened[1].decode())])
    write.later(GROW)
    write.logged()
