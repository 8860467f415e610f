"""The bench compares like with like and adds up what it says."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections
from tests.bench import batch, durable, keys, raw, reading
from tests.bench.disk import forced_writes
from tests.bench.figures import Figure, Round, document, table
from tests.bench.mechanism import Mechanism, server_cpu_seconds
from tests.bench.posting import batches, new_fund, post, receipts
from tests.databases import Server
from tests.tidy import ROOT


@pytest.fixture
def mechanism(sqlite_mechanism: Path) -> Mechanism:
    return Mechanism(sqlite_mechanism)


def rows(file: Path, name: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return sorted(connection.execute(f"SELECT * FROM {name}").fetchall())


def indexes(file: Path) -> set[tuple[object, ...]]:
    """Table, uniqueness and columns of every index, whatever its name."""
    query = """
    SELECT m.name, i."unique", (SELECT group_concat(name, ',') FROM pragma_index_info(i.name))
    FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table'
    """
    with closing(sqlite3.connect(file)) as connection:
        return {row for row in connection.execute(query).fetchall() if row[0] in raw.TABLES}


@pytest.mark.parametrize("keyed", [False, True])
def test_peer_inserts_the_very_rows_that_were_written(
    mechanism: Mechanism, tmp_path: Path, keyed: bool
) -> None:
    fund = new_fund()
    post(receipts(fund, 1))
    before = raw.last_seq(mechanism)
    kept = {name: rows(mechanism.database, name) for name in raw.TABLES}
    for _ in range(3):
        post(receipts(fund, 4, lines=2))

    recording = raw.record(mechanism, before)
    peer = tmp_path / "peer.sqlite3"
    seconds = raw.insert_into_sqlite(recording, mechanism, peer, keyed=keyed)

    assert seconds > 0
    assert len(recording.transactions) == 3
    for name in raw.TABLES:
        written = [row for row in rows(mechanism.database, name) if row not in kept[name]]
        assert rows(peer, name) == written
        assert recording.count(name) == len(written)
    assert recording.count("movement") == 12
    assert (indexes(peer) == indexes(mechanism.database)) is keyed


@pytest.mark.postgres
def test_peer_on_a_server_inserts_the_very_rows_that_were_written(
    postgres_server: Server, postgresql_mechanism: Path
) -> None:
    name = connections["default"].settings_dict["NAME"]
    mechanism = Mechanism(postgresql_mechanism, postgres_server, name)
    fund = new_fund()
    post(receipts(fund, 1))
    before = raw.last_seq(mechanism)
    post(receipts(fund, 2))
    post(receipts(fund, 100, lines=10))

    recording = raw.record(mechanism, before)

    assert raw.insert_into_postgres(recording, mechanism) > 0
    for table_name in raw.TABLES:
        [(found,)] = raw.ask(mechanism, f"SELECT count(*) FROM peer.{table_name}")
        assert found == recording.count(table_name)


def test_drafts_are_dealt_into_transactions_of_so_many_movements() -> None:
    drafts = receipts("T-1", 25, lines=5)

    dealt = list(batches(drafts, movements=10))

    assert [len(each) for each in dealt] == [2, 2, 1]
    assert [draft for each in dealt for draft in each] == drafts


@pytest.mark.parametrize("lines", [1, 10])
def test_batch_measurements_post_what_they_count(mechanism: Mechanism, tmp_path: Path, lines: int) -> None:
    received = batch.movements(mechanism, 20, lines, tmp_path)
    used = batch.uses(mechanism, 20, lines)

    assert received.ours > 0
    assert received.peers[batch.KEYLESS] > 0
    assert used.ours > 0
    accepted = [row for row in rows(mechanism.database, "movement") if row[5] == 1_000]
    fragments = rows(mechanism.database, "use_fragment")
    assert len(accepted) == 1 + 20 + 21 + 20
    assert len(fragments) >= 2 * 20


def test_clients_write_at_once_and_none_is_lost(mechanism: Mechanism) -> None:
    rate, times = durable.clients(mechanism, 2, 0.5)

    received = rows(mechanism.database, "journal_entry")
    assert rate > 0
    assert len(received) == 1 + len(times)
    assert times == sorted(times)


def test_trial_balance_of_what_was_loaded_adds_up(mechanism: Mechanism) -> None:
    assert reading.load(mechanism, 20, 10, "T-1") > 0
    assert reading.trial_balance(mechanism) >= 0
    assert reading.one_balance(mechanism, 0).ours > 0


@pytest.mark.postgres
def test_processor_time_of_a_server_counts_its_children(postgres_server: Server) -> None:
    before = server_cpu_seconds(postgres_server.pid)

    postgres_server.execute("SELECT count(*) FROM generate_series(1, 3000000)")
    until = time.monotonic() + 10  # a backend's time is its server's once that has noticed its end
    while (after := server_cpu_seconds(postgres_server.pid)) == before and time.monotonic() < until:
        time.sleep(0.05)

    assert after > before


def test_disk_writes_at_least_once(tmp_path: Path) -> None:
    assert forced_writes(tmp_path / "blocks", seconds=0) > 0
    assert (tmp_path / "blocks").stat().st_size == 4096


def test_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rounds = (Round(10, {"raw": 100}), Round(30, {"raw": 120}), Round(20, {"raw": 50}))
    figure = Figure("single", "entries", "a second", rounds, "0.45 of raw")

    assert figure.ours == 20
    assert figure.peer("raw") == 100
    assert figure.ratio("raw") == pytest.approx(0.25)
    assert "10 to 30" in table([figure])
    assert json.loads(document([figure]))["figures"][0]["ratios"] == {"raw": 0.25}


def test_ratio_of_times_says_how_much_less_ours_takes() -> None:
    figure = Figure("balances", "one balance", "seconds", (Round(0.002, {"peer": 0.1}),))

    assert figure.ratio("peer") == pytest.approx(50)


def test_figure_without_a_peer_has_no_ratio() -> None:
    figure = Figure("disk", "forced writes", "a second", (Round(10),))

    assert figure.peers == ()
    assert json.loads(document([figure]))["figures"][0]["ratios"] == {}


def test_answers_of_keys_are_checked_beside_the_bare_library() -> None:
    measured = keys.checked(20)

    assert measured.ours > 0
    assert measured.peers[keys.BARE] > 0


def test_the_measures_of_the_log_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bench", "log", "--rounds", "1", "--scale", "0.001"]
    command += ["--json", str(tmp_path / "log.json")]

    done = subprocess.run(
        [*command, "--json", str(tmp_path / "log.json")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "log.json").read_text())["figures"]
    assert {figure["what"].split(",")[0] for figure in figures} >= {
        "a whole action with its log entry",
        "bodies to root",
        "with every item open",
    }
