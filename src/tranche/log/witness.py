"""A witness: it cosigns a head of a log that continues the one it cosigned last (C2SP tlog-witness).

It stands apart from the mechanism, in a folder of its own on another computer, and never sees an entry. Its
database is its memory: where that is lost, the key is retired.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from tranche.kernel.notes import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    Head,
    HeadBehind,
    HeadForked,
    HeadRefused,
    Line,
    Note,
    NoteError,
    Vkey,
    advance,
    parse_checkpoint,
    parse_vkey,
    verify_note,
)
from tranche.kernel.witness_request import Request, RequestError, parse_request
from tranche.log.keys import SigningKey, check, new_key, read_key, write_key

KEY_FILE: Final = "witness-key"
DATABASE: Final = "witness.sqlite3"
REFUSALS_MAX: Final = 1000
UNKNOWN, NOT_SIGNED, BAD = 404, 403, 400
SCHEMA: Final = """
CREATE TABLE witness_log(origin TEXT PRIMARY KEY, vkeys TEXT NOT NULL, size INTEGER NOT NULL CHECK(size >= 0),
  root BLOB, note BLOB) STRICT;
CREATE TABLE witness_refusal(id INTEGER PRIMARY KEY, at_s INTEGER NOT NULL, origin TEXT NOT NULL,
  status INTEGER NOT NULL, old INTEGER NOT NULL, note BLOB NOT NULL) STRICT;
