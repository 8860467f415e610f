"""Documents by their hash: written once, durably, beside the database."""

from __future__ import annotations

import errno
import hashlib
import re
from pathlib import Path

from django.conf import settings

from tranche.formats.files import write_durably
from tranche.store.errors import DocumentLost, StorageFull

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

SHA256 = re.compile("[0-9a-f]{64}")


def put(data: bytes) -> str:
    """Keep the bytes and give their SHA-256 as hex; the same bytes are kept once. Raises StorageFull."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(sha256)
    if not path.exists():
        _write(path, data)
    return sha256


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(path, [data])
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(str(error)) from error
        raise


def exists(sha256: str) -> bool:
    return _path(sha256).is_file()


def size(sha256: str) -> int:
    """The bytes that are kept, -1 where there are none."""
    path = _path(sha256)
    return path.stat().st_size if path.is_file() else -1


def get(sha256: str) -> bytes:
    """The bytes of a document; raises DocumentLost where there are none, or where they no longer match."""
    try:
        data = _path(sha256).read_bytes()
    except FileNotFoundError as error:
        raise DocumentLost("no file") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DocumentLost(f"the stored document {sha256} has changed")
    return data


def check(sha256: str) -> str:
    """What is wrong with the stored bytes of a document; empty where they are there and hash to this."""
    try:
        get(sha256)
    except (OSError, ValueError, DocumentLost) as error:
        return str(error)
    return ""


def _path(sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256 in lower-case hex")
    return Path(settings.TRANCHE_DATA_DIR) / "evidence" / sha256[:2] / sha256
