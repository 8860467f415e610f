"""pymerkle in a process of its own: `python -m tests.bench.pymerkle_peer COUNT FOLDER`.

Prints what it takes, as JSON: leaves a CPU second into each of its trees, and the seconds of a cold proof.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path

from pymerkle import InmemoryTree, SqliteTree


def main(count: int, folder: Path) -> None:
    leaves = [b"tranche-entry/v1\n%044d\n" % number for number in range(count)]
    path = str(folder / f"pymerkle-{time.time_ns()}.sqlite3")
    start = time.process_time()
    with closing(SqliteTree(path)) as tree:
        tree.append_entries(leaves)
    stored = count / (time.process_time() - start)
    start = time.process_time()
    InmemoryTree().append_entries(leaves)
    held = count / (time.process_time() - start)
    begin = time.perf_counter()
    with closing(SqliteTree(path)) as tree:
        tree.prove_inclusion(count // 2 + 1, count)
    proof = time.perf_counter() - begin
    Path(path).unlink()
    print(json.dumps({"pymerkle, SQLite": stored, "pymerkle, memory": held, "proof": proof}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
