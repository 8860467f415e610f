"""A receipt: one file that proves one entry of a log under a signed checkpoint (C2SP tlog-proof@v1)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from tranche.kernel.merkle import DIGEST_BYTES
from tranche.kernel.notes import SIZE, Note, NoteError, parse_note, unbase64

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
EXTRA: Final = "extra "
HASHES_MAX: Final = 63
RECEIPT_BYTES_MAX: Final = 2**22


class ReceiptError(ValueError):
    """A file that is no receipt."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number of a leaf, its inclusion proof and the note of the checkpoint; `extra` is ours: the line."""

    index: int
    proof: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def encoded(self) -> bytes:
        """The file."""
        head = [FIRST_LINE, EXTRA + base64.b64encode(self.extra).decode()] if self.extra else [FIRST_LINE]
        hashes = [base64.b64encode(digest).decode() for digest in self.proof]
        lines = "".join(f"{line}\n" for line in (*head, f"index {self.index}", *hashes, ""))
        return lines.encode() + self.note.encoded()


def parse_receipt(raw: bytes) -> Receipt:
    """The receipt of its bytes; raises ReceiptError."""
    head, parted, note = raw.partition(b"\n\n")
    if len(raw) > RECEIPT_BYTES_MAX or not parted or not head.startswith(FIRST_LINE.encode() + b"\n"):
        raise ReceiptError("a receipt is its first line, lines, an empty line and a checkpoint")
    try:
        rows = head.decode("ascii").split("\n")[1:]
        extra = unbase64(rows.pop(0).removeprefix(EXTRA)) if rows[0].startswith(EXTRA) else b""
        proof = tuple(_digest(row) for row in rows[1:])
        found = Receipt(_index(rows[:1]), proof, parse_note(note), extra)
    except (NoteError, UnicodeDecodeError) as error:
        raise ReceiptError(str(error)) from error
    if len(found.proof) > HASHES_MAX or found.encoded() != raw:
        raise ReceiptError("a receipt has one form")
    return found


def _index(rows: list[str]) -> int:
    number = rows[0].removeprefix("index ") if rows and rows[0].startswith("index ") else ""
    if not SIZE.fullmatch(number):
        raise ReceiptError("a receipt says the number of its entry")
    return int(number)


def _digest(row: str) -> bytes:
    raw = unbase64(row)
    if len(raw) != DIGEST_BYTES:
        raise ReceiptError(f"a hash has {DIGEST_BYTES} bytes")
    return raw
