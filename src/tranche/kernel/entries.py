"""Log entries: one flat list of salted, labelled items whose tree hash is the entry's root (log note).

An item is the canonical array [salt, name, label, value]; places are in ascending order of their hashes, so a
place tells nothing; blind items fill the list to a power of two, so its length tells the kind alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tranche.kernel.canonical import (
    DEPTH_MAX,
    INTEGER_MAX,
    Canonical,
    NotCanonical,
    encode,
    parsed,
)
from tranche.kernel.disclosure import Label
from tranche.kernel.merkle import DIGEST_BYTES, leaf_hash, root
from tranche.kernel.standing import OF_THE_LOG
from tranche.kernel.transitions import ACTIONS

SALT_BYTES = 16
ITEM_BYTES_MAX = 32_768
VALUE_DEPTH_MAX = DEPTH_MAX - 3  # a line holds the list of the items, which are lists
PLACES_MIN = 8
PLACES_MAX = 256
LINE_BYTES_MAX = 2**20
NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}", re.ASCII)
LABEL = re.compile(r"public|donor|donor@[A-Za-z0-9._-]{1,40}|auditor|sealed", re.ASCII)
LEAF_PREFIX = b"tranche-entry/v1\n"

Random = Callable[[int], bytes]

_COMMON: Mapping[str, Label] = {
    "kind": Label.AUDITOR,
    "day": Label.AUDITOR,
    "at": Label.AUDITOR,
    "actor": Label.AUDITOR,
    "object": Label.AUDITOR,
    "ref": Label.DONOR,
    "records": Label.DONOR,
    "rows": Label.AUDITOR,
    "state": Label.DONOR,
    "amount": Label.DONOR,
    "content": Label.AUDITOR,
    "decision": Label.AUDITOR,
    "approvals": Label.AUDITOR,
    "reason": Label.AUDITOR,
    "detail": Label.AUDITOR,
    "ledger.entries": Label.AUDITOR,
}

_PUBLIC_KINDS = frozenset({"tranche.confirm_receipt", "tranche.mark_returned"})
"""Kinds whose name and day everybody may read."""

ERASURE = "log.erasure"
_OF_EVERY_ENTRY: Mapping[str, Label] = {
    "kind": Label.PUBLIC,
    "day": Label.PUBLIC,
    "at": Label.AUDITOR,
    "actor": Label.AUDITOR,
    "object": Label.AUDITOR,
}
_OF_THE_LOG: Mapping[str, Sequence[str]] = {
    "log.key": ("vkey", "from_size", "ended"),
    "log.restore": ("epoch", "heads", "erased"),
    "log.adopt": ("first", "size", "checkpoint"),
    "log.fork": ("before", "checkpoint", "ended", "vkey", "common", "erased"),
}
"""What entries of the log about itself hold beside what every entry has; everybody may read it."""


def _declared(kind: str) -> Mapping[str, Label]:
    if kind == ERASURE:
        return {**_COMMON, **dict.fromkeys(("kind", "day", "erased", "basis"), Label.PUBLIC)}
    if kind in OF_THE_LOG:
        return {**_OF_EVERY_ENTRY, **dict.fromkeys(_OF_THE_LOG[kind], Label.PUBLIC)}
    return {**_COMMON, "kind": Label.PUBLIC, "day": Label.PUBLIC} if kind in _PUBLIC_KINDS else _COMMON


KINDS: Mapping[str, Mapping[str, Label]] = {kind: _declared(kind) for kind in sorted(ACTIONS)}
"""The fields that each kind of entry may hold, with their labels; `seal` refuses others."""


ADOPTED = "adopted"
"""The object of an entry that came back after a restore by its root: its own is not public."""


def adopted_by(seq: int, values: Mapping[str, Canonical]) -> range:
    """Which entries one of the kind `log.adopt` says came back by their roots: those right before it.

    Raises EntryError, as for an older range: nobody may declare an entry lost later on.
    """
    match values:
        case {"first": int(first), "size": int(size)} if 0 <= first <= size == seq:
            return range(first, size)
        case _:
            raise EntryError("an entry about adopted ones names those right before it")


class EntryError(ValueError):
    """An entry that may not be made, or a line that is not what its root says."""


@lru_cache(maxsize=1024)
def _is_named(name: str, label: str) -> bool:
    return bool(NAME.fullmatch(name) and LABEL.fullmatch(label))


class Item(NamedTuple):
    """One opened place: a named value under a label, or a blind one with an empty name."""

    salt: bytes
    name: str
    label: str
    value: Canonical

    def encoded(self) -> bytes:
        """The bytes that are hashed; raises EntryError for what is no item, NotCanonical for its value."""
        salt, name, label, value = self
        if len(salt) != SALT_BYTES:
            raise EntryError(f"a salt has {SALT_BYTES} bytes")
        if (name or label or value is not None) and not _is_named(name, label):
            raise EntryError("an item needs a name and a label, or is blind")
        return _encoded(binascii.b2a_base64(salt, newline=False), name, label, value)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished entry: its root and its places, encoded, in the order of their hashes."""

    root: bytes
    places: tuple[bytes, ...]

    def line(self, seq: int) -> bytes:
        """The stored line with every place open, from the bytes that were hashed."""
        return _within_limit(seq, _line_of(seq, self.places))


