"""The log: entries sealed, the tree grown, packs verified, proofs found, each beside its physical limit."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.bench.figures import Round
from tests.bench.mechanism import Mechanism
from tests.bench.posting import append_number, new_fund, post, receipts
from tests.verifier.minilog import AUDITOR, LOG, NOW_S, ORIGIN, WITNESSES, key

from tranche.kernel.canonical import Canonical
from tranche.kernel.entries import log_leaf, seal, view_of
from tranche.kernel.log_policy import parse_policy
from tranche.kernel.log_proof import Receipt
from tranche.kernel.merkle import leaf_hash
from tranche.kernel.notes import COSIGNATURE, Checkpoint, Head, Note
from tranche.kernel.tiles import bundle, grow, inclusion_proof, tile_path
from tranche.kernel.tiles import head as head_of
from tranche.log.keys import check
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Verdict

LIMIT: Final = "hashlib"
DUMPS: Final = "json.dumps"
PAIRED: Final = 20
FIELDS: Final[dict[str, Canonical]] = {
    "kind": "log.key",
    "day": "2026-11-20",
    "at": "2026-11-20T09:15:00.000000Z",
    "actor": "55cbeb9b-10df-42ba-bdf1-92b10bb96993",
    "object": {"id": "55cbeb9b-10df-42ba-bdf1-92b10bb96993", "type": "record"},
    "vkey": "log.example/tranche/1+bc46856d+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
    "from_size": 120_000,
}
"""The kind with the fewest fields: with a blind one they fill eight places."""


def _rate(count: int, act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return count / (time.process_time() - start)


def sealed(count: int) -> Round:
    """Entries of eight places sealed in a CPU second, beside json.dumps of the same fields."""
    ours = _rate(count, lambda: [seal("log.key", FIELDS, os.urandom) for _ in range(count)])
    return Round(ours, {DUMPS: _rate(count, lambda: [json.dumps(FIELDS) for _ in range(count)])})


def _leaves(count: int) -> list[bytes]:
    return [b"tranche-entry/v1\n%044d\n" % number for number in range(count)]


def grown(count: int, folder: Path) -> Round:
    """Leaves taken into the tree in a CPU second, a thousand at a time, beside two bare hashes for each."""
    hashes = [leaf_hash(leaf) for leaf in _leaves(count)]

    def grow_all() -> None:
        tiles: dict[tuple[int, int], bytes] = {}
        for first in range(0, count, 1000):
            some = hashes[first : first + 1000]
            tiles.update(grow(first, some, lambda level, n: tiles[level, n]))
            head_of(first + len(some), lambda level, n: tiles[level, n])

    ours = _rate(count, grow_all)
    peers = pymerkle(count, folder)
    peers.pop("proof", None)
    return Round(ours, {LIMIT: _limit(count), **peers})


def pymerkle(count: int, folder: Path) -> dict[str, float]:
    """What pymerkle takes, in a process of its own; nothing where it is not installed."""
    if importlib.util.find_spec("pymerkle") is None:
        return {}
    command = [sys.executable, "-m", "tests.bench.pymerkle_peer", str(count), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def logged(mechanism: Mechanism, count: int) -> Round:
    """One posting a commit with its log entry, beside the same one with the number alone."""
    fund = new_fund()
    [draft] = receipts(fund, 1)
    post([draft])
    return in_turns(lambda: post([draft]), lambda: post([draft], appended=append_number), count)


def in_turns(ours: Callable[[], None], bare: Callable[[], None], count: int) -> Round:
    """Both many times in turns, as a machine is never as busy twice."""
    seconds = dict.fromkeys((ours, bare), 0.0)
    pairs = max(1, count // PAIRED)
    for _ in range(pairs):
        for act in seconds:
            start = time.perf_counter()
            for _again in range(PAIRED):
                act()
            seconds[act] += time.perf_counter() - start
    done = pairs * PAIRED
    return Round(done / seconds[ours], {"number alone": done / seconds[bare]})


def _limit(count: int) -> float:
    """What hashlib alone takes for a leaf and its share of the nodes."""
    sha256, leaf, node = hashlib.sha256, b"\x00" + b"x" * 62, b"\x01" + b"x" * 64

    def hash_all() -> None:
        for _ in range(count):
            sha256(leaf).digest()
            sha256(node).digest()

    return _rate(count, hash_all)


class Pack:
    """The members of a pack of everything, made once."""

    def __init__(self, leaves: list[bytes], lines: bytes = b"") -> None:
        tiles: dict[tuple[int, int], bytes] = {}
        hashes = [leaf_hash(leaf) for leaf in leaves]
        tiles.update(grow(0, hashes, lambda _level, _n: b""))
        head = head_of(len(leaves), lambda level, n: tiles[level, n])
        text = Checkpoint(ORIGIN, head).text()
        note = Note(text, (LOG.sign(text), *(one.cosign(text, NOW_S) for one in WITNESSES)))
        self._members = {"checkpoint": note.encoded(), "openings.jsonl": lines}
        for first in range(0, len(leaves), 256):
            some = leaves[first : first + 256]
            self._members[tile_path("entries", first // 256, len(some))] = bundle(some)
        self.names = frozenset(self._members)

    def read(self, name: str) -> bytes:
        return self._members[name]


def _verified(pack: Pack) -> None:
    policy = parse_policy(f"log {LOG.vkey.text()}\nquorum none\n")
    report = verify(pack, Wanted(policy, NOW_S + 60, check=check))
    assert report.verdict is Verdict.VALID, report.findings


def bodies(count: int) -> Round:
    """Leaves verified from bundles to the signed root in a CPU second, beside two bare hashes for each."""
    pack = Pack(_leaves(count))
    return Round(_rate(count, lambda: _verified(pack)), {LIMIT: _limit(count)})


def disclosed(count: int) -> Round:
    """The same with every item of every entry open, beside the leaves alone."""
    entries = [seal("log.key", FIELDS, os.urandom) for _ in range(count)]
    lines = b"".join(view_of(entry.line(seq), AUDITOR) + b"\n" for seq, entry in enumerate(entries))
    leaves = [log_leaf(entry.root) for entry in entries]
    whole, bare = Pack(leaves, lines), Pack(leaves)
    return Round(
        _rate(count, lambda: _verified(whole)), {"leaves alone": _rate(count, lambda: _verified(bare))}
    )


class Stored:
    """A tree of so many leaves in a SQLite file, as `log_tile` holds it."""

    def __init__(self, folder: Path, size: int) -> None:
        self.path, self.size = folder / "tiles.sqlite3", size
        hashes = [leaf_hash(leaf) for leaf in _leaves(size)]
        tiles = grow(0, hashes, lambda _level, _n: b"")
        self.head = head_of(size, lambda level, n: tiles[level, n])
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute(
                "CREATE TABLE log_tile(level INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL,"
                " PRIMARY KEY(level, n)) STRICT"
            )
            rows = [(level, n, data) for (level, n), data in tiles.items()]
            database.executemany("INSERT INTO log_tile VALUES (?, ?, ?)", rows)

    def proof(self, index: int) -> tuple[bytes, ...]:
        """By a connection of its own, so that nothing is remembered."""
        with closing(sqlite3.connect(self.path)) as database:
            sql = "SELECT data FROM log_tile WHERE level = ? AND n = ?"

            def read(level: int, n: int) -> bytes:
                return bytes(database.execute(sql, (level, n)).fetchone()[0])

            return inclusion_proof(index, self.size, read)

    def seconds(self, count: int) -> list[float]:
        """How long each of so many proofs took, by the clock."""
        chosen, found = random.Random(7), []  # noqa: S311 - the same ones each time
        for _ in range(count):
            index = chosen.randrange(self.size)
            start = time.perf_counter()
            self.proof(index)
            found.append(time.perf_counter() - start)
        return sorted(found)

    def bytes_of_proof(self) -> tuple[int, int]:
        """The hashes of a proof, and its file with three cosignatures and no line."""
        three = (*WITNESSES, key("witness.three", COSIGNATURE))
        text = Checkpoint(ORIGIN, Head(self.size, self.head.root)).text()
        note = Note(text, (LOG.sign(text), *(one.cosign(text, NOW_S) for one in three)))
        proof = self.proof(self.size // 2)
        return 32 * len(proof), len(Receipt(self.size // 2, proof, note).encoded())
