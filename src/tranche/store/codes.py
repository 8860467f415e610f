"""The secrets of changing codes: one file each in the folder of secrets, never a column, never in the log."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from tranche.formats.files import write_durably

FOLDER = "codes"
HANDLE = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def put(handle: str, secret: bytes) -> None:
    """Keep a new secret, readable for the server alone; one that is there is never replaced."""
    path = _path(handle)
    if path.exists():
        raise FileExistsError(path.name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path, [secret])


def get(handle: str) -> bytes | None:
    """The secret; None where it is not there, as after a restore without the folder of secrets."""
    path = _path(handle)
    return path.read_bytes() if path.is_file() else None


def _path(handle: str) -> Path:
    if not HANDLE.fullmatch(handle):
        raise ValueError("a handle of a code is a uuid")
    return Path(settings.TRANCHE_DATA_DIR) / "secrets" / FOLDER / handle
