"""A file before it is read: its size, its SHA-256 and what kind it is, so that nothing unfit is parsed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tranche.formats.errors import FormatError
from tranche.formats.limits import FileLimits

CHUNK_BYTES: Final = 2**20
HEAD_BYTES: Final = 512
COMPRESSED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")
BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

Given = bytes | Path | BinaryIO
"""A file as bytes, by its path, or open for reading and able to seek."""


@dataclass(frozen=True, slots=True)
class Source:
    """An open file at its start."""

    file: BinaryIO
    sha256: str
    size_bytes: int


@contextmanager
def open_source(given: Given, limits: FileLimits) -> Iterator[Source]:
    """Open, measure, hash and look at the first bytes of an XML file. Raises FormatError."""
    if isinstance(given, Path):
        with given.open("rb") as file:
            yield _measured(file, limits)
        return
    yield _measured(io.BytesIO(given) if isinstance(given, bytes) else given, limits)


def _measured(file: BinaryIO, limits: FileLimits) -> Source:
    digest, size_bytes, is_blank = hashlib.sha256(), 0, True
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes > limits.size_bytes_max:
            raise FormatError("E_FILE_SIZE", value=str(limits.size_bytes_max))
        is_blank = is_blank and not chunk.strip()
        digest.update(chunk)
    if is_blank:
        raise FormatError("E_FILE_EMPTY")
    file.seek(0)
    _check_kind(file.read(HEAD_BYTES))
    file.seek(0)
    return Source(file, digest.hexdigest(), size_bytes)


def _check_kind(head: bytes) -> None:
    """Refuse what is plainly no XML: an archive, a page of a web site, or other text."""
    if head.startswith(COMPRESSED):
        raise FormatError("E_FILE_COMPRESSED")
    for mark in BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    text = head.replace(b"\x00", b"").lstrip()
    if not text.startswith(b"<"):
        raise FormatError("E_FILE_KIND", value=text[:20].decode("ascii", "replace"))
    if text.lower().startswith((b"<!doctype html", b"<html")):
        raise FormatError("E_FILE_KIND", value="HTML")
