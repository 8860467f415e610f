"""One client of many: `python -m tests.bench.client FOLDER URL FUND SECONDS`; says ready, waits for a line.

Prints when it began and ended, and how long each of its writes took; a write that was refused because the
lock was busy is tried again.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path


def main(folder: str, url: str, fund: str, seconds: float) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tranche.conf.settings",
        TRANCHE_DATA_DIR=tempfile.mkdtemp(),
        TRANCHE_DEMO="1",
    )
    import django

    django.setup()
    from tests.bench.posting import post, receipts
    from tests.databases import point_at

    from tranche.store.errors import WriteUnavailable

    point_at(Path(folder), url)
    [draft] = receipts(fund, 1)
    print("ready", flush=True)
    sys.stdin.readline()
    times: list[float] = []
    begun = time.monotonic()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        key, started = str(uuid.uuid4()), time.perf_counter()
        while True:
            try:
                post([draft], key)
                break
            except WriteUnavailable:
                continue
        times.append(time.perf_counter() - started)
    print(json.dumps([begun, time.monotonic(), times]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
