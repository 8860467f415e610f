"""`tranche serve` and `tranche work`: started, refused, stopped, each in words."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.cli.test_examples import EXAMPLES
from tests.demo_folder import ENTRY, clean_environment, copy_of_demo, demo_folder, tranche

from tranche.cli.binding import parse_bind
from tranche.cli.exits import Halt


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_demo(tmp_path / "demo")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", ENTRY, *arguments],
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_page(port: int, process: subprocess.Popen[str]) -> int:
    """The status of the sign-in page; waits until the server listens or ends."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=20)
        try:
            connection.request("GET", "/account/login/")
            return connection.getresponse().status
        except ConnectionRefusedError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        finally:
            connection.close()
    raise AssertionError(process.communicate()[1])


def test_example_serves_until_it_is_interrupted(folder: Path) -> None:
    port = free_port()
    example = EXAMPLES["serve"].replace("8000", str(port)).split()[1:]

    with started(*example, "--dir", str(folder)) as process:
        status = first_page(port, process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)

    assert status == 200
    assert process.returncode == 0
    assert said.count("Stopped.") == 1
    assert f"http://localhost:{port}/" in said
    assert "Traceback" not in said


def test_second_start_is_told_where_the_first_is(folder: Path) -> None:
    port = free_port()

    with started("demo", "--port", str(port), "--dir", str(folder)) as process:
        first_page(port, process)
        second = tranche("demo", "--port", str(free_port()), "--dir", folder)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert second.returncode == 6
    assert "it is served at" in second.stderr
    assert str(port) in second.stderr
    assert process.returncode == 0


def test_port_in_use_is_named(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = tranche("serve", "--bind", f"127.0.0.1:{port}", "--dir", folder)

    assert done.returncode == 6
    assert f"Port {port} on 127.0.0.1 is in use." in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.7", "example.org"])  # noqa: S104 - must be refused
def test_address_that_others_can_reach_is_refused(host: str) -> None:
    done = tranche("serve", "--bind", f"{host}:8000", "--dir", demo_folder())

    assert done.returncode == 3
    assert "Nothing was served." in done.stderr


@pytest.mark.parametrize("bind", ["8000", "localhost", "localhost:", "localhost:0", "localhost:70000", ":80"])
def test_bind_that_is_no_address_is_refused(bind: str) -> None:
    with pytest.raises(Halt):
        parse_bind(bind)


@pytest.mark.parametrize(
    ("bind", "parsed"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8000", ("::1", 8000))]
)
def test_bind_is_parsed(bind: str, parsed: tuple[str, int]) -> None:
    assert parse_bind(bind) == parsed


def test_work_ends_expired_decisions_once(folder: Path) -> None:
    later = {"TRANCHE_TODAY": "2025-06-01"}

    first = tranche("work", "--once", "--dir", folder, environment=later)
    second = tranche("work", "--once", "--dir", folder, environment=later)
    still_open = tranche("list", "decision", "--state", "open", "--dir", folder, "--json")

    assert "2 decisions expired" in first.stderr
    assert "0 decisions expired" in second.stderr
    assert '"items": []' in still_open.stdout
    assert tranche("doctor", "--ledger", "--dir", folder, environment=later).returncode == 0


def test_work_stops_at_a_signal(folder: Path) -> None:
    with started("work", "--dir", str(folder)) as process:
        assert process.stderr is not None
        process.send_signal(signal.SIGTERM) if process.stderr.readline() else None
        _, said = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Go on with: tranche work" in said
