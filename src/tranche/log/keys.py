"""Keys that sign notes: the log's and a witness's, each in a file of its own that only its user reads."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tranche.formats.files import write_durably
from tranche.kernel.notes import (
    COSIGNATURE,
    ED25519,
    NAME,
    TIME_BYTES,
    Line,
    NoteError,
    Vkey,
    cosign_text,
    unbase64,
)
from tranche.verifier.native import native_check as check

__all__ = ["KeyUnsafe", "SigningKey", "check", "new_key", "parse_key", "read_key", "write_key"]

BEGIN: Final = "PRIVATE+KEY+"
SEED_BYTES: Final = 32
KEY_MODE: Final = 0o600


class KeyUnsafe(RuntimeError):
    """A key file that others can read, or that is none."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the name that its lines bear; `kind` says whether it signs heads or cosigns them."""

    name: str
    kind: int
    seed: bytes = field(repr=False)

    @property
    def vkey(self) -> Vkey:
        """What others check it by."""
        return Vkey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def text(self) -> str:
        """As its file holds it (the form of golang.org/x/mod/sumdb/note)."""
        encoded = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{BEGIN}{self.name}+{self.vkey.id.hex()}+{encoded}"

    def sign(self, text: str) -> Line:
        """The log's line under a checkpoint."""
        return Line(self.name, self.vkey.id, self._private.sign(text.encode()))

    def cosign(self, text: str, time_s: int) -> Line:
        """A witness's line under a checkpoint, with the time at which it was asked."""
        signature = self._private.sign(cosign_text(text, time_s))
        return Line(self.name, self.vkey.id, time_s.to_bytes(TIME_BYTES, "big") + signature)


def new_key(name: str, kind: int = ED25519) -> SigningKey:
    """A key from the system's randomness; raises NoteError for a name that no line can bear."""
    if not NAME.fullmatch(name):
        raise NoteError(f"a key's name has no spaces and no plus sign: {name[:100]}")
    return SigningKey(name, kind, os.urandom(SEED_BYTES))


def parse_key(text: str) -> SigningKey:
    """The key of its text; raises NoteError."""
    name, _, rest = text.strip().removeprefix(BEGIN).partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    is_whole = text.startswith(BEGIN) and len(raw) == 1 + SEED_BYTES and raw[0] in (ED25519, COSIGNATURE)
    found = SigningKey(name, raw[0], raw[1:]) if is_whole else None
    if found is None or found.vkey.id.hex() != key_id:
        raise NoteError("not a private key of a kind that is known here")
    return found


def write_key(path: Path, key: SigningKey) -> None:
    """Keep a key where none is yet; raises FileExistsError."""
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path, [f"{key.text()}\n".encode()])


def read_key(path: Path) -> SigningKey:
    """The key of a file; raises KeyUnsafe, FileNotFoundError."""
    if path.stat().st_mode & 0o077:
        raise KeyUnsafe(f"{path} can be read by others")
    try:
        return parse_key(path.read_text(encoding="ascii"))
    except (NoteError, UnicodeDecodeError) as error:
        raise KeyUnsafe(f"{path} holds no key") from error
