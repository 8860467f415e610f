"""`tranche work`: one round, a loop that stops cleanly, and mail that is tried again."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.demo_folder import copy_of_demo, tranche

from tranche.cli.exits import Exit

SECONDS_MAX = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("work") / "tranche-data"
    copy_of_demo(found)
    return found


def test_a_round_says_what_it_did(folder: Path) -> None:
    done = tranche("work", "--once", "--dir", str(folder))

    assert done.returncode == Exit.DONE
    assert "reminders made" in done.stderr
    assert "0 mails sent, 0 failed" in done.stderr


def test_the_loop_ends_with_its_round_when_it_is_told_to(folder: Path) -> None:
    command = [str(Path(sys.executable).parent / "tranche"), "work", "--dir", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        assert "Working every" in worker.stderr.readline()
        worker.send_signal(signal.SIGTERM)
        _out, said = worker.communicate(timeout=SECONDS_MAX)

    assert worker.returncode == Exit.DONE
    assert "Stopped." in said


def test_what_was_given_up_is_listed_and_tried_again(folder: Path) -> None:
    with sqlite3.connect(folder / "tranche.sqlite3") as database:
        [(number,)] = database.execute("SELECT max(id) FROM outbox")
        database.execute(
            "UPDATE outbox SET done_at = NULL, dead_at = '2025-03-31 06:00:00', attempts = 10,"
            " last_error = 'SMTPDataError 554' WHERE id = ?",
            (number,),
        )

    listed = json.loads(tranche("outbox", "list", "--json", "--dir", str(folder)).stdout)
    again = tranche("outbox", "retry", str(number), "--dir", str(folder))
    after = json.loads(tranche("outbox", "list", "--json", "--dir", str(folder)).stdout)

    assert [(row["number"], row["last_error"]) for row in listed["dead"]] == [
        (str(number), "SMTPDataError 554")
    ]
    assert "1 will be tried again." in again.stderr
    assert after["dead"] == []
