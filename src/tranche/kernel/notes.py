"""Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

A note is a text and lines of signatures by named keys. What a known key signed must be right; what an unknown
key signed is left aside.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tranche.kernel import ed25519
from tranche.kernel.canonical import from_base64
from tranche.kernel.merkle import DIGEST_BYTES, EMPTY_ROOT, ProofError, verify_consistency

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
KEY_ID_BYTES: Final = 4
TIME_BYTES: Final = 8
TIME_MAX: Final = 2**63 - 1
SIGNATURES_MAX: Final = 100
NOTE_BYTES_MAX: Final = 2**20
DASH: Final = "\u2014 "  # an em dash and a space begin a line of a signature
NAME: Final = re.compile(r"[^\s+\x00-\x1f]{1,200}")
SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
UNSIGNED: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")

Check = Callable[[bytes, bytes, bytes], bool]
"""Whether a key of 32 bytes signed a message: `ed25519.verify`, or a native one that decides the same."""


class NoteError(ValueError):
    """A note that is none, or whose signatures do not hold."""


class NoteTooLong(NoteError):
    """A note over a limit, which is not read."""


@dataclass(frozen=True, slots=True)
class Vkey:
    """The public half of a key that signs notes, under the name that its lines bear."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which lines name the key."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def text(self) -> str:
        """As it is handed to others: name, id and key."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Line:
    """One signature as it stands under a note: by which key, and the bytes after its id."""

    name: str
    key_id: bytes
    signature: bytes

    def text(self) -> str:
        encoded = base64.b64encode(self.key_id + self.signature).decode()
        return f"{DASH}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a new line, and the signatures under it."""

    text: str
    lines: tuple[Line, ...]

    def encoded(self) -> bytes:
        return (self.text + "\n" + "".join(line.text() for line in self.lines)).encode()


@dataclass(frozen=True, slots=True)
class Head:
    """How large a log was and the root of its tree then."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head under the name of its log; `extra` are lines that others may append."""

    origin: str
    head: Head
    extra: tuple[str, ...] = ()

    def text(self) -> str:
        """The body of the note."""
        encoded = base64.b64encode(self.head.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.head.size, encoded, *self.extra))


@dataclass(frozen=True, slots=True)
class Verified:
    """Which known keys signed a note, and when each witness did, in seconds since 1970; a log says none."""

    times: Mapping[Vkey, int | None]


def parse_vkey(text: str) -> Vkey:
    """The key of its text, whose id must fit; raises NoteError."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    if not NAME.fullmatch(name) or len(raw) != 1 + ed25519.KEY_BYTES or raw[0] not in (ED25519, COSIGNATURE):
        raise NoteError(f"no key of a kind that is known here: {text[:100]}")
    found = Vkey(name, raw[0], raw[1:])
    if found.id.hex() != key_id:
        raise NoteError(f"the id of the key {name} is not that of its bytes")
    return found


def parse_note(raw: bytes) -> Note:
    """The text and its lines; raises NoteError."""
    if len(raw) > NOTE_BYTES_MAX:
        raise NoteTooLong(f"a note has at most {NOTE_BYTES_MAX} bytes")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as error:
        raise NoteError("a note is UTF-8") from error
    if UNSIGNED.search(whole):
        raise NoteError("a note has no control characters")
    text, parted, signatures = whole.rpartition("\n\n")
    if not parted or not signatures.endswith("\n"):
        raise NoteError("a note ends with lines of signatures after an empty line")
    rows = signatures[:-1].split("\n")
    if len(rows) > SIGNATURES_MAX:
        raise NoteTooLong(f"a note has at most {SIGNATURES_MAX} signatures")
    return Note(text + "\n", tuple(_line(row) for row in rows))


def _line(row: str) -> Line:
    name, _, encoded = row.removeprefix(DASH).partition(" ")
    if not row.startswith(DASH) or not NAME.fullmatch(name):
        raise NoteError("a signature begins with a dash and a name")
    raw = unbase64(encoded)
    if len(raw) <= KEY_ID_BYTES:
        raise NoteError("a signature holds the id of a key and bytes")
    return Line(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def verify_note(note: Note, vkeys: Sequence[Vkey], check: Check = ed25519.verify) -> Verified:
    """Who of the known keys signed it; raises NoteError where one of them did not sign what stands there.

    A key may stand twice, such as a witness that cosigned again: its newest time counts.
    """
    known = {(vkey.name, vkey.id): vkey for vkey in vkeys}
    times: dict[Vkey, int | None] = {}
    for line in note.lines:
        vkey = known.get((line.name, line.key_id))
        if vkey is None:
            continue
        at = _signed_at(note.text, line, vkey, check)
        before = times.get(vkey)
        times[vkey] = at if at is None or before is None else max(at, before)
    return Verified(times)


def _signed_at(text: str, line: Line, vkey: Vkey, check: Check) -> int | None:
    at, signature, message = None, line.signature, text.encode()
    if vkey.kind == COSIGNATURE:
        at = int.from_bytes(signature[:TIME_BYTES], "big")
        if at > TIME_MAX:
            raise NoteError(f"the time of {line.name} is beyond every calendar")
        signature, message = signature[TIME_BYTES:], cosign_text(text, at)
    if not check(vkey.public, message, signature):
        raise NoteError(f"{line.name} did not sign this")
    return at


def cosign_text(text: str, time_s: int) -> bytes:
    """What a witness signs over a checkpoint (tlog-cosignature, cosignature/v1)."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def parse_checkpoint(text: str) -> Checkpoint:
    """The head of a note's text; raises NoteError (tlog-checkpoint)."""
    origin, size, encoded, *extra = text.split("\n")[:-1] if text.count("\n") >= 3 else ("", "", "")
    if not origin or not SIZE.fullmatch(size) or any(not line for line in extra):
        raise NoteError("a checkpoint names its log, a size and a root")
    root = unbase64(encoded)
    if len(root) != DIGEST_BYTES:
        raise NoteError(f"a root has {DIGEST_BYTES} bytes")
    return Checkpoint(origin, Head(int(size), root), tuple(extra))


def unbase64(text: str) -> bytes:
    """The bytes of base64 in its one form; raises NoteError."""
    try:
        return from_base64(text)
    except ValueError as error:
        raise NoteError("not base64") from error


class HeadRefused(ValueError):
    """A head that may not be signed; `status` is that of tlog-witness."""

    status = 400


class HeadBehind(HeadRefused):
    """The request is about another size than the one that was signed last, which is `size`."""

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(f"the head that was signed last has {size} entries")
        self.size = size


class HeadForked(HeadRefused):
    """What was signed before is not the beginning of what is asked for."""

    status = 422


def advance(signed: Head | None, old: int, proof: Sequence[bytes], new: Head) -> Head:
    """The one rule for the log's signer and for every witness: a head that continues the one signed last.

    Raises HeadRefused, HeadBehind, HeadForked.
    """
    last = signed or Head(0, EMPTY_ROOT)
    if old > new.size:
        raise HeadRefused(f"a log of {new.size} entries did not grow from one of {old}")
    if old != last.size:
        raise HeadBehind(last.size)
    try:
        if old == 0:
            _check_first(new, proof)
        else:
            verify_consistency(old, new.size, last.root, new.root, proof)
    except ProofError as error:
        raise HeadForked(str(error)) from error
    return new


def _check_first(new: Head, proof: Sequence[bytes]) -> None:
    if proof or (new.size == 0) != (new.root == EMPTY_ROOT):
        raise ProofError("the first head needs no proof, and an empty log has the root of nothing")
