"""A witness over the network, as its ministry and the log's operator type it."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.demo_folder import ENTRY, clean_environment, copy_of_demo, tranche

from tranche.cli.exits import Exit

SECONDS_MAX = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Desk:
    """A demonstration whose policy names a witness that answers on this computer."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        copy_of_demo(folder / "tranche-data")
        self.key = self.run("witness", "init", "witness.example").stdout.strip()
        self.log_key = self.run("log", "policy").stdout.split()[1]
        self.run("witness", "trust", self.log_key)
        line = f"witness ministry {self.key} http://127.0.0.1:{port}/\nquorum ministry\n"
        (folder / "tranche-data" / "witnesses").write_text(line)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return tranche(*arguments, cwd=self.folder)

    def serve(self) -> subprocess.Popen[str]:
        """Start the witness and wait until it answers."""
        command = [sys.executable, "-c", ENTRY, "witness", "serve", "--bind", f"127.0.0.1:{self.port}"]
        started = subprocess.Popen(
            command, cwd=self.folder, env=clean_environment(), stderr=subprocess.PIPE, text=True
        )
        assert started.stderr is not None
        assert "answers at" in started.stderr.readline()
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return started
            time.sleep(0.05)
        raise TimeoutError


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("network"), free_port())
    server = found.serve()
    yield found
    server.send_signal(signal.SIGTERM)
    _, said = server.communicate(timeout=SECONDS_MAX)
    assert (server.returncode, said.splitlines()[-1]) == (Exit.DONE, "Stopped.")


def test_the_log_asks_and_a_restore_is_compared_with_the_witness(desk: Desk) -> None:
    asked = desk.run("log", "ask", "ministry")
    status = desk.run("log", "status")
    compared = desk.run("log", "check-restore")
    worked = desk.run("work", "--once")

    assert (asked.returncode, status.returncode) == (Exit.DONE, Exit.DONE)
    assert "witness.example cosigned" in asked.stdout
    assert "ministry" in status.stdout
    assert compared.returncode == Exit.DONE
    assert "ministry" in compared.stdout
    assert "1 witnesses cosigned" in worked.stderr


def test_a_port_that_is_taken_and_an_unknown_witness_are_refused_in_words(desk: Desk) -> None:
    taken = desk.run("witness", "serve", "--bind", f"127.0.0.1:{desk.port}")
    wrong = desk.run("witness", "serve", "--bind", "nowhere")
    unknown = desk.run("log", "ask", "nobody")

    assert (taken.returncode, wrong.returncode) == (Exit.UNAVAILABLE, Exit.USAGE)
    assert "is in use" in taken.stderr
    assert unknown.returncode == Exit.USAGE
    assert "names no witness nobody" in unknown.stderr


def test_a_witness_that_is_silent_is_named_with_what_to_do(desk: Desk) -> None:
    path = desk.folder / "tranche-data" / "witnesses"
    before = path.read_text()
    path.write_text(before.replace(str(desk.port), str(free_port())))
    done = desk.run("log", "ask", "ministry")
    path.write_text(before)

    assert done.returncode == Exit.UNAVAILABLE
    assert "gives no answer" in done.stderr
    assert "tranche log request ministry" in done.stderr


def test_a_key_that_is_dropped_signs_nothing_more(desk: Desk) -> None:
    dropped = desk.run("witness", "drop", desk.log_key)
    refused = desk.run("log", "ask", "ministry")
    again = desk.run("witness", "drop", desk.log_key)
    desk.run("witness", "trust", desk.log_key)

    assert dropped.returncode == Exit.DONE
    assert refused.returncode == Exit.REFUSED
    assert again.returncode == Exit.CONFLICT


def test_an_alarm_is_listed_until_it_is_settled(desk: Desk) -> None:
    with sqlite3.connect(desk.folder / "tranche-data" / "tranche.sqlite3") as database:
        database.execute(
            "INSERT INTO log_incident (code, what, raised_at) VALUES ('self_check', 'x', '2025-01-01')"
        )
    database.close()
    listed = desk.run("log", "status")
    settled = desk.run("log", "settle", "1")

    assert listed.returncode == Exit.FINDINGS
    assert "alarm 1, self_check" in listed.stdout
    assert settled.returncode == Exit.DONE
    assert desk.run("log", "status").returncode == Exit.DONE
    assert desk.run("log", "settle", "1").returncode == Exit.USAGE
