"""`python -m tests.bench.pages DIR`: the slowest and largest page of a demo folder, by following its links.

Times are the server's own, in one process, without a network; a page counts once.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

PAGES_MAX = 400
LINK = re.compile(r'href="(/[^"#]*)')


def main(folder: Path, username: str = "auditor") -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tranche.conf.settings",
        TRANCHE_DATA_DIR=str(folder),
        TRANCHE_HOSTS="testserver",
    )
    import django

    django.setup()
    rows = sorted(crawl(folder, username), reverse=True)
    largest = max(rows, key=lambda row: row[1])
    middle, (slowest, _size, where) = rows[len(rows) // 2][0], rows[0]
    print(f"{len(rows)} pages; median {middle:.0f} ms; slowest {slowest:.0f} ms {where}")
    print(f"largest {largest[1]:,} bytes {largest[2]}")


def crawl(folder: Path, username: str) -> list[tuple[float, int, str]]:
    """(milliseconds, bytes, address) of every page within reach of the overview."""
    from django.test import Client

    people = json.loads((folder / "sign-ins.json").read_text(encoding="utf-8"))["people"]
    password = next(row["password"] for row in people if row["username"] == username)
    client = Client()
    client.post("/account/login/", {"username": username, "password": password, "next": "/"})
    client.get("/")  # the first page of a process reads its templates
    seen, waiting = {"/"}, ["/"]
    found: list[tuple[float, int, str]] = []
    while waiting and len(found) < PAGES_MAX:
        address = waiting.pop(0)
        begin = time.perf_counter()
        answer = client.get(address)
        spent = (time.perf_counter() - begin) * 1000
        if "html" not in answer.get("Content-Type", ""):
            continue
        found.append((spent, len(answer.content), address))
        for link in LINK.findall(answer.content.decode()):
            target = link.replace("&amp;", "&")
            if target not in seen and not target.startswith("/static"):
                seen.add(target)
                waiting.append(target)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
