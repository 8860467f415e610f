"""When nothing may be written: the database lies behind a head that was signed, or was found rewritten.

Two small files of the data folder say so, because a database that was set back cannot: the newest head that
this installation saw signed, and why it stands still.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings

from tranche.formats.files import write_durably
from tranche.kernel.merkle import DIGEST_BYTES
from tranche.kernel.notes import Head
from tranche.store.errors import LogBehind

HEAD_FILE: Final = "log-head"
STOP_FILE: Final = "log-stopped"
UNREADABLE: Final = Head(-1, b"")


def signed_head() -> Head | None:
    """The newest head that was seen signed, whatever the database says."""
    try:
        size, root = (_folder() / HEAD_FILE).read_text(encoding="ascii").split()
        found = Head(int(size), bytes.fromhex(root))
    except FileNotFoundError:
        return None
    except ValueError:
        found = UNREADABLE
    if found.size < 0 or len(found.root) != DIGEST_BYTES:  # it is written whole: somebody else wrote this
        raise LogBehind(f"{_folder() / HEAD_FILE} holds no head")
    return found


def keep_head(head: Head) -> None:
    """Remember a head that was signed; a smaller one than is known changes nothing."""
    try:
        known = signed_head()
    except LogBehind:  # what cannot be read is made anew, once everything agrees
        known = None
    if known is None or known.size < head.size:
        write_durably(_folder() / HEAD_FILE, [f"{head.size} {head.root.hex()}\n".encode()])


def forget_head() -> None:
    """The log goes on under another name: what was signed under the old one is no measure any more."""
    (_folder() / HEAD_FILE).unlink(missing_ok=True)


def stop(why: str) -> None:
    """Write nothing from now on; the first reason stays."""
    path = _folder() / STOP_FILE
    if not path.exists():
        write_durably(path, [f"{why}\n".encode()])


def resume() -> None:
    """Write again."""
    (_folder() / STOP_FILE).unlink(missing_ok=True)


def why_stopped() -> str:
    """Why nothing is written; empty where nothing stands in the way."""
    try:
        return (_folder() / STOP_FILE).read_text(encoding="utf-8", errors="replace").strip() or "stopped"
    except FileNotFoundError:
        return ""


def check(entries: int) -> None:
    """Raise LogBehind where a log of so many entries must not be written to."""
    if why := why_stopped():
        raise LogBehind(why)
    try:
        head = signed_head()
    except LogBehind as error:
        stop(str(error))
        raise
    if head is not None and entries < head.size:
        why = f"the database holds {entries} entries of the log, and {head.size} were signed"
        stop(why)
        raise LogBehind(why)


def _folder() -> Path:
    return Path(settings.TRANCHE_DATA_DIR)
