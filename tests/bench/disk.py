"""How often the disk forces a small write out: the ceiling of every durable action."""

from __future__ import annotations

import os
import time
from pathlib import Path

BLOCK = b"\0" * 4096


def forced_writes(file: Path, seconds: float) -> float:
    """Append blocks of 4 KiB, each forced to disk, and return how many a second."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        count, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < seconds or not count:
            os.write(descriptor, BLOCK)
            os.fdatasync(descriptor)
            count += 1
        return count / elapsed
    finally:
        os.close(descriptor)
