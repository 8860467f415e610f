"""Checkpoints and cosignatures as they are kept, and the note of one with every line under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connections

from tranche.kernel.ledger import instant_text
from tranche.kernel.notes import Head, Line, Note, NoteError, parse_note
from tranche.store.write import ALIAS, bookkeeping

SIZE_MAX: Final = 2**63 - 1
LAST_SECOND: Final = 253_402_300_799
LATEST: Final = "SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size DESC LIMIT 1"
AT: Final = "SELECT size, root, note, signed_at FROM log_checkpoint WHERE size = %s"
ALL: Final = "SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size"
LINES: Final = "SELECT keyid, time_s, line FROM log_cosignature WHERE size = %s ORDER BY keyid, time_s"
COVERING: Final = """
SELECT k.size FROM log_cosignature k JOIN (
    SELECT DISTINCT size FROM log_cosignature WHERE size > %s ORDER BY size LIMIT 100
) near ON near.size = k.size GROUP BY k.size ORDER BY count(DISTINCT k.keyid) DESC, k.size LIMIT 1
"""
NEXT: Final = "SELECT size FROM log_checkpoint WHERE size > %s ORDER BY size LIMIT 1"
NEWEST_FIRST: Final = """
SELECT size, root, note, signed_at FROM log_checkpoint WHERE size < %s ORDER BY size DESC LIMIT 50
"""
FIRST_AT: Final = "SELECT signed_at FROM log_checkpoint ORDER BY size LIMIT 1"
EVERY_LINE: Final = "SELECT size, keyid, time_s, line FROM log_cosignature ORDER BY size, keyid, time_s"
LAST: Final = """
SELECT time_s, size FROM log_cosignature WHERE keyid = %s ORDER BY size DESC, time_s DESC LIMIT 1
"""
INSERT: Final = "INSERT INTO log_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)"
INSERT_LINE: Final = "INSERT INTO log_cosignature (size, keyid, time_s, line) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that was signed: its head, its note without cosignatures, and when."""

    head: Head
    note: Note
    at: str


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness's line under a checkpoint, by which key and when, in seconds since 1970."""

    key_id: str
    time_s: int
    line: str


def latest(using: str = "read") -> Signed | None:
    """The newest checkpoint."""
    return _one(LATEST, [], using)


def at(size: int, using: str = "read") -> Signed | None:
    """The checkpoint of this size."""
    return _one(AT, [size], using)


def first_signed_at(using: str = "read") -> datetime | None:
    """When the first head was signed."""
    with connections[using].cursor() as cursor:
        cursor.execute(FIRST_AT)
        row = cursor.fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def checkpoints(using: str = "read") -> tuple[Signed, ...]:
    """Every one, the smallest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(ALL)
        return tuple(_signed(row) for row in cursor.fetchall())


def newest_first(using: str = "read") -> Iterator[Signed]:
    """Every checkpoint, the largest first, some at a time."""
    below = SIZE_MAX
    while True:
        with connections[using].cursor() as cursor:
            cursor.execute(NEWEST_FIRST, [below])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from (_signed(row) for row in rows)
        below = rows[-1][0]


def covering(seq: int, using: str = "read") -> Signed | None:
    """A checkpoint that covers an entry: of the first ones that were cosigned since the one with most
    witnesses, else the first one there is."""
    for sql in (COVERING, NEXT):
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [seq])
            row = cursor.fetchone()
        if row:
            return at(row[0], using)
    return None


def cosignatures(size: int, using: str = "read") -> tuple[Cosigned, ...]:
    """What witnesses said of the checkpoint of this size."""
    with connections[using].cursor() as cursor:
        cursor.execute(LINES, [size])
        return tuple(Cosigned(*row) for row in cursor.fetchall())


def every_cosignature(using: str = "read") -> tuple[tuple[int, Cosigned], ...]:
    """All that witnesses ever said, by the size that it stands under."""
    with connections[using].cursor() as cursor:
        cursor.execute(EVERY_LINE)
        return tuple((int(size), Cosigned(*row)) for size, *row in cursor.fetchall())


def cosigned_last(key_id: str, using: str = "read") -> tuple[int, int]:
    """When this key cosigned its largest head last, and how large that was; zeros before the first."""
    with connections[using].cursor() as cursor:
        cursor.execute(LAST, [key_id])
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def instant_of(time_s: int) -> datetime:
    """The time of a cosignature; one beyond every calendar is its last second."""
    return datetime.fromtimestamp(min(max(time_s, 0), LAST_SECOND), UTC)


def whole_note(signed: Signed, using: str = "read") -> Note:
    """The note with the log's line and the newest one of every witness."""
    newest = {row.key_id: row.line for row in cosignatures(signed.head.size, using)}
    lines = [line for text in newest.values() for line in _note(f"{signed.note.text}\n{text}").lines]
    return Note(signed.note.text, (*signed.note.lines, *lines))


def keep(head: Head, note: Note, now: datetime) -> None:
    """Keep a checkpoint; the same one again changes nothing."""
    with bookkeeping():
        if at(head.size, ALIAS) is None:
            _insert(INSERT, [head.size, head.root, note.encoded().decode(), instant_text(now)])


def keep_line(size: int, line: Line, time_s: int) -> bool:
    """Keep a witness's line; false where it is there already."""
    with bookkeeping():
        row = Cosigned(line.key_id.hex(), time_s, line.text())
        if row in cosignatures(size, ALIAS):
            return False
        _insert(INSERT_LINE, [size, row.key_id, row.time_s, row.line])
    return True


def _insert(sql: str, values: list[Any]) -> None:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(sql, values)


def _one(sql: str, params: list[Any], using: str) -> Signed | None:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return _signed(row) if row else None


def _signed(row: tuple[Any, ...]) -> Signed:
    size, root, note, signed_at = row
    return Signed(Head(int(size), bytes(root)), _note(note), signed_at)


def _note(text: str) -> Note:
    """The note of stored text; one that was spoilt stops nobody, and `log verify` names it."""
    try:
        return parse_note(text.encode())
    except NoteError:
        return Note("", ())
