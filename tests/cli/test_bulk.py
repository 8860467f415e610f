"""`tranche bulk trace`: a file for an auditor, or a refusal that says why and leaves nothing."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.demo_folder import ENTRY, clean_environment, copy_of_demo, demo_folder, tranche

BLIND = "import sys; sys.modules[sys.argv.pop(1)] = None; "
"""Python as it is where a package is not installed."""


def traced(folder: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return tranche("bulk", "trace", "--out", out, "--dir", folder, *more)


def test_the_file_is_written_for_its_owner_and_described(tmp_path: Path) -> None:
    out = tmp_path / "trace.parquet"

    done = traced(demo_folder(), out, "--check", "--json")

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["file"] == str(out)
    assert (said["checked"], said["label"]) == (True, "auditor")
    assert said["fragments"] == pq.read_metadata(out).num_rows > 0
    assert said["totals"][0]["source_minor"] == sum(
        said["totals"][0][name] for name in ("used_minor", "unspent_minor")
    )
    assert out.stat().st_mode & 0o777 == 0o600
    for what in ("Read", "Traced", "Compared", "Wrote"):
        assert f"{what} " in done.stderr


def test_the_totals_are_printed_and_quiet_is_quiet(tmp_path: Path) -> None:
    done = traced(demo_folder(), tmp_path / "trace.parquet", "--quiet")

    assert done.returncode == 0
    assert done.stderr == ""
    assert "fragments of" in done.stdout
    assert "EUR" in done.stdout


def test_what_came_in_is_what_the_pages_say(tmp_path: Path) -> None:
    said = json.loads(traced(demo_folder(), tmp_path / "trace.parquet", "--json").stdout)
    sheet = json.loads(tranche("balance", "--dir", demo_folder(), "--json").stdout)

    received = -sum(
        row["balance_minor"]
        for row in sheet["totals"]
        if row["currency"] == "EUR" and row["kind"] in ("origin", "rounding")
    )
    [total] = [row for row in said["totals"] if row["currency"] == "EUR"]
    assert total["source_minor"] - said["taken_back_minor"]["EUR"] == received


@pytest.mark.parametrize("name", ["tranche.sqlite3", "secrets/demo-passwords.json", "trace.parquet"])
def test_a_file_of_the_mechanism_is_never_replaced(tmp_path: Path, name: str) -> None:
    folder = copy_of_demo(tmp_path / "data")
    out = folder / name
    before = out.read_bytes() if out.exists() else None

    refused = traced(folder, out, "--force")

    assert refused.returncode == 2
    assert "folder of the mechanism" in refused.stderr
    assert (out.read_bytes() if out.exists() else None) == before


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "trace.parquet"
    out.write_bytes(b"mine")

    refused = traced(demo_folder(), out)
    kept = out.read_bytes()
    forced = traced(demo_folder(), out, "--force")

    assert (refused.returncode, kept) == (5, b"mine")
    assert "--force" in refused.stderr
    assert forced.returncode == 0
    assert pq.read_metadata(out).num_rows > 0


@pytest.mark.parametrize("place", ["absent/trace.parquet", "."])
def test_a_place_that_takes_no_file_is_refused(place: str, tmp_path: Path) -> None:
    done = traced(demo_folder(), tmp_path / place, "--force")

    assert done.returncode == 2
    assert "folder" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_an_auditor_may(tmp_path: Path) -> None:
    done = traced(demo_folder(), tmp_path / "trace.parquet", "--as", "lt.officer")

    assert done.returncode == 3
    assert "auditor" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["numba", "numpy", "pyarrow"])
def test_a_missing_extra_is_named_with_its_remedy(name: str, tmp_path: Path) -> None:
    arguments = ["bulk", "trace", "--out", str(tmp_path / "t.parquet"), "--dir", str(demo_folder())]

    done = subprocess.run(
        [sys.executable, "-c", BLIND + ENTRY, name, *arguments],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 6
    assert f"needs {name}" in done.stderr
    assert "pip install tranche[bulk]" in done.stderr


def tampered(folder: Path, sql: str) -> Path:
    """A demonstration whose guards were taken away, and which was then changed."""
    with closing(sqlite3.connect(folder / "tranche.sqlite3")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(sql).rowcount > 0
        connection.commit()
    return folder


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE use_fragment SET source_lo = source_lo + 1 WHERE piece = 1", "the movements give"),
        ("DELETE FROM use_fragment", "is not stored"),
        (
            "INSERT INTO use_fragment SELECT entry_id, line, piece + 9, lo, amount, source_entry,"
            " source_line, source_lo, source_amount, path, fx_path FROM use_fragment",
            "does not follow",
        ),
        ("UPDATE movement SET amount = amount * 3 WHERE entry_id = 2", "less than"),
    ],
)
def test_a_difference_ends_with_eight_and_no_file(sql: str, said: str, tmp_path: Path) -> None:
    folder = tampered(copy_of_demo(tmp_path / "copy"), sql)

    done = traced(folder, tmp_path / "trace.parquet", "--check")

    assert done.returncode == 8, done.stderr
    assert said in done.stderr
    assert "Entry " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "trace.parquet").exists()


CTRL_C = """
import os, signal
from tranche.cli.output import Output
say = Output.say
def interrupted(output, text):
    say(output, text)
    if text.startswith("Wrote "):
        os.kill(os.getpid(), signal.SIGINT)
Output.say = interrupted
"""


def test_ctrl_c_while_the_file_is_written_leaves_nothing(tmp_path: Path) -> None:
    arguments = ["bulk", "trace", "--out", str(tmp_path / "t.parquet"), "--dir", str(demo_folder())]

    done = subprocess.run(
        [sys.executable, "-c", CTRL_C + ENTRY, *arguments],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 130
    assert "Wrote " in done.stderr
    assert list(tmp_path.iterdir()) == []
