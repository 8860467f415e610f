"""Entries that a restored database lost, taken from the published files: their roots, and what is public.

What they opened to others is gone and has to be entered again; that they existed, and in which order, is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connections

from tranche.kernel.canonical import from_base64
from tranche.kernel.entries import ADOPTED, LEAF_PREFIX, EntryError, Opening, log_leaf, open_line
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.notes import Checkpoint
from tranche.log import tiles
from tranche.log.read import adopted, is_adopted
from tranche.store import clock
from tranche.store.write import ALIAS, bookkeeping
from tranche.verifier.archive import FolderMembers
from tranche.verifier.check import Wanted, opening_names, published_leaves

KIND: Final = "log.adopted"
HAVE: Final = "SELECT root FROM log_entry ORDER BY seq"
ENTRY: Final = "INSERT INTO log_entry (seq, kind, root, object_type, object_id) VALUES (%s, %s, %s, %s, '')"
OPENING: Final = "INSERT INTO log_opening (seq, doc) VALUES (%s, %s)"
GROW: Final = "UPDATE log_head SET next_seq = next_seq + 1 WHERE id = 1"


class NotAdoptable(ValueError):
    """Published files that do not continue this database, or that the policy does not vouch for."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published log that was checked: its head, its leaves and its public lines by number."""

    checkpoint: Checkpoint
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
    return Published(checkpoint, leaves, lines)


def _lines(members: FolderMembers, size: int) -> Iterator[tuple[Opening, bytes]]:
    for name in opening_names(members, size):
        for raw in members.read(name).splitlines():
            yield open_line(raw), raw


def adopt(published: Published) -> int:
    """Add what is missing after the entries there are; gives the number of the first one added.

    Raises NotAdoptable, with nothing written, where these are not the beginning of what was published.
    """
    with bookkeeping(), connections[ALIAS].cursor() as cursor:
        cursor.execute(HAVE)
        have = [log_leaf(bytes(root)) for (root,) in cursor.fetchall()]
        if have != list(published.leaves[: len(have)]):
            raise NotAdoptable("the entries here are not the beginning of the log that was published")
        begun = undeclared()
        if len(have) == len(published.leaves) and not begun:
            raise NotAdoptable("nothing is missing here of what was published")
        for seq in range(len(have), len(published.leaves)):
            _add(cursor, seq, published.leaves[seq], published.lines.get(seq))
    tiles.extend_all()
    return min(begun, default=len(have))


def undeclared() -> list[int]:
    """The numbers of entries that were adopted before the log could say so: the command was cut short."""
    ranges = adopted(ALIAS)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT seq FROM log_entry WHERE object_type = %s ORDER BY seq", [ADOPTED])
        return [seq for (seq,) in cursor.fetchall() if not is_adopted(seq, ranges)]


def _add(cursor: Any, seq: int, leaf: bytes, opened: tuple[Opening, bytes] | None) -> None:
    kinds = [item.value for item in opened[0].items if item.name == "kind"] if opened else []
    root = from_base64(leaf.removeprefix(LEAF_PREFIX).rstrip(b"\n").decode())
    cursor.execute(ENTRY, [seq, str(kinds[0]) if kinds else KIND, root, ADOPTED])
    if opened:
        cursor.execute(OPENING, [seq, opened[1].decode()])
    cursor.execute(GROW)
