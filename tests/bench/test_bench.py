"""The bench compares like with like and adds up what it says."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.bench.disk import forced_writes
from tests.bench.figures import Figure, Round, document, table
from tests.bench.raw import WRITTEN, insert_again, last_seq, record

SCHEMA = """
CREATE TABLE idem_key(key TEXT PRIMARY KEY, request_hash BLOB, log_seq INTEGER);
CREATE TABLE log_entry(seq INTEGER PRIMARY KEY, leaf BLOB);
CREATE TABLE log_opening(seq INTEGER PRIMARY KEY, doc TEXT);
CREATE TABLE journal_entry(id INTEGER PRIMARY KEY, key TEXT, log_seq INTEGER);
CREATE TABLE movement(entry_id INTEGER, line INTEGER, amount INTEGER, PRIMARY KEY(entry_id, line));
CREATE TABLE use_fragment(entry_id INTEGER, line INTEGER, piece INTEGER, PRIMARY KEY(entry_id, line, piece));
"""


def a_ledger(file: Path, entries: int) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCHEMA)
        for seq in range(entries):
            connection.execute("INSERT INTO idem_key VALUES (?, ?, ?)", (f"k{seq}", b"h", seq))
            connection.execute("INSERT INTO log_entry VALUES (?, ?)", (seq, b"leaf"))
            connection.execute("INSERT INTO log_opening VALUES (?, ?)", (seq, "{}"))
            connection.execute("INSERT INTO journal_entry VALUES (?, ?, ?)", (seq + 1, f"k{seq}", seq))
            connection.execute("INSERT INTO movement VALUES (?, 1, ?)", (seq + 1, 100 + seq))
            connection.execute("INSERT INTO use_fragment VALUES (?, 1, 1)", (seq + 1,))
        connection.commit()
    return file


def rows(file: Path, table_name: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table_name}").fetchall())


def test_peer_inserts_the_very_rows_that_were_written(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger.sqlite3", entries=5)
    peer = tmp_path / "peer.sqlite3"

    recording = record(ledger, after=1, upto=last_seq(ledger))
    seconds = insert_again(recording, peer)

    assert seconds > 0
    assert len(recording.transactions) == 3
    assert recording.rows == 18
    for name in WRITTEN:
        assert rows(peer, name) == rows(ledger, name)[-3:]


def test_empty_ledger_has_no_last_entry(tmp_path: Path) -> None:
    assert last_seq(a_ledger(tmp_path / "ledger.sqlite3", entries=0)) == -1


def test_disk_writes_at_least_once(tmp_path: Path) -> None:
    assert forced_writes(tmp_path / "blocks", seconds=0) > 0
    assert (tmp_path / "blocks").stat().st_size == 4096


def test_figure_is_the_median_of_its_rounds() -> None:
    figure = Figure("actions", "actions", "raw", (Round(10, 100), Round(30, 120), Round(20, 80)))

    assert figure.ours == 20
    assert figure.peers == 100
    assert figure.ratio == pytest.approx(0.2)
    assert figure.spread == "10 to 30"
    assert "0.200" in table([figure])
    assert json.loads(document([figure]))["figures"][0]["peer_per_second"] == 100


def test_figure_without_a_peer_has_no_ratio() -> None:
    figure = Figure("disk", "forced writes", "", (Round(10),))

    assert figure.ratio is None
    assert json.loads(document([figure]))["figures"][0]["ratio"] is None
