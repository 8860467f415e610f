"""Child processes that die, starve or compete, and the deeds that they do meanwhile.

Children are forked from a server process that has Django loaded and no thread, so one costs milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402 - Django comes first
from tests.databases import ROLE, close, point_at  # noqa: E402 - Django comes first

SECONDS_MAX = 60
FINISHED = 0
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.crash.children", "tests.crash.deeds", "tests.office"])


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Where a child finds the databases."""

    folder: Path
    url: str = ""

    def open(self) -> None:
        point_at(self.folder, self.url)


def place_of(folder: Path) -> Mechanism:
    """The mechanism that the aliases speak to now."""
    known = connections["default"].settings_dict
    if "sqlite" in known["ENGINE"]:
        return Mechanism(folder)
    return Mechanism(folder, f"postgresql://{ROLE}@/{known['NAME']}?host={known['HOST']}")


def run(mechanism: Mechanism, work: Callable[..., object], *arguments: object) -> int:
    """Let a child do `work(*arguments)`; its exit code, negative for a signal."""
    child = _context.Process(target=_work, args=(mechanism, work, arguments))
    child.start()
    return _ended(child)


def compete(
    mechanism: Mechanism, work: Callable[..., object], shares: Sequence[Sequence[object]]
) -> list[Any]:
    """Let one child a share do `work(share)` from the same moment; what each returned."""
    start = _context.Barrier(len(shares))
    pipes, children = [], []
    for share in shares:
        here, there = _context.Pipe(duplex=False)
        child = _context.Process(target=_race, args=(mechanism, work, share, start, there))
        child.start()
        there.close()
        pipes.append(here)
        children.append(child)
    answers = [pipe.recv() for pipe in pipes]
    assert [_ended(child) for child in children] == [FINISHED] * len(children)
    return answers


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def starve(bytes_max: int) -> None:
    """Let no file of this process grow beyond so many bytes; a write beyond is an error, not a signal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, hard))


def _ended(child: ForkServerProcess) -> int:
    child.join(SECONDS_MAX)
    if child.exitcode is None:
        child.kill()
        raise TimeoutError("a child did not end")
    return child.exitcode


def _work(mechanism: Mechanism, work: Callable[..., object], arguments: Sequence[object]) -> None:
    mechanism.open()
    work(*arguments)
    close()


def _race(
    mechanism: Mechanism,
    work: Callable[[Sequence[object]], object],
    share: Sequence[object],
    start: Barrier,
    answers: Connection,
) -> None:
    mechanism.open()
    try:
        start.wait(SECONDS_MAX)
        answers.send(work(share))
    except BaseException:
        answers.send(traceback.format_exc())
        raise
    finally:
        close()
