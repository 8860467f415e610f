"""What a log asks a witness: the size cosigned last, a proof from it, the new checkpoint (tlog-witness)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from tranche.kernel.merkle import DIGEST_BYTES
from tranche.kernel.notes import SIZE, Note, NoteError, parse_note, unbase64

HASHES_MAX: Final = 63
REQUEST_BYTES_MAX: Final = 2**20


class RequestError(ValueError):
    """A request that is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """The old size, the consistency proof from it, and the note of the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def encoded(self) -> bytes:
        """The file, or the body of `POST /add-checkpoint`."""
        hashes = "".join(f"{base64.b64encode(digest).decode()}\n" for digest in self.proof)
        return f"old {self.old}\n{hashes}\n".encode() + self.note.encoded()


def parse_request(raw: bytes) -> Request:
    """The request of its bytes; raises RequestError."""
    head, parted, note = raw.partition(b"\n\n")
    if len(raw) > REQUEST_BYTES_MAX or not parted:
        raise RequestError("a request is a size, a proof, an empty line and a checkpoint")
    try:
        first, *rows = head.decode("ascii").split("\n")
        proof = tuple(_digest(row) for row in rows)
        number = first.removeprefix("old ")
        if first == number or not SIZE.fullmatch(number) or len(proof) > HASHES_MAX:
            raise RequestError("a request begins with the old size, and has at most 63 hashes")
        return Request(int(number), proof, parse_note(note))
    except (NoteError, UnicodeDecodeError) as error:
        raise RequestError(str(error)) from error


def _digest(row: str) -> bytes:
    raw = unbase64(row)
    if len(raw) != DIGEST_BYTES:
        raise RequestError(f"a hash has {DIGEST_BYTES} bytes")
    return raw
