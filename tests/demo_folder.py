"""One demonstration a test session, built by the real command, and copies of it for tests that write."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ENTRY = "from tranche.cli.main import run; run()"
SECONDS_MAX = 400  # a loaded machine; the target stands in the benchmarks


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a user: nothing of the test run's own settings in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRANCHE_", "DJANGO_"))}
    return {**kept, "NO_COLOR": "1", **more}


def tranche(
    *arguments: str | Path,
    cwd: Path | None = None,
    given: str = "",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would and give what it printed."""
    return subprocess.run(
        [sys.executable, "-c", ENTRY, *map(str, arguments)],
        cwd=cwd,
        input=given,
        env=clean_environment(**(environment or {})),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )


@cache
def demo_folder() -> Path:
    """The finished demonstration of this session; read it, and copy it to write.

    The processes of one parallel run share it; the last one to leave removes it.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"one-{os.getpid()}")
    shelf = Path(tempfile.gettempdir()) / f"tranche-demo-{run}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(shelf / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    folder = shelf / "demo"
    fcntl.flock(lock, fcntl.LOCK_SH)
    if not (shelf / "built").exists():
        # Who has it built keeps a shared lock to the end of the run, so only a builder asks for it alone.
        fcntl.flock(lock, fcntl.LOCK_UN)
        fcntl.flock(lock, fcntl.LOCK_EX)
    if not (shelf / "built").exists():
        built = tranche("demo", "--no-serve", "--quiet", "--dir", folder)
        if built.returncode != 0:
            raise RuntimeError(f"the demonstration was not built: {built.stderr}")
        (shelf / "built").touch()
    fcntl.flock(lock, fcntl.LOCK_SH)
    atexit.register(_leave, shelf, lock)
    return folder


def copy_of_demo(target: Path) -> Path:
    """A demonstration of one's own at a folder that is not there yet."""
    return Path(shutil.copytree(demo_folder(), target))


def _leave(shelf: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    shutil.rmtree(shelf, ignore_errors=True)
