"""What is handed out of the log: the lines of an audience, the receipt of an entry, the keys that sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connections

from tranche.kernel import tiles as trees
from tranche.kernel.canonical import Canonical
from tranche.kernel.disclosure import Label
from tranche.kernel.entries import EntryError, Item, check_line, view_of
from tranche.kernel.log_proof import Receipt
from tranche.kernel.notes import Vkey, parse_vkey
from tranche.log import heads, tiles

PUBLIC: Final = frozenset({Label.PUBLIC.value})
AUDITOR: Final = frozenset({"", Label.PUBLIC.value, Label.DONOR.value, Label.AUDITOR.value})
"""An auditor is shown blind places as well: what stays closed to him is exactly what is sealed."""

OPENINGS: Final = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.seq >= %s AND e.seq < %s ORDER BY e.seq
"""
ABOUT_KEYS: Final = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.object_type IN ('log', 'adopted') AND e.kind IN ('log.key', 'log.fork') ORDER BY e.seq
"""


class NotCovered(LookupError):
    """No checkpoint covers the entry yet, or there is no such entry."""


def of_donor(ref: str) -> frozenset[str]:
    """The labels that one donor reads."""
    return frozenset({Label.PUBLIC.value, Label.DONOR.value, f"{Label.DONOR.value}@{ref}"})


def lines(first: int, end: int, labels: frozenset[str], using: str = "read") -> Iterator[tuple[int, bytes]]:
    """The lines of entries for an audience; those that open nothing to it are left out.

    Raises EntryError where an opening is not what its entry was sealed with.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(OPENINGS, [first, end])
        rows = cursor.fetchall()
    for seq, root, doc in rows:
        _, items = check_line(doc.encode(), bytes(root))
        if any(_is_open(item, labels) for item in items):
            yield seq, view_of(doc.encode(), labels)


def _is_open(item: Item, labels: frozenset[str]) -> bool:
    return bool(item.name) and item.label in labels


def receipt(seq: int, labels: frozenset[str] = PUBLIC, using: str = "read") -> Receipt:
    """The proof of one entry under the checkpoint with most witnesses; raises NotCovered, EntryError."""
    signed = heads.covering(seq, using) if seq >= 0 else None
    if signed is None:
        raise NotCovered(str(seq))
    proof = trees.inclusion_proof(seq, signed.head.size, tiles.reader(using))
    line = next((raw for _, raw in lines(seq, seq + 1, labels, using)), b"")
    return Receipt(seq, proof, heads.whole_note(signed, using), line)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The keys that the log says sign it, the first one first; by the id of one that was replaced or left,
    the largest size under which it counts; and by each id the day on which it was named.

    `announced` are the ids that an entry of its own names. `common` says, by each name that was left, up to
    which size its heads are the beginning of this log.
    """

    vkeys: tuple[Vkey, ...] = ()
    ended: Mapping[str, int] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    announced: frozenset[str] = frozenset()
    common: Mapping[str, int] = field(default_factory=dict)

    @property
    def live(self) -> tuple[Vkey, ...]:
        """Those that go on signing."""
        return tuple(vkey for vkey in self.vkeys if vkey.id.hex() not in self.ended)


def keys_of_log(using: str = "read") -> LogKeys:
    """What the log says of its own keys; raises EntryError, kernel.notes.NoteError."""
    with connections[using].cursor() as cursor:
        cursor.execute(ABOUT_KEYS)
        rows = cursor.fetchall()
    vkeys, ended, since = list[Vkey](), dict[str, int](), dict[str, str]()
    announced, common = set[str](), dict[str, int]()
    for _, root, doc in rows:
        values = {item.name: item.value for item in check_line(doc.encode(), bytes(root))[1]}
        several = values.get("ended")
        if isinstance(several, list):
            ended |= dict(_end(row) for row in several)
        text = values.get("vkey")
        if isinstance(text, str):
            vkey = parse_vkey(text)
            if vkey not in vkeys:
                vkeys.append(vkey)
            since.setdefault(vkey.id.hex(), str(values.get("day")))
            announced |= {vkey.id.hex()} if values.get("kind") == "log.key" else set()
        elif several is None:
            raise EntryError("an entry about a key names it")
        match values:
            case {"before": str(before), "common": int(size)}:
                common[before] = size
    return LogKeys(tuple(vkeys), ended, since, frozenset(announced), common)


def _end(row: Canonical) -> tuple[str, int]:
    match row:
        case {"key": str(key_id), "size": int(size)}:
            return key_id, size
        case _:
            raise EntryError("the end of a key names the key and a size")


def log_keys(using: str = "read") -> tuple[Vkey, ...]:
    """The keys that the log says sign it, the first one first; raises as `keys_of_log`."""
    return keys_of_log(using).vkeys