def seal(kind: str, fields: Mapping[str, Canonical], rng: Random) -> Sealed:
    """Salt and order the fields of an entry; raises EntryError for an unknown kind or field."""
    declared = KINDS.get(kind)
    if declared is None:
        raise EntryError(f"unknown kind {kind}")
    if unknown := sorted(set(fields) - set(declared)):
        raise EntryError(f"{kind} has no field {', '.join(unknown)}")
    count = places(len(declared))
    random = rng(SALT_BYTES * count)
    salts = [
        binascii.b2a_base64(random[n : n + SALT_BYTES], newline=False)
        for n in range(0, len(random), SALT_BYTES)
    ]
    rows = [
        _encoded(salt, name, declared[name].value, value)
        for salt, (name, value) in zip(salts, fields.items(), strict=False)
    ]
    rows += [b'["%s","","",null]' % salt for salt in salts[len(rows) :]]
    return _sealed(rows)


def sealed(items: Sequence[Item]) -> Sealed:
    """The entry of these items, which must fill a power of two."""
    return _sealed([item.encoded() for item in items])


def _sealed(rows: Sequence[bytes]) -> Sealed:
    by_hash = {leaf_hash(raw): raw for raw in rows}
    hashes = sorted(by_hash)
    if len(hashes) != len(rows) or len(hashes) != places(len(hashes)):
        raise EntryError("places must be distinct and fill a power of two")
    return Sealed(root(hashes), tuple(by_hash[digest] for digest in hashes))


def _encoded(salt: bytes, name: str, label: str, value: Canonical) -> bytes:
    """The canonical array of an item; the salt is base64 already, name and label have no need of escapes."""
    raw = b'["%s","%s","%s",%s]' % (
        salt,
        name.encode(),
        label.encode(),
        b"null" if value is None else encode(value, VALUE_DEPTH_MAX),
    )
    if len(raw) > ITEM_BYTES_MAX:
        raise EntryError(f"item {name} has {len(raw)} bytes, at most {ITEM_BYTES_MAX}")
    return raw


def places(declared: int) -> int:
    """The length of the list of a kind with so many declared fields."""
    found = PLACES_MIN
    while found < declared:
        found *= 2
    if found > PLACES_MAX:
        raise EntryError(f"{declared} fields, at most {PLACES_MAX}")
    return found


def log_leaf(entry_root: bytes) -> bytes:
    """The 62 bytes that the log's tree commits to."""
    return LEAF_PREFIX + base64.b64encode(entry_root) + b"\n"


def view_of(raw: bytes, labels: frozenset[str]) -> bytes:
    """The line for an audience of a stored one, which was checked: what is closed in it stays closed."""
    seq, places = _places(raw)
    shown = [place.text if place.label in labels else _closed(place.hash) for place in places]
    return _within_limit(seq, _line_of(seq, shown))


def closed_at(raw: bytes, leaves: Collection[str]) -> tuple[bytes, int]:
    """A stored line with the places of these hashes (base64) closed, and how many were still open."""
    seq, places = _places(raw)
    shown, count = list[bytes](), 0
    for place in places:
        closed = _closed(place.hash)
        is_erased = place.item is not None and closed[1:-1].decode() in leaves
        shown.append(closed if is_erased else place.text)
        count += is_erased
    return _line_of(seq, shown), count


