"""One process at a time builds or serves a folder; a second one is told what the first is doing."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tranche.cli.exits import Exit, Halt
from tranche.cli.folder import BUSY_FILE, KEY_FILE, SECRETS, prepare
from tranche.formats.files import write_durably


@contextmanager
def only_process(folder: Path, doing: str) -> Iterator[None]:
    """Hold the folder while the caller is at work; the lock ends with the process, however it ends.

    The lock lies on the folder's key file, which is never replaced.
    """
    prepare(folder)
    busy, owner = folder / BUSY_FILE, os.getpid()
    with (folder / SECRETS / KEY_FILE).open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            known = busy.read_text(encoding="utf-8").strip() if busy.is_file() else "another process uses it"
            raise Halt(
                Exit.UNAVAILABLE,
                f"{folder} is in use: {known}.",
                "Nothing was started, and nothing was changed.",
                "Use the one that runs, or stop it with Ctrl-C and start again.",
            ) from error
        write_durably(busy, [f"{doing}, process {owner}\n".encode()])
        try:
            yield
        finally:
            if os.getpid() == owner:
                busy.unlink(missing_ok=True)
