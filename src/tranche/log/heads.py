"""Checkpoints and cosignatures as they are kept, and the note of one with every line under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connections

from tranche.kernel.ledger import instant_text
from tranche.kernel.notes import Head, Line, Note, NoteError, parse_note
from tranche.store.write import ALIAS, bookkeeping

LATEST: Final = "SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size DESC LIMIT 1"
AT: Final = "SELECT size, root, note, signed_at FROM log_checkpoint WHERE size = %s"
ALL: Final = "SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size"
LINES: Final = "SELECT keyid, time_s, line FROM log_cosignature WHERE size = %s ORDER BY keyid, time_s"
COVERING: Final = """
SELECT c.size FROM log_checkpoint c WHERE c.size > %s ORDER BY
    (SELECT count(DISTINCT k.keyid) FROM log_cosignature k WHERE k.size = c.size) DESC, c.size LIMIT 1
"""
FIRST_AT: Final = "SELECT min(signed_at) FROM log_checkpoint"
EVERY_LINE: Final = "SELECT size, keyid, time_s, line FROM log_cosignature ORDER BY size, keyid, time_s"
LAST: Final = """
SELECT keyid, max(time_s), max(size) FROM log_cosignature GROUP BY keyid
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
        (at_,) = cursor.fetchone()
    return datetime.fromisoformat(at_) if at_ else None


def checkpoints(using: str = "read") -> tuple[Signed, ...]:
    """Every one, the smallest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(ALL)
        return tuple(_signed(row) for row in cursor.fetchall())


def covering(seq: int, using: str = "read") -> Signed | None:
    """The checkpoint that covers an entry with most witnesses under it, and of those the first."""
    with connections[using].cursor() as cursor:
        cursor.execute(COVERING, [seq])
        row = cursor.fetchone()
    return at(row[0], using) if row else None


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


def cosigned_last(using: str = "read") -> dict[str, tuple[int, int]]:
    """By the id of each witness's key, when it cosigned last and the largest size that it saw."""
    with connections[using].cursor() as cursor:
        cursor.execute(LAST)
        return {key_id: (int(time_s), int(size)) for key_id, time_s, size in cursor.fetchall()}


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
