"""One durable entry a commit, and many clients at once, on both engines."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

from tests.bench import raw
from tests.bench.figures import Round
from tests.bench.mechanism import Mechanism
from tests.bench.posting import new_fund, post, receipts, timed

HORDAK = "django-hordak"


def single(mechanism: Mechanism, count: int, folder: Path) -> Round:
    """Receipts, each its own transaction, beside the same rows raw."""
    fund = new_fund()
    [draft] = receipts(fund, 1)
    post([draft])
    before = raw.last_seq(mechanism)
    ours = count / timed(mechanism, [[draft]] * count).wall_seconds
    recording = raw.record(mechanism, before)
    if mechanism.server is None:
        bare, keyed = (
            raw.insert_into_sqlite(
                recording, mechanism, folder / f"peer-{uuid.uuid4()}.sqlite3", keyed=is_keyed
            )
            for is_keyed in (False, True)
        )
        return Round(ours, {"raw, same keys": count / keyed, "raw, primary keys alone": count / bare})
    seconds = raw.insert_into_postgres(recording, mechanism)
    return Round(ours, {"raw, as many round trips": count / seconds})


def hordak(mechanism: Mechanism, what: str, count: int) -> dict[str, float]:
    """What django-hordak takes, in a process and a database of its own on the same server."""
    assert mechanism.server is not None
    name = f"hordak_{uuid.uuid4().hex[:8]}"
    mechanism.server.execute(f"CREATE DATABASE {name}")
    command = [sys.executable, "-m", "tests.bench.hordak_peer", mechanism.server.url(name), what, str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    mechanism.server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def clients(mechanism: Mechanism, number: int, seconds: float) -> tuple[float, list[float]]:
    """Processes that each post receipts for a while: the rate of all together, and each write's time."""
    fund = new_fund()
    post(receipts(fund, 1))
    command = [sys.executable, "-m", "tests.bench.client", str(mechanism.folder), mechanism.url, fund]
    started = [
        subprocess.Popen([*command, str(seconds)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        for _ in range(number)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    times: list[float] = []
    begun, ended = [], []
    for process in started:
        out, _ = process.communicate(timeout=seconds * 20 + 60)
        first, last, own = json.loads(out)
        begun.append(first)
        ended.append(last)
        times += own
    return len(times) / (max(ended) - min(begun)), sorted(
        times
    )  # starting and ending sixteen is not measured