def _line_of(seq: int, places: Sequence[bytes]) -> bytes:
    return b'{"items":[%s],"seq":%d}' % (b",".join(places), seq)


def _within_limit(seq: int, raw: bytes) -> bytes:
    if len(raw) > LINE_BYTES_MAX:
        raise EntryError(f"entry {seq} has {len(raw)} bytes, at most {LINE_BYTES_MAX}")
    return raw


class Opening(NamedTuple):
    """A line that was read: its number, the root that its places hash to, open items and closed hashes."""

    seq: int
    root: bytes
    items: tuple[Item, ...]
    closed: tuple[str, ...]


def open_line(raw: bytes) -> Opening:
    """What a line says; whether its root is the entry's is for the caller to ask. Raises EntryError."""
    seq, found = _places(raw)
    hashes = [place.hash for place in found]
    opened = tuple(place.item for place in found if place.item is not None)
    if hashes != sorted(set(hashes)) or len(hashes) != places(len(hashes)) or not opened:
        raise EntryError("places must ascend, fill a power of two and open something")
    _check_names(opened)
    closed = tuple(place.text[1:-1].decode() for place in found if place.item is None)
    return Opening(seq, root(hashes), opened, closed)


def check_line(raw: bytes, expected_root: bytes) -> tuple[int, tuple[Item, ...]]:
    """The number and opened items of a line whose places hash to the root; raises EntryError."""
    found = open_line(raw)
    if found.root != expected_root:
        raise EntryError("the items do not hash to the root")
    return found.seq, found.items


def _check_names(opened: Sequence[Item]) -> None:
    """A name stands once in an entry, or once for each donor."""
    taken: dict[str, set[str]] = {}
    for item in opened:
        others = taken.setdefault(item.name, set()) if item.name else set()
        is_shared = others and not all("@" in label for label in {*others, item.label})
        if item.label in others or is_shared:
            raise EntryError(f"the name {item.name} stands twice")
        others.add(item.label)


class _Place(NamedTuple):
    """A place as it stands in a line, with its hash; closed where it has no item."""

    item: Item | None
    text: bytes
    hash: bytes

    @property
    def label(self) -> str | None:
        return None if self.item is None else self.item.label


def _closed(digest: bytes) -> bytes:
    """What stands for a place that is not shown."""
    return b'"%s"' % binascii.b2a_base64(digest, newline=False)


def _places(raw: bytes) -> tuple[int, list[_Place]]:
    """The number and the places of a line, each encoded anew: together they must be the line."""
    if len(raw) > LINE_BYTES_MAX:
        raise EntryError(f"a line has at most {LINE_BYTES_MAX} bytes")
    try:
        value = parsed(raw)
        if not isinstance(value, dict) or set(value) != {"items", "seq"}:
            raise EntryError("a line holds items and seq")
        seq, rows = value["seq"], value["items"]
        if not isinstance(seq, int) or not 0 <= seq <= INTEGER_MAX or not isinstance(rows, list):
            raise EntryError("a line's seq is its number, and its items are a list")
        found = [_place(row) for row in rows]
    except NotCanonical as error:
        raise EntryError(f"not canonical: {error}") from error
    if _line_of(seq, [place.text for place in found]) != raw:
        raise EntryError("not canonical: another form of the same line")
    return seq, found


def _place(row: Canonical) -> _Place:
    if isinstance(row, str):
        digest = _bytes(row)
        if len(digest) != DIGEST_BYTES:
            raise EntryError(f"{DIGEST_BYTES} bytes are wanted, not {len(digest)}")
        return _Place(None, _closed(digest), digest)
    item = _item(row)
    text = item.encoded()
    return _Place(item, text, leaf_hash(text))


def _item(row: Canonical) -> Item:
    """The item of an open place; whether its salt stands in its one form, the encoded item tells."""
    if not isinstance(row, list) or len(row) != 4:
        raise EntryError("an item has four parts")
    salt, name, label, value = row
    if not (isinstance(salt, str) and isinstance(name, str) and isinstance(label, str)):
        raise EntryError("salt, name and label are text")
    return Item(_bytes(salt), name, label, value)


def _bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except ValueError as error:
        raise EntryError("not base64") from error