"""


class KeyKnown(ValueError):
    """A key of a log that is known already, or that is to be dropped and is not known."""


class WitnessError(RuntimeError):
    """The witness's own folder is not what it must be; nothing was cosigned."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A cosignature, or why there is none; with 409 the size that the witness knows."""

    status: int
    line: Line | None = None
    size: int = 0

    def encoded(self) -> bytes:
        return (self.line.text() if self.line else f"refused {self.status} {self.size}\n").encode()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A head that the log signed and this witness did not: with the one that it had cosigned, evidence."""

    origin: str
    status: int
    refused: bytes
    cosigned: bytes


class Witness:
    """The folder of a witness."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether there is a key; whether its memory is there is asked where it is needed."""
        return (self.folder / KEY_FILE).is_file()

    def create(self, name: str) -> Vkey:
        """Make key and memory; raises FileExistsError, NoteError."""
        if (self.folder / DATABASE).exists():
            raise FileExistsError(self.folder / DATABASE)
        key = new_key(name, COSIGNATURE)
        write_key(self.folder / KEY_FILE, key)
        with sqlite3.connect(self.folder / DATABASE) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.executescript(SCHEMA)
        database.close()
        return key.vkey

    def vkey(self) -> Vkey:
        return read_key(self.folder / KEY_FILE).vkey

    def trust(self, text: str) -> Vkey:
        """Cosign this log from now on, or what a further key of it signs; raises NoteError, KeyKnown."""
        vkey = parse_vkey(text)
        if vkey.kind != ED25519:
            raise NoteError(f"{vkey.name} has not the key of a log")
        with self._memory() as database:
            known = _keys_of(database, vkey.name)
            if vkey.text() in known:
                raise KeyKnown(f"{vkey.name} is known already with this key")
            if not known:
                database.execute(
                    "INSERT INTO witness_log(origin, vkeys, size) VALUES (?, '', 0) ON CONFLICT DO NOTHING",
                    [vkey.name],
                )
            _set_keys(database, vkey.name, [*known, vkey.text()])
        return vkey

    def drop(self, text: str) -> Vkey:
        """Cosign nothing any more that this key alone signed; what was seen of the log stays in memory.

        Raises NoteError, KeyKnown.
        """
        vkey = parse_vkey(text)
        with self._memory() as database:
            known = _keys_of(database, vkey.name)
            if vkey.text() not in known:
                raise KeyKnown(f"{vkey.name} is not known with this key")
            _set_keys(database, vkey.name, [one for one in known if one != vkey.text()])
        return vkey

    def cosign(self, raw: bytes, now_s: int) -> Reply:
        """Decide about one request; what is signed was kept before."""
        try:
            request = parse_request(raw)
            checkpoint = parse_checkpoint(request.note.text)
        except (RequestError, NoteError):
            return Reply(BAD)
        key = read_key(self.folder / KEY_FILE)
        with self._memory() as database:
            return self._decide(database, request, checkpoint, key, now_s)

    def _decide(
        self,
        database: sqlite3.Connection,
        request: Request,
        checkpoint: Checkpoint,
        key: SigningKey,
        now_s: int,
    ) -> Reply:
        """What is cosigned is kept as the last one, in the same transaction."""
        sql = "SELECT vkeys, size, root FROM witness_log WHERE origin = ?"
        row = database.execute(sql, [checkpoint.origin]).fetchone()
        if row is None:
            return Reply(UNKNOWN)
        try:
            if not verify_note(request.note, [parse_vkey(text) for text in row[0].split()], check).times:
                return Reply(NOT_SIGNED)
        except NoteError:
            return Reply(NOT_SIGNED)
        last = Head(row[1], row[2]) if row[2] is not None else None
        try:
            head = advance(last, request.old, request.proof, checkpoint.head)
        except HeadRefused as refused:
            if refused.status == HeadForked.status:
                _keep_refused(database, request, checkpoint.origin, row[0].split(), now_s)
            return Reply(refused.status, size=refused.size if isinstance(refused, HeadBehind) else 0)
        line = key.cosign(request.note.text, now_s)
        note = Note(request.note.text, (*request.note.lines, line))
        database.execute(
            "UPDATE witness_log SET size = ?, root = ?, note = ? WHERE origin = ?",
            (head.size, head.root, note.encoded(), checkpoint.origin),
        )
        return Reply(200, line)

    def last(self, origin_sha256: str) -> bytes | None:
        """The head of a log that was cosigned last, with the cosignature, by the hash of the log's name."""
        with self._memory() as database:
            rows = database.execute("SELECT origin, note FROM witness_log WHERE note IS NOT NULL").fetchall()
        found = (note for origin, note in rows if sha256(origin.encode()).hexdigest() == origin_sha256)
        return next(found, None)

    def logs(self) -> tuple[tuple[str, int], ...]:
        """Which logs it cosigns, and how large each was last."""
        with self._memory() as database:
            rows = database.execute("SELECT origin, size FROM witness_log ORDER BY origin").fetchall()
        return tuple((str(origin), int(size)) for origin, size in rows)

    def refusals(self) -> tuple[Refusal, ...]:
        """What it refused of heads that a log had signed, beside what it had cosigned."""
        sql = """SELECT r.origin, r.status, r.note, coalesce(l.note, x'')
            FROM witness_refusal r JOIN witness_log l ON l.origin = r.origin ORDER BY r.id"""
        with self._memory() as database:
            return tuple(Refusal(*row) for row in database.execute(sql).fetchall())

    @contextmanager
    def _memory(self) -> Iterator[sqlite3.Connection]:
        """One transaction that has the lock from its beginning and is on the disk at its end."""
        path = self.folder / DATABASE
        if not path.is_file():
            raise WitnessError(f"{path} is gone: its key is retired, make a new witness")
        database = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            database.execute("PRAGMA synchronous = EXTRA")
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")
        finally:
            database.close()


def _keep_refused(
    database: sqlite3.Connection, request: Request, origin: str, vkeys: list[str], now_s: int
) -> None:
    """The head with the log's own lines, once; what only asked from another size is no evidence."""
    ids = {parse_vkey(text).id for text in vkeys}
    note = Note(request.note.text, tuple(line for line in request.note.lines if line.key_id in ids)).encoded()
    sql = "SELECT count(*), coalesce(max(note = ?), 0) FROM witness_refusal WHERE origin = ?"
    count, is_known = database.execute(sql, [note, origin]).fetchone()
    if count < REFUSALS_MAX and not is_known:
        database.execute(
            "INSERT INTO witness_refusal(at_s, origin, status, old, note) VALUES (?, ?, ?, ?, ?)",
            (now_s, origin, HeadForked.status, request.old, note),
        )


def _keys_of(database: sqlite3.Connection, origin: str) -> list[str]:
    row = database.execute("SELECT vkeys FROM witness_log WHERE origin = ?", [origin]).fetchone()
    return str(row[0]).split() if row else []


def _set_keys(database: sqlite3.Connection, origin: str, vkeys: list[str]) -> None:
    database.execute("UPDATE witness_log SET vkeys = ? WHERE origin = ?", [" ".join(vkeys), origin])
