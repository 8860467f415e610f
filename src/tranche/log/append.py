"""Append a log entry to the open write transaction: the last thing that it writes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from tranche.kernel.canonical import Canonical
from tranche.kernel.entries import seal
from tranche.kernel.ledger import Posted, instant_text
from tranche.kernel.merkle import root
from tranche.store.write import WriteTx

LISTED_MAX = 256
GROW = """
UPDATE log_head SET next_seq = next_seq + 1, last_at = CASE WHEN last_at < %s THEN %s ELSE last_at END,
    newest_at = %s
WHERE id = 1
"""


def append(
    write: WriteTx,
    *,
    kind: str,
    actor: str,
    object_type: str,
    object_id: str,
    fields: Mapping[str, Canonical],
) -> int:
    """Write the entry with its final number and give it; names every journal entry posted since the last one.

    Raises kernel.entries.EntryError for a kind or field that is not declared.
    """
    at = instant_text(write.now)
    items: dict[str, Canonical] = {
        "kind": kind,
        "day": at[:10],
        "at": at,
        "actor": actor,
        "object": {"id": object_id, "type": object_type},
        **fields,
    }
    posted = write.take_posted()
    if posted:
        items["ledger.entries"] = _named(posted)
    entry = seal(kind, items, os.urandom)
    seq = write.seq
    row = (seq, kind, entry.root, object_type, object_id)
    write.insert("log_entry", "seq, kind, root, object_type, object_id", [row])
    write.insert("log_opening", "seq, doc", [(seq, entry.line(seq).decode())])
    write.later(GROW, (at, at, at))
    return write.logged()


def _named(posted: Sequence[Posted]) -> Canonical:
    """Each journal entry by number and hash; of many, their count, ends and tree hash (log note, Binding)."""
    if len(posted) <= LISTED_MAX:
        return [{"id": entry.entry_id, "sha256": entry.sha256} for entry in posted]
    hashes = [bytes.fromhex(entry.sha256) for entry in posted]
    return {
        "count": len(posted),
        "first": posted[0].entry_id,
        "last": posted[-1].entry_id,
        "root": root(hashes).hex(),
    }
