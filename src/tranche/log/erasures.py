"""Items of entries that a decision closed for good: the hash stays in its place, what it stood for is gone.

The list is kept outside the database as well, so that a restored backup forgets again what was erased.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connections

from tranche.formats.files import write_durably
from tranche.kernel.canonical import Canonical, NotCanonical, decode, encode
from tranche.kernel.entries import EntryError, Item, check_line, closed_at, open_line
from tranche.kernel.merkle import leaf_hash
from tranche.store.write import ALIAS, bookkeeping

FILE: Final = "erasures.jsonl"
ERASABLE: Final = ("content", "detail", "reason")
"""What people wrote in words; every other item is a figure, a hash or a name of the register."""
DECIDED: Final = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.kind = 'log.erasure' ORDER BY e.seq
"""
AGAIN: Final = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.object_type = 'log' AND e.kind IN ('log.restore', 'log.fork') ORDER BY e.seq
"""
APPROVALS_MIN: Final = 2
ABOUT: Final = "SELECT seq, doc FROM log_opening WHERE doc LIKE %s ORDER BY seq"
ONE: Final = "SELECT seq, doc FROM log_opening WHERE seq = %s"
CLOSE: Final = "UPDATE log_opening SET doc = %s, erased = erased + %s WHERE seq = %s"


class Erased(NamedTuple):
    """One item by its entry and the hash that stays of it, in base64."""

    seq: int
    leaf: str


class Erasable(NamedTuple):
    """An item that is there to be erased."""

    seq: int
    name: str
    leaf: str


def erasable(seq: int, decision: str, using: str = ALIAS) -> tuple[Erasable, ...]:
    """What people wrote in this entry, and in every other one of the same decision where it names one."""
    sql, params = (ABOUT, [f'%"{decision}"%']) if decision else (ONE, [seq])
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    found = []
    for number, doc in rows:
        items = open_line(doc.encode()).items
        if number == seq or _names(items, decision):
            found += [Erasable(number, item.name, _leaf(item)) for item in items if item.name in ERASABLE]
    return tuple(found)


def _names(items: Collection[Item], decision: str) -> bool:
    values = {item.name: item.value for item in items}
    match values.get("decision"):
        case {"id": str(found)}:
            return found == decision
        case _:
            return False


def _leaf(item: Item) -> str:
    return base64.b64encode(leaf_hash(item.encoded())).decode()


def close(erased: Iterable[Erased], run: Any) -> tuple[Erased, ...]:
    """Close these items where they are still open; `run(sql, params)` gives rows. Gives those closed."""
    done: list[Erased] = []
    for seq, leaves in sorted(_by_entry(erased).items()):
        [(_, doc)] = run(ONE, [seq]) or [(seq, "")]
        if not doc:
            continue
        before = set(open_line(doc.encode()).closed)
        line, closed = closed_at(doc.encode(), leaves)
        if closed:
            run(CLOSE, [line.decode(), closed, seq])
            done += [Erased(seq, leaf) for leaf in sorted(leaves - before)]
    return tuple(done)


def _by_entry(erased: Iterable[Erased]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in erased:
        found.setdefault(one.seq, set()).add(one.leaf)
    return found


def decided(using: str = "read") -> Mapping[Erased, int]:
    """What decisions of the log erased, and by which entry.

    An entry that says so without a decision of both sides over exactly these items counts for nothing, nor
    does one that cannot be read.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(DECIDED)
        rows = cursor.fetchall()
    found: dict[Erased, int] = {}
    for by, root, doc in rows:
        try:
            values = {item.name: item.value for item in check_line(doc.encode(), bytes(root))[1]}
            erased = listed(values.get("erased"))
            is_decided = _is_decided(values, erased)
        except (EntryError, NotCanonical):
            continue
        found |= dict.fromkeys(erased, by) if is_decided else {}
    return found


def again(using: str = "read") -> frozenset[Erased]:
    """What was erased anew after a restore, by the entries that say so and can be read."""
    with connections[using].cursor() as cursor:
        cursor.execute(AGAIN)
        rows = cursor.fetchall()
    found: set[Erased] = set()
    for _, root, doc in rows:
        try:
            values = {item.name: item.value for item in check_line(doc.encode(), bytes(root))[1]}
            found |= set(listed(values.get("erased", [])))
        except (EntryError, NotCanonical):
            continue
    return frozenset(found)


def _is_decided(values: Mapping[str, Canonical], erased: Sequence[Erased]) -> bool:
    """Whether the content that two signed names as many items of the same entries, and none but words."""
    content = values.get("content")
    approvals = values.get("approvals")
    match decode(content.encode()) if isinstance(content, str) else None:
        case {"action": "log.erasure", "facts": {"log_items": [*items]}}:
            named = [(row[0], row[1]) for row in items if isinstance(row, list) and len(row) == 2]
        case _:
            return False
    fits = sorted(str(seq) for seq, _ in named) == sorted(str(one.seq) for one in erased)
    is_signed = isinstance(approvals, list) and len(approvals) >= APPROVALS_MIN
    return fits and is_signed and all(name in ERASABLE for _, name in named)


def listed(value: Canonical) -> tuple[Erased, ...]:
    """The items that an entry lists; raises EntryError."""
    rows = value if isinstance(value, list) else [None]
    found = []
    for row in rows:
        match row:
            case {"leaf": str(leaf), "seq": int(seq)}:
                found.append(Erased(seq, leaf))
            case _:
                raise EntryError("an erasure lists items by entry and hash")
    return tuple(found)


def kept() -> frozenset[Erased]:
    """What the file outside the database lists; a line that cannot be read is left aside."""
    path = _path()
    found = set()
    for raw in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            found |= set(listed([decode(raw)]))
        except (NotCanonical, EntryError):
            continue
    return frozenset(found)


def remember(using: str = ALIAS) -> int:
    """Bring the file up to what the log erased; gives how many lines are new."""
    known, now = kept(), frozenset(decided(using))
    if new := now - known:
        lines = (encode({"leaf": one.leaf, "seq": one.seq}) + b"\n" for one in sorted(known | now))
        write_durably(_path(), lines)
    return len(new)


def apply_again(using: str = ALIAS) -> tuple[Erased, ...]:
    """Erase anew what a restored database shows again; gives the items that were closed."""
    remember(using)
    with bookkeeping(), connections[using].cursor() as cursor:

        def run(sql: str, params: list[Any]) -> list[Any]:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

        return close(kept(), run)


def _path() -> Path:
    return Path(settings.TRANCHE_DATA_DIR) / FILE
