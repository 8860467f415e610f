"""The signer: it signs a head only where that continues the one it signed last.

What it signed last stands in a file outside the database, written before the signature is: a database that
was set back or rewritten is refused whatever else is in it (log note, "Tiles, signer, checkpoint").
"""

from __future__ import annotations

import base64
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tranche.formats.files import write_durably
from tranche.kernel import tiles as trees
from tranche.kernel.canonical import NotCanonical, decode, encode
from tranche.kernel.merkle import EMPTY_ROOT
from tranche.kernel.notes import Checkpoint, Head, HeadBehind, Note, NoteError, Vkey, advance, unbase64
from tranche.kernel.tiles import TileError
from tranche.log import heads, tiles
from tranche.log.keys import SigningKey, new_key, read_key, write_key
from tranche.store import clock
from tranche.store.write import ALIAS, barrier

KEY_FILE: Final = "log-key"
NEXT_FILE: Final = "log-key-next"
FORK_FILE: Final = "log-key-fork"
LOCK_FILE: Final = "lock"
STATE_FILE: Final = "log-state.json"


class SignerError(RuntimeError):
    """The signer's own files are not what they must be; nothing was signed."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The folder of a signer: its key, and what it signed last."""

    folder: Path

    @property
    def exists(self) -> bool:
        return (self.folder / KEY_FILE).is_file()

    def create(self, origin: str) -> Vkey:
        """Make a key and the state of a log of nothing; raises FileExistsError, NoteError."""
        if (self.folder / STATE_FILE).exists():
            raise FileExistsError(self.folder / STATE_FILE)
        key = new_key(origin)
        write_key(self.folder / KEY_FILE, key)
        write_durably(self.folder / LOCK_FILE, [])
        self._keep(Head(0, EMPTY_ROOT), key)
        return key.vkey

    def key(self) -> SigningKey:
        """Raises FileNotFoundError, KeyUnsafe."""
        return read_key(self.folder / KEY_FILE)

    def next_key(self) -> SigningKey | None:
        """The key that signs beside the present one until it takes its place; raises KeyUnsafe."""
        path = self.folder / NEXT_FILE
        return read_key(path) if path.is_file() else None

    def prepare_next(self) -> Vkey:
        """Make the key that will follow, of the same log; raises FileExistsError where there is one."""
        key = new_key(self.key().name)
        write_key(self.folder / NEXT_FILE, key)
        return key.vkey

    def change_keys(self) -> None:
        """Put the next key in the place of the present one, which is kept under its id."""
        with self._alone():
            key = self.key()
            ended = self.folder / f"{KEY_FILE}-{key.vkey.id.hex()}"
            if not ended.exists():
                write_key(ended, key)
            (self.folder / NEXT_FILE).replace(self.folder / KEY_FILE)

    @property
    def is_forking(self) -> bool:
        """Whether a key for another name was made and does not sign yet."""
        return (self.folder / FORK_FILE).is_file()

    def prepare_fork(self, origin: str) -> Vkey:
        """Make the key under which the log goes on by another name, or give the one that was begun.

        Raises NoteError.
        """
        path = self.folder / FORK_FILE
        if not path.is_file():
            write_key(path, new_key(origin))
        return read_key(path).vkey

    def fork(self) -> None:
        """Put that key in the place of all others, with a state of nothing; what was, is kept aside."""
        with self._alone():
            key, following = self.key(), read_key(self.folder / FORK_FILE)
            aside = self.folder / f"ended-{key.vkey.id.hex()}"
            aside.mkdir(mode=0o700, exist_ok=True)
            for name in (KEY_FILE, NEXT_FILE, STATE_FILE):
                path = self.folder / name
                if path.is_file() and not (aside / name).exists():
                    write_durably(aside / name, [path.read_bytes()])
            (self.folder / NEXT_FILE).unlink(missing_ok=True)
            self._keep(Head(0, EMPTY_ROOT), following)
            (self.folder / FORK_FILE).replace(self.folder / KEY_FILE)

    def signed_last(self) -> Head:
        """The head that was signed last, by the signer's own file; raises SignerError."""
        path = self.folder / STATE_FILE
        try:
            state = decode(path.read_bytes())
        except (FileNotFoundError, NotCanonical) as error:
            raise SignerError(f"{path} does not say what was signed last") from error
        match state:
            case {"origin": str(origin), "root": str(root), "size": int(size)} if origin == self.key().name:
                return Head(size, _root(root, path))
            case _:
                raise SignerError(f"{path} belongs to another log")

    def checkpoint(self) -> heads.Signed:
        """Take what is new into the tree and sign its head, or give the newest checkpoint where nothing is.

        Raises HeadBehind, HeadForked and SignerError with nothing signed.
        """
        with self._alone():
            key, last, head = self.key(), self.signed_last(), tiles.extend_all()
            following = self.next_key()
            known = heads.at(head.size, ALIAS)
            if known is not None and known.head == head == last:
                return known
            _continues(last, head)
            barrier()
            self._keep(head, key)
            text = Checkpoint(key.name, head).text()
            lines = [one.sign(text) for one in (key, following) if one is not None]
            heads.keep(head, Note(text, tuple(lines)), clock.now())
            found = heads.at(head.size, ALIAS)
            assert found is not None, "it was kept in this call or before"
            if found.head != head:
                raise SignerError(f"another head of {head.size} entries is kept as signed")
            return found

    def _keep(self, head: Head, key: SigningKey) -> None:
        root = base64.b64encode(head.root).decode()
        write_durably(
            self.folder / STATE_FILE, [encode({"origin": key.name, "root": root, "size": head.size})]
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time signs; another one waits. The file is never replaced."""
        path = self.folder / LOCK_FILE
        if not path.exists():
            write_durably(path, [])
        with path.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _root(text: str, path: Path) -> bytes:
    try:
        return unbase64(text)
    except NoteError as error:
        raise SignerError(f"{path} does not say what was signed last") from error


def _continues(last: Head, head: Head) -> None:
    """Raise HeadBehind or HeadForked unless the tree's head goes on from the last one."""
    if head.size < last.size:
        raise HeadBehind(last.size)
    try:
        proof = trees.consistency_proof(last.size, head.size, tiles.reader(ALIAS))
    except TileError as error:
        raise SignerError(f"the tree lacks a part: {error}") from error
    advance(last, last.size, proof, head)
